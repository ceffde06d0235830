import json

import numpy as np
import pytest

from framing.evaluation import slices
from framing.evaluation.intervals import Interval
from framing.evaluation.slices import SliceScore, largest_gaps, slice_scores, to_records
from framing.schema import Evidence, Sentence

LABELS = ("a", "b")


def row(n, labels=(), *, document="", use="use", words=4, voice="narrator", **audit):
    text = "word " * words
    evidence = tuple(Evidence(label, 0, 4, use=use) for label in labels)
    return Sentence(
        f"s{n}", document or f"d{n}", n, 0, len(text), text, labels=labels, evidence=evidence, voice=voice, audit=audit
    )


def scored(rows, decided, **more):
    found = slice_scores(rows, np.array(decided, dtype=bool), labels=LABELS, seen=frozenset({"X"}), draws=100, **more)
    return {(one.slice, one.value): one for one in found}


def test_scores_and_gap_by_hand():
    rows = [
        row(0, ("a",), voice="direct"),
        row(1, ("a",), voice="direct"),
        row(2, ("a",)),
        row(3, ("b",)),
    ]
    found = scored(rows, [[1, 0], [0, 0], [1, 0], [1, 1]])

    direct, narrator = found["voice", "direct"], found["voice", "narrator"]
    assert (direct.sentences, direct.documents) == (2, 2)
    assert direct.macro_f1.value == pytest.approx(2 / 3)  # a: 1 hit, 1 missed
    assert narrator.macro_f1.value == pytest.approx((2 / 3 + 1) / 2)  # a: 1 hit, 1 wrong; b: 1 hit
    assert narrator.micro_f1.value == pytest.approx(4 / 5)
    assert direct.gap.value == pytest.approx(0.0)  # only a has positives on both sides


def test_the_gap_of_two_halves_is_opposite_and_inside_its_interval():
    rows = [row(n, ("a",), document=f"d{n // 4}", voice="direct" if n % 2 else "narrator") for n in range(80)]
    decided = [[n % 2 or n % 4 == 0, 0] for n in range(80)]
    found = scored(rows, decided)

    direct, narrator = found["voice", "direct"], found["voice", "narrator"]
    assert direct.gap.value == pytest.approx(1 - 2 / 3)
    assert narrator.gap.value == pytest.approx(-direct.gap.value)
    assert direct.gap.low <= direct.gap.value <= direct.gap.high


def test_a_slice_without_a_like_on_the_other_side_has_no_gap():
    found = scored([row(0, ("a",), voice="direct"), row(1, ("b",))], [[1, 0], [0, 1]])

    assert np.isnan(found["voice", "direct"].gap.value)
    assert json.loads(json.dumps(to_records(list(found.values())), allow_nan=False))[0]["gap"] == [None, None, None]


def test_every_slice_is_there_with_its_values():
    rows = [
        row(0, ("a",), use="mention", conflict="X", party="P", source_type="agency", words=14),
        row(1, near=["a"], conflict="Y", words=15),
        row(2, words=40),
    ]
    found = scored(rows, np.zeros((3, 2)))

    assert {one.sentences for key, one in found.items() if key == ("use", "mention or near-miss")} == {2}
    assert {key for key in found if key[0] == "length"} == {
        ("length", "1-14 words"),
        ("length", "15-24 words"),
        ("length", "35 words or more"),
    }
    assert found["seen conflict", "seen"].sentences == found["seen conflict", "unseen"].sentences == 1
    assert {"voice", "distance", "use", "length", "seen conflict", "source type", "conflict", "party"} == {
        name for name, _ in found
    }


def test_values_come_by_size_and_a_missing_value_is_no_value():
    rows = [row(0, conflict="X"), row(1, conflict="Y"), row(2, conflict="Y"), row(3), row(4, conflict="")]
    found = scored(rows, np.zeros((5, 2)))

    assert [value for name, value in found if name == "conflict"] == ["Y", "X"]


def test_the_largest_gaps_are_those_whose_interval_lies_below_zero():
    def made(value, gap):
        return SliceScore("voice", value, 9, 9, Interval(1, 1, 1), Interval(1, 1, 1), Interval(*gap))

    rows = [made("x", (-0.1, -0.2, 0.1)), made("y", (-0.2, -0.3, -0.1)), made("z", (-0.4, -0.5, -0.3))]
    rows.append(made("n", (np.nan,) * 3))

    assert [one.value for one in largest_gaps(rows, 5)] == ["z", "y"]
    assert slices.largest_gaps(rows, 1)[0].value == "z"
