import numpy as np
import pytest

from framing.evaluation import certificate as certificates
from framing.evaluation.certificate import certificate_sheet, certify
from framing.evaluation.gaps import conflict_gaps, judge_gaps, sides_of
from framing.evaluation.neutrality import ALL_LABELS, ANY_LABEL, make_pairs, means
from framing.evaluation.sides import Lexicon, load_shipped
from framing.schema import Sentence

LEXICON = Lexicon(
    conflict="EAST-WEST",
    sides=("EAST", "WEST"),
    pairs={"state": (("Ostia", "Vestia"),), "town": (("Ost", "Vest"),), "demonym": (("Ostian", "Vestian"),)},
)
LEXICONS = {"EAST-WEST": LEXICON}
LABELS = ("liberation", "care_for_troops")


def sentence(text, party=None, document="d", labels=(), conflict="EAST-WEST"):
    audit = {"conflict": conflict, "party": party, "sides": ["EAST", "WEST"]}
    return Sentence(text, document, 0, 0, len(text), text, labels=labels, audit=audit)


ROWS = [
    sentence("Ostia freed the port.", "EAST", "a", ("liberation",)),
    sentence("Vestia freed the port.", "WEST", "b"),
    sentence("The guns of Ost fell silent.", None, "b"),
    sentence("Rain fell.", "EAST", "a", ("liberation",)),
    sentence("Ostia freed the port.", "EAST", "c", conflict="OTHER"),
]


def marks_east(sentences):
    """1 for liberation where Ostia is named, 0.25 for everything else."""
    return np.array([[1.0 if "Ostia" in s.text else 0.25, 0.25] for s in sentences])


def neutral(sentences):
    return np.array([[0.9 if "freed" in s.text else 0.1, 0.2] for s in sentences])


def judged(score, rows=ROWS):
    return certify(rows, LEXICONS, score, thresholds=[0.5, 0.5], labels=LABELS, draws=100)


def test_pairs_are_the_sentences_that_name_a_side_of_their_own_conflict():
    pairs = make_pairs(ROWS, LEXICONS, "swap")

    assert [(p.after.text, p.side) for p in pairs] == [
        ("Vestia freed the port.", 1),
        ("Ostia freed the port.", -1),
        ("The guns of Vest fell silent.", 0),
    ]
    assert [p.after.text for p in make_pairs(ROWS, LEXICONS, "places only")] == ["The guns of Vest fell silent."]
    assert [p.after.text for p in make_pairs(ROWS[:1], LEXICONS, "masked")] == ["[NAME] freed the port."]
    assert [p.after.text for p in make_pairs(ROWS[:2], LEXICONS, "third parties")] == [
        "Morvia freed the port.",
        "Taldia freed the port.",
    ]


def test_a_changed_sentence_keeps_its_audit_and_loses_its_evidence():
    (pair,) = make_pairs(ROWS[:1], LEXICONS, "swap")

    assert pair.after.audit == pair.before.audit
    assert pair.after.evidence == ()


def test_a_scorer_that_marks_one_side_is_found_out():
    found = judged(marks_east)

    # Two of three swapped sentences flip for one of two labels; |dp| is 0.75 in these two; both towards the first side.
    assert found.overall.flips.value == pytest.approx(2 / 6)
    assert found.overall.moved == pytest.approx(2 * 0.75 / 6)
    assert found.overall.signed.value == pytest.approx(0.75 / 2)
    assert (found.overall.sentences, found.overall.documents) == (3, 2)
    assert found.row("swap", ANY_LABEL).flips.value == pytest.approx(2 / 3)
    assert found.row("swap", "liberation").signed == (0.75, 0.75, 0.75)
    assert found.row("swap", "care_for_troops").flips == (0, 0, 0)


def test_rows_by_direction_and_conflict_count_their_own_sentences():
    found = judged(marks_east)

    first = found.row("swap", "liberation", direction="first")
    second = found.row("swap", "liberation", direction="second")
    assert (first.sentences, first.flips.value, second.sentences, second.flips.value) == (1, 1.0, 1, 1.0)
    assert found.row("swap", ALL_LABELS, conflict="EAST-WEST").sentences == 3
    assert found.row("swap", ALL_LABELS, conflict="OTHER") is None


def test_masking_shows_the_side_that_needs_its_name_and_has_no_sign():
    found = judged(marks_east).row("masked", "liberation")

    assert found.flips.value == pytest.approx(1 / 3)
    assert np.isnan(found.signed.value)


def test_a_scorer_that_ignores_names_flips_nothing():
    found = judged(neutral)

    assert {row.change for row in found.rows} == {"swap", "third parties", "masked", "places only"}
    assert all(row.flips.value == 0 and row.moved == 0 for row in found.rows)
    assert found.overall.signed == (0, 0, 0)
    assert found.metrics() == {"sides/flip_rate": 0.0, "sides/moved": 0.0, "sides/signed": 0.0}


def test_without_a_named_side_there_is_no_certificate():
    assert judged(neutral, [ROWS[3], ROWS[4]]) is None
    assert "Not measured" in certificate_sheet(None)


def test_the_interval_of_a_mean_draws_whole_documents():
    values = np.array([[1.0], [1.0], [0.0], [np.nan]])

    (apart,) = means(values, ["a", "a", "b", "c"], draws=200, seed=0)

    assert apart == pytest.approx((2 / 3, 0, 1))


def test_one_document_has_a_mean_and_no_interval():
    (alone,) = means(np.array([[1.0], [0.0], [np.nan]]), ["a", "a", "b"], draws=200, seed=0)

    assert alone == pytest.approx((1 / 2, np.nan, np.nan), nan_ok=True)


def test_sides_come_from_the_lexicon_and_else_from_the_article():
    bare = Sentence("x", "d", 0, 0, 1, "x", audit={"conflict": "EAST-WEST", "party": "WEST"})

    assert sides_of([*ROWS, bare], LEXICONS) == [1, -1, 0, 1, 1, -1]
    assert sides_of([*ROWS, bare], {}) == [1, -1, 0, 1, 1, 0]


def test_another_dataset_may_name_conflict_and_sides_otherwise():
    lexicon = LEXICON.model_copy(update={"also": {"east_war": ("E", "W")}})
    rows = [sentence("Ostia fell.", "E", conflict="east_war"), sentence("Ostia fell.", "W", conflict="east_war")]

    pairs = make_pairs(rows, {"east_war": lexicon}, "swap")

    assert [(p.conflict, p.side) for p in pairs] == [("EAST-WEST", 1), ("EAST-WEST", -1)]
    assert sides_of(rows, {"east_war": lexicon}) == [1, -1]
    found = certify(rows, {"east_war": lexicon}, neutral, thresholds=[0.5, 0.5], labels=LABELS, draws=50)
    assert {gap.conflict for gap in found.gaps} == {"all", "EAST-WEST"}


GOLD = np.array([[1, 0], [0, 0], [1, 0], [0, 1], [0, 0]], dtype=bool)
DECIDED = np.array([[1, 0], [1, 0], [0, 0], [0, 1], [1, 1]], dtype=bool)
SIDES = [1, 1, -1, -1, 0]


def test_gaps_of_error_rates_are_those_computed_by_hand():
    rows = judge_gaps(GOLD, DECIDED, SIDES, list("aabbc"), labels=LABELS, draws=50)

    found = {(r.kind, r.label): (r.first, r.second, r.first_cases, r.second_cases) for r in rows}
    # First side: 3 cells without the label, 1 decided; 1 with, found. Second: 2 without, none decided; 2 with, 1 found.
    assert found["false positives", ALL_LABELS] == (pytest.approx(1 / 3), 0.0, 3, 2)
    assert found["true positives", ALL_LABELS] == (1.0, 0.5, 1, 2)
    assert found["false positives", "liberation"] == (1.0, 0.0, 1, 1)
    assert found["true positives", "liberation"] == (1.0, 0.0, 1, 1)
    assert rows[0].difference == pytest.approx((1 / 3, np.nan, np.nan), nan_ok=True)
    assert np.isnan(next(r for r in rows if (r.kind, r.label) == ("true positives", "care_for_troops")).first)


def test_the_interval_of_a_gap_draws_whole_documents():
    decided = np.array([[1], [1], [0], [0]], dtype=bool)

    rows = judge_gaps(~decided & False, decided, [1, 1, -1, -1], list("abcd"), labels=(), draws=200)

    assert rows[0].difference == (1.0, 1.0, 1.0)
    assert rows[1].first_cases == 0


def test_gaps_by_conflict_leave_out_conflicts_where_one_side_is_silent():
    rows = conflict_gaps(GOLD, DECIDED, SIDES, list("aabbc"), ["X", "X", "X", "Y", "Y"], draws=50)

    assert [(r.conflict, r.kind, r.label) for r in rows] == [
        ("X", "false positives", ALL_LABELS),
        ("X", "true positives", ALL_LABELS),
    ]
    # X, first side: 3 cells without, 1 decided; second side: 1 without, none decided.
    assert (rows[0].first, rows[0].second) == (pytest.approx(1 / 3), 0.0)


def test_the_record_holds_what_the_gate_reads():
    record = judged(marks_east).to_record()

    assert record["flip_rate"][0] == pytest.approx(1 / 3)
    assert record["sentence_flip_rate"][0] == pytest.approx(2 / 3)
    assert (record["sentences"], record["documents"]) == (3, 2)
    assert record["signed"][0] == pytest.approx(0.375)
    assert {r["kind"] for r in record["gaps"]} == {"false positives", "true positives"}
    assert next(r for r in record["rows"] if r["change"] == "masked")["signed"] == [None, None, None]


def test_the_sheet_shows_changes_labels_conflicts_and_gaps():
    sheet = certificate_sheet(judged(marks_east))

    lines = [line.split("|")[1].strip() for line in sheet.splitlines() if line.startswith("|")]
    assert sheet.startswith(certificates.TITLE)
    assert {"swap", "third parties", "masked", "places only", *LABELS, "EAST-WEST"} <= set(lines)
    assert "0.333" in sheet
    assert "1.000 (1)" in sheet


def test_the_lexicons_travel_with_the_package():
    assert {"RU-UA-2022", "TARVIA-QUELLIN"} <= set(load_shipped())
