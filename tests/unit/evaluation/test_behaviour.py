import pytest

from framing.evaluation.behaviour import TITLE, behaviour_sheet, judge_cases, make_pairs
from framing.evaluation.cases import Case

LABELS = ("liberation", "care_for_troops")
LIB, NONE = frozenset({"liberation"}), frozenset()


def case(name, capability, text, has=(), lacks=(), changed=None, **more):
    raw = {"id": name, "capability": capability, "label": "liberation", "text": text, "note": "why", **more}
    raw["expect"] = {"has": has, "not": lacks}
    if changed:
        raw |= {"changed": changed[0], "expect_changed": {"has": changed[1], "not": changed[2]}}
    return Case.model_validate(raw)


FREED = case("min", "minimum", "freed", has=("liberation",))
HOSTAGES = case("near", "minimum", "hostages freed", lacks=("liberation",))
PLAIN = case("dir", "direction", "freed", ("liberation",), (), ("took", (), ("liberation",)))
SAID = case("voi", "voice", "freed", ("liberation",), (), ("said freed", ("liberation",), ()), voice="indirect")


def judged(cases, decided, heard=(), pairs=()):
    return judge_cases(cases, pairs, decided, dict(heard), LABELS)


def test_a_case_passes_where_both_texts_are_decided_as_expected():
    found = judged([FREED, HOSTAGES, PLAIN], {"freed": LIB, "hostages freed": LIB, "took": NONE})

    assert [(r.capability, r.label, r.cases, r.passed) for r in found.rows] == [
        ("minimum", "liberation", 2, 1),
        ("direction", "liberation", 1, 1),
    ]
    assert [(f.id, f.expected, f.found, f.text) for f in found.failures] == [
        ("near", "no liberation", "liberation", "hostages freed")
    ]


def test_a_model_that_finds_nothing_does_not_pass_direction():
    found = judged([PLAIN], {"freed": NONE, "took": NONE})

    assert (found.rows[0].passed, found.failures[0].expected) == (0, "liberation")


def test_labels_that_nobody_asked_for_do_not_matter():
    found = judged([FREED], {"freed": frozenset(LABELS)})

    assert found.rows[0].passed == 1


@pytest.mark.parametrize(
    ("voice", "passed"), [(("indirect", "neutral"), 1), (("narrator", "neutral"), 0), (("indirect", "distanced"), 1)]
)
def test_a_case_of_voice_listens_to_the_changed_sentence(voice, passed):
    found = judged([SAID], {"freed": LIB, "said freed": LIB}, {"said freed": voice})

    assert found.rows[0].passed == passed
    assert [f.found for f in found.failures] == ([] if passed else ["narrator, neutral"])


def test_a_label_that_the_model_does_not_have_is_not_asked_of_it():
    wants_more = case("more", "minimum", "freed", has=("liberation", "historical_entitlement"))

    assert judged([wants_more], {"freed": LIB}).rows[0].passed == 1


def test_perturbations_must_leave_the_decisions_as_they_are():
    pairs = make_pairs([FREED])
    decided = {"freed": LIB} | {pair.changed: NONE if pair.kind == "clutter" else LIB for pair in pairs}

    found = judged([FREED], decided, pairs=pairs)

    assert {(k.perturbation, k.passed, k.cases) for k in found.perturbations} == {
        ("clutter", 0, 1),
        ("dateline", 1, 1),
        ("upper case", 1, 1),
    }
    assert [(r.capability, r.passed, r.cases) for r in found.rows] == [("minimum", 1, 1), ("invariance", 2, 3)]
    assert [(f.id, f.expected, f.found) for f in found.failures] == [("min+clutter", "liberation", "none")]


def test_the_pass_rate_weighs_capabilities_alike():
    pairs = make_pairs([FREED])
    found = judged([HOSTAGES], {"hostages freed": LIB, "freed": LIB} | {p.changed: LIB for p in pairs}, pairs=pairs)

    # minimum 0 of 1, invariance 3 of 3
    assert found.pass_rate == 0.5
    assert found.metrics() == {"behaviour/pass_rate": 0.5}


def test_the_record_holds_what_the_gate_reads():
    record = judged([FREED, HOSTAGES], {"freed": LIB, "hostages freed": LIB}).to_record()

    assert (record["cases"], record["pass_rate"]) == (2, 0.5)
    assert record["rows"] == ({"capability": "minimum", "label": "liberation", "cases": 2, "passed": 1},)
    assert set(record["failures"][0]) == {"id", "expected", "found", "text"}


def test_the_sheet_counts_by_label_and_capability_and_lists_failures():
    found = judged([FREED, HOSTAGES, PLAIN], {"freed": LIB, "hostages freed": LIB, "took": NONE})

    sheet = behaviour_sheet(found)

    assert sheet.startswith(TITLE)
    assert "| liberation | 1/2     | 1/1       |" in sheet
    assert "- near: expected no liberation, found liberation: hostages freed" in sheet
    assert "Failures" not in behaviour_sheet(found, failures=False)


def test_a_long_list_of_failures_says_where_the_rest_is():
    cases = [case(f"c{n}", "minimum", "freed", has=("liberation",)) for n in range(23)]

    assert "- and 3 more: see behaviour.json" in behaviour_sheet(judged(cases, {"freed": NONE}))
