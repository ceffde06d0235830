import pytest

from framing.evaluation.ceiling import ceilings
from framing.schema import Sentence


def row(n, labels, votes):
    provenance = {"votes": [{"by": by, "labels": given} for by, given in votes.items()]}
    return Sentence(f"s{n}", f"d{n}", n, 0, 4, "text", labels=labels, provenance=provenance)


def test_each_coder_is_judged_by_hand_on_the_sentences_this_coder_read():
    rows = [
        row(0, ("a",), {"one": ["a"], "two": []}),
        row(1, ("b",), {"one": ["b", "a"]}),
        row(2, (), {"one": [], "two": ["other"]}),
        row(3, ("a",), {}),
    ]
    one, two = ceilings(rows, ("a", "b"), draws=100)

    assert (one.by, one.sentences, one.documents) == ("one", 3, 3)
    assert one.macro_f1.value == pytest.approx((2 / 3 + 1) / 2)
    assert one.micro_f1.value == pytest.approx(4 / 5)
    assert (two.by, two.sentences, two.micro_f1.value) == ("two", 2, 0.0)


def test_a_vote_on_voices_alone_is_no_coder():
    heard = Sentence("s", "d", 0, 0, 1, "x", provenance={"votes": [{"by": "voices", "spans": []}]})

    assert ceilings([heard], ("a",)) == []


def test_where_nobody_voted_there_is_no_ceiling():
    assert ceilings([row(0, ("a",), {}), Sentence("s", "d", 0, 0, 1, "x")], ("a",)) == []
