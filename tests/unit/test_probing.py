from dataclasses import replace

import numpy as np
import pytest

from framing import probing
from framing.data.dataset import Dataset
from framing.errors import FramingError
from framing.models.calibration import Decisions
from framing.models.store import Model
from framing.schema import Sentence

LABELS = ("liberation", "care_for_troops")


class Reading:
    def __init__(self, scores):
        self.scores = scores


class Marks:
    """Finds liberation in `liberated` or `freed`, and in the outlet where it reads audit."""

    labels = LABELS

    def __init__(self, reads_audit=False):
        self.reads_audit = reads_audit
        self.read_texts = []

    def read(self, sentences):
        self.read_texts += [s.text for s in sentences]
        hits = [any(w in s.text + str(s.audit) for w in ("liberated", "freed")) for s in sentences]
        return Reading(np.array([[0.9 if hit else 0.1, 0.1] for hit in hits]))


def model_of(classifier, taxonomy="conflict/1.0"):
    return Model("linear", classifier, Decisions((1.0, 1.0), (0.0, 0.0), (0.5, 0.5), (0.5, 0.5)), taxonomy)


def sentence(text, **audit):
    return Sentence(text, "d", 0, 0, len(text), text, labels=("liberation",), audit=audit)


TARVIA = sentence("Tarvia liberated the town.", conflict="TARVIA-QUELLIN", party="TARVIA")
DATA = Dataset("toy", "conflict/1.0", {"train": [], "validation": [], "test": [TARVIA, sentence("Rain fell.")]})


def test_each_distinct_text_is_read_once_and_known_scores_are_taken():
    classifier = Marks()
    score = probing.scorer(model_of(classifier), [TARVIA], np.array([[0.3, 0.2]]))

    found = score([sentence("a"), TARVIA, replace(TARVIA, id="x", audit={}), sentence("a")])
    score([sentence("a")])

    np.testing.assert_allclose(found, [[0.1, 0.1], [0.3, 0.2], [0.3, 0.2], [0.1, 0.1]])
    assert classifier.read_texts == ["a"]


def test_a_model_that_reads_audit_is_asked_again_where_audit_differs():
    score = probing.scorer(model_of(Marks(reads_audit=True)), [], np.zeros((0, 2)))

    found = score([sentence("a", outlet="freed"), sentence("a", outlet="other")])

    np.testing.assert_allclose(found[:, 0], [0.9, 0.1])


def test_evaluate_gives_what_was_asked_for():
    evaluated = probing.evaluate(model_of(Marks()), DATA, "test", with_sides=True, with_behaviour=True)
    plain = probing.evaluate(model_of(Marks()), DATA, "test", with_sides=False, with_behaviour=False)

    record = evaluated.to_record()
    assert set(record) == {"report", "sides", "behaviour"}
    assert set(plain.to_record()) == {"report"}
    assert (record["report"]["sentences"], record["sides"]["sentences"]) == (2, 1)
    assert record["sides"]["flip_rate"][0] == 0
    assert {row["label"] for row in record["behaviour"]["rows"]} == set(LABELS)
    assert set(evaluated.probed.metrics()) == {
        "sides/flip_rate",
        "sides/moved",
        "sides/signed",
        "behaviour/pass_rate",
    }


def test_a_dataset_of_other_labels_is_refused():
    with pytest.raises(FramingError, match=r"a dataset with labels of ptc/14, found conflict/1\.0"):
        probing.evaluate(model_of(Marks(), "ptc/14"), DATA, "test", with_sides=False, with_behaviour=False)


def test_sides_without_a_named_side_are_refused():
    bare = replace(DATA, splits=DATA.splits | {"test": [sentence("Rain fell.")]})

    with pytest.raises(FramingError, match="sentences in the split 'test' of toy that name a side"):
        probing.evaluate(model_of(Marks()), bare, "test", with_sides=True, with_behaviour=False)


def test_behaviour_of_a_model_with_other_labels_is_refused():
    classifier = Marks()
    classifier.labels = ("Doubt", "Slogans")
    data = replace(DATA, taxonomy="ptc/14")

    with pytest.raises(FramingError, match=r"a model with labels of conflict/1\.0, found ptc/14"):
        probing.evaluate(model_of(classifier, "ptc/14"), data, "test", with_sides=False, with_behaviour=True)


def test_a_new_case_changes_the_digest(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(probing, "shipped", lambda folder: tmp_path)
    before = probing.digest()

    (tmp_path / "a.jsonl").write_text("{}\n{}", encoding="utf-8")

    assert probing.digest() != before
