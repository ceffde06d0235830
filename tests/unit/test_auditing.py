import json

import pytest

from framing import auditing
from framing.data.dataset import Dataset
from framing.errors import FramingError
from framing.schema import Sentence

LABELS = ("rise", "fall")
WORDS = {"rise": "They climbed the high hill number {n}.", "fall": "They dropped from rock {n}.", "": "Rain on {n}."}


def corpus(outlets=("Wire", "Post"), wrong=(), documents=12):
    """Documents of three plain sentences; those in `wrong` carry the other label."""
    rows = []
    for d in range(documents):
        for k, (label, text) in enumerate(WORDS.items()):
            name, given = f"{d}:{k}", label
            if name in wrong:
                given = "fall" if label == "rise" else "rise"
            labels = (given,) if given else ()
            votes = [{"by": "a", "labels": list(labels)}, {"by": "b", "labels": [label] if label else []}, {"by": "v"}]
            audit = {"outlet": outlets[d % len(outlets)]} if outlets else {}
            said = text.format(n=d)
            rows.append(
                Sentence(name, f"d{d}", k, 0, len(said), said, labels, provenance={"votes": votes}, audit=audit)
            )
    return Dataset("toy", "toy/1", {"train": rows, "validation": [], "test": []})


@pytest.fixture(scope="module")
def found():
    return auditing.audit(corpus(wrong=("3:0", "7:1")), LABELS, say=lambda line: None, draws=100)


def test_labels_that_contradict_the_text_are_the_first_suspects(found):
    assert {e.id for e in found.likely_errors[:4]} == {"3:0", "7:1"}
    assert {(e.id, e.label, e.given) for e in found.likely_errors[:4]} == {
        ("3:0", "fall", True),
        ("3:0", "rise", False),
        ("7:1", "rise", True),
        ("7:1", "fall", False),
    }


def test_agreement_is_that_of_the_votes_with_labels(found):
    # 36 sentences, two coders apart on two of them: 72 votes, 12 + 12 for `rise` (one moved away, one moved in).
    assert found.coded_twice == 36
    assert found.labels[0].alpha.value == pytest.approx(1 - 71 * (2 * 2) / (2 * 24 * 48))


def test_text_beats_the_views_that_do_not_read_it(found):
    views = {view.name: view for view in found.views}

    assert list(views) == ["text", "outlet", "topic"]
    assert found.not_measured == ("conflict", "entities")
    assert views["text"].macro_f1.value > 0.8
    assert views["outlet"].behind.low > 0.2
    assert views["text"].behind == (0.0, 0.0, 0.0)


def test_an_outlet_that_gives_the_label_away_is_seen():
    data = corpus()
    rows = [
        Sentence(
            s.id, s.document, s.index, 0, s.end, s.text, ("rise",) if int(s.document[1:]) % 2 else (), audit=s.audit
        )
        for s in data.splits["train"]
    ]
    leaky = Dataset("leaky", "toy/1", {**data.splits, "train": rows})

    found = auditing.audit(leaky, ("rise",), say=lambda line: None, draws=100)

    (outlet,) = [view for view in found.views if view.name == "outlet"]
    assert outlet.macro_f1.value == 1.0
    assert outlet.behind.value < 0


def test_entities_are_capitalised_words_after_the_first():
    assert auditing.entities("Troops of the Kestrel Guard left Port-Arthur at 9.") == "Kestrel Guard Port-Arthur"
    assert auditing.entities("") == ""


def test_progress_names_every_view():
    said = []

    auditing.audit(corpus(documents=4), LABELS, say=said.append, draws=100)

    assert said == [f"scoring by {name} over 4 folds" for name in ("text", "outlet", "topic")]


def test_the_record_is_json_and_holds_no_text(found):
    record = json.loads(json.dumps(found.to_record(), allow_nan=False))

    assert "climbed" not in json.dumps(record)
    assert record["tiers"]["A"] == {"alpha": 0.667, "positives": 100, "f1": 0.5}
    assert [row["tier"] for row in record["labels"]] == ["C", "C"]
    assert record["likely_errors"][0]["document"] in {"d3", "d7"}


def test_the_lines_for_whoever_mends_the_labels_hold_the_text(found):
    lines = [json.loads(line) for line in auditing.error_lines(found, corpus()).splitlines()]

    assert len(lines) == len(found.likely_errors)
    assert lines[0]["text"].endswith(("hill number 3.", "rock 7."))


def test_the_sheet_shows_every_part(found):
    sheet = auditing.audit_sheet(found)

    assert "36 coded at least twice" in sheet
    assert "not measured: conflict, entities" in sheet
    assert "equal text, other labels: 0" in sheet
    assert "3:0  not fall" in sheet


def test_equal_text_with_other_labels_is_listed():
    data = corpus(documents=4)
    rows = [*data.splits["train"], Sentence("x", "dx", 0, 0, 10, "rain on 1!", ("rise",))]

    found = auditing.audit(Dataset("toy", "toy/1", {**data.splits, "train": rows}), LABELS, say=print, draws=100)

    assert [c.ids for c in found.contradictions] == [("1:2", "x")]
    assert "    1:2, x" in auditing.audit_sheet(found)


def test_documents_of_one_group_cannot_be_held_out():
    with pytest.raises(FramingError, match="at least two documents in toy, found 1"):
        auditing.audit(corpus(documents=1), LABELS, say=print)
