import json

import pytest

from framing.data import leaks
from framing.errors import FramingError
from framing.schema import Sentence

BRIDGE = "the ministry said on tuesday that the bridge had been taken by noon"
RAIN = "rain fell on the old road to the harbour for most of the night"


def sentence(name, text, *labels, document=None):
    return Sentence(name, document or f"d-{name}", 0, 0, len(text), text, labels=labels)


def splits(train, validation=(), test=()):
    return {"train": train, "validation": list(validation), "test": list(test)}


def test_a_document_in_two_splits_is_a_leak():
    found = leaks.find(splits([sentence("a", BRIDGE, document="d")], test=[sentence("b", RAIN, document="d")]))

    assert (found.documents, found.near, found.any) == (("d",), (), True)


def test_a_near_duplicate_across_splits_is_a_leak_and_within_one_is_none():
    within = leaks.find(splits([sentence("a", BRIDGE), sentence("b", BRIDGE + " again")]))
    across = leaks.find(splits([sentence("a", BRIDGE)], test=[sentence("b", BRIDGE + " again")]))

    # 13 and 14 words give 9 and 10 five-grams, 9 of them shared: 9 / 10.
    assert not within.any
    assert [(c.first, c.second, c.splits, c.jaccard) for c in across.near] == [("a", "b", ("train", "test"), 0.9)]


def test_equal_texts_are_found_whatever_their_case_and_punctuation():
    found = leaks.find(splits([sentence("a", BRIDGE)], [sentence("b", f"“{BRIDGE.upper()}.”")]))

    assert [(c.first, c.second, c.jaccard) for c in found.near] == [("a", "b", 1.0)]


def test_a_sentence_of_four_words_that_recurs_is_no_leak():
    assert not leaks.find(splits([sentence("a", "He agreed at once.")], test=[sentence("b", "He agreed at once.")])).any


def test_equal_texts_with_other_labels_contradict_and_do_not_leak():
    found = leaks.find(
        splits([sentence("a", "He left.", "x"), sentence("b", "he left"), sentence("c", "He left", "x")])
    )

    assert [c.ids for c in found.contradictions] == [("a", "b", "c")]
    assert not found.any


def test_the_record_counts_all_lists_some_and_holds_no_text():
    many = [sentence(f"a{k}", BRIDGE) for k in range(leaks.SHOWN + 1)]
    record = json.loads(leaks.find(splits(many, test=[sentence("b", BRIDGE)])).to_json())

    assert record["leak"] is True
    assert record["near_duplicates"]["count"] == leaks.SHOWN + 1
    assert len(record["near_duplicates"]["pairs"]) == leaks.SHOWN
    assert "bridge" not in json.dumps(record)


def test_a_leak_is_refused_with_an_example():
    leaks.refuse(leaks.find(splits([sentence("a", BRIDGE)])), "toy")
    with pytest.raises(FramingError, match=r"sentence of toy in two splits, found 0 documents and 1 pairs .* a and b"):
        leaks.refuse(leaks.find(splits([sentence("a", BRIDGE)], test=[sentence("b", BRIDGE)])), "toy")
    with pytest.raises(FramingError, match=r"found 1 documents and 0 pairs of sentences, as d\."):
        leaks.refuse(
            leaks.find(splits([sentence("a", BRIDGE, document="d")], [sentence("b", RAIN, document="d")])), "toy"
        )


def test_purging_takes_from_train_and_validation_and_never_from_test():
    rows = splits(
        [sentence("a", BRIDGE), sentence("b", RAIN), sentence("c", "a word of its own and four more")],
        [sentence("d", BRIDGE + " again")],
        [sentence("e", BRIDGE), sentence("f", RAIN)],
    )

    kept, lines = leaks.purge(rows)

    assert {split: [s.id for s in sentences] for split, sentences in kept.items()} == {
        "train": ["c"],
        "validation": [],
        "test": ["e", "f"],
    }
    assert sorted(lines) == [
        "a: nearly e, which is in test",
        "b: nearly f, which is in test",
        "d: nearly e, which is in test",
    ]
    assert not leaks.find(kept).any


def test_purging_goes_on_until_nothing_crosses(monkeypatch):
    """Two texts share five-grams with a third that makes them common; once it is gone, they join each other."""
    from framing.data import near

    monkeypatch.setattr(near, "COMMON", 2)
    base = "one two three four five six seven eight nine ten"
    rows = splits(
        [sentence("a", base), sentence("b", base + " eleven twelve thirteen fourteen fifteen sixteen")],
        test=[sentence("c", "eleven twelve thirteen fourteen fifteen sixteen"), sentence("d", base + " more")],
    )

    kept, _ = leaks.purge(rows)

    assert not leaks.find(kept).any


def test_people_read_counts_and_the_first_rows():
    rows = splits([sentence("a", BRIDGE, "x")], test=[sentence("b", BRIDGE)])

    assert leaks.find(rows).describe().split("\n") == [
        "leaks: 0 shared documents, 1 pairs across splits; 1 texts with contradictory labels",
        "  a (train) nearly b (test), Jaccard 1.0",
        "  a, b: equal text, labels (('x',), ())",
    ]
