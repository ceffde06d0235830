from collections import Counter

import pytest

from framing.data import leaks, presets
from framing.errors import FramingError
from framing.schema import Sentence

WORDS = [
    "north",
    "south",
    "east",
    "west",
    "river",
    "road",
    "bridge",
    "harbour",
    "mill",
    "field",
    "tower",
    "gate",
    "wall",
    "roof",
    "door",
    "lamp",
]


def text(k):
    """Ten words that no other number gives in this order."""
    return " ".join([f"w{k}", WORDS[k % 11], f"x{k}", WORDS[k % 7], f"y{k}", "then", f"z{k}", "and", f"v{k}", "so"])


def rows(n, audit=lambda k: {}, per=4):
    return [
        Sentence(f"{k}:{i}", f"d{k:03}", i, 0, 1, text(k * per + i), ("a",) if i == 0 else (), audit=audit(k))
        for k in range(n)
        for i in range(per)
    ]


def sizes(found):
    return {split: len(sentences) for split, sentences in found.items()}


def test_by_article_keeps_documents_whole_and_shares():
    found, left_out = presets.split(rows(20), "article")

    assert (sizes(found), left_out) == ({"train": 48, "validation": 12, "test": 20}, [])
    homes = {s.document: split for split, sentences in found.items() for s in sentences}
    assert all(homes[s.document] == split for split, sentences in found.items() for s in sentences)


def test_documents_with_a_near_duplicate_go_together_and_keep_their_audit():
    sentences = rows(20)
    double = [Sentence(f"{k}:x", f"d{k:03}", 9, 0, 1, "a report of the same long sentence in both") for k in (3, 17)]

    found, _ = presets.split([*sentences, *double], "article")

    (home,) = {split for split, kept in found.items() for s in kept if s.document in {"d003", "d017"}}
    assert home in found
    assert all(s.audit == {} for kept in found.values() for s in kept)
    assert not leaks.find(found).any


@pytest.mark.parametrize("field", ["outlet", "event", "conflict"])
def test_documents_of_one_value_go_together(field):
    found, _ = presets.split(rows(24, lambda k: {field: f"v{k % 6}"}), field)

    homes = {}
    for split, sentences in found.items():
        for s in sentences:
            homes.setdefault(s.audit[field], set()).add(split)
    assert len(homes) == 6
    assert all(len(where) == 1 for where in homes.values())


def test_a_field_that_the_corpus_lacks_is_refused():
    with pytest.raises(FramingError, match=r"at least 3 values of audit.outlet, found \['x'\]"):
        presets.split(rows(9, lambda k: {"outlet": "x"}), "outlet")


def test_time_cuts_between_dates_and_leaves_the_undated_out():
    def dated(k):
        return {"date": f"2020-01-{k + 1:02}"} if k < 20 else {"date": "8/7/2015"} if k == 20 else {}

    found, left_out = presets.split(rows(22, dated), "time")

    newest = {split: max(s.audit["date"] for s in sentences) for split, sentences in found.items()}
    assert sizes(found) == {"train": 48, "validation": 12, "test": 20}
    assert newest == {"train": "2020-01-12", "validation": "2020-01-15", "test": "2020-01-20"}
    assert left_out == ["d020: no time to split by", "d021: no time to split by"]


def test_an_old_copy_of_a_new_sentence_counts_as_new():
    sentences = rows(20, lambda k: {"date": f"20{k:02}"})
    double = [
        Sentence(f"{k}:x", f"d{k:03}", 9, 0, 1, "a report of the same long sentence in both", audit={"date": f"20{k}"})
        for k in (10, 19)
    ]

    found, _ = presets.split([*sentences, *double], "time")

    assert {"d010", "d019"} <= {s.document for s in found["test"]}


def test_one_date_for_all_is_refused():
    with pytest.raises(FramingError, match=r"sentences in every split by time, found none in \['validation', 'test'\]"):
        presets.split(rows(9, lambda k: {"date": "2020"}), "time")


def test_by_corpus_tests_on_the_last_one():
    found, _ = presets.split(rows(20, lambda k: {"corpus": "ab"[k >= 12]}), "corpus")

    assert {s.audit["corpus"] for s in found["test"]} == {"b"}
    assert {s.audit["corpus"] for split in ("train", "validation") for s in found[split]} == {"a"}
    with pytest.raises(FramingError, match="documents of two corpora"):
        presets.split(rows(5), "corpus")


def test_random_deals_sentences_and_the_same_ones_each_time():
    found, _ = presets.split(rows(500, per=2), "random")
    again, _ = presets.split(rows(500, per=2)[::-1], "random")

    assert {k: {s.id for s in v} for k, v in found.items()} == {k: {s.id for s in v} for k, v in again.items()}
    assert 560 < len(found["train"]) < 640
    assert leaks.find(found).documents


def test_the_order_of_the_sentences_does_not_matter():
    first, _ = presets.split(rows(30), "article")
    second, _ = presets.split(rows(30)[::-1], "article")

    assert Counter((s.id, k) for k, v in first.items() for s in v) == Counter(
        (s.id, k) for k, v in second.items() for s in v
    )
