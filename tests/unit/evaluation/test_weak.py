import numpy as np
import pytest

from framing.evaluation.intervals import Interval
from framing.evaluation.weak import FunctionScore, Tally, Vote, accuracies, analysis_table, judge_labels


def test_coverage_overlap_and_conflict_are_counted_once_a_sentence():
    tally = Tally(3)
    tally.add([Vote(0, 0, True), Vote(1, 0, False), Vote(1, 1, False)])
    tally.add([Vote(0, 0, True), Vote(2, 0, True)])
    tally.add([Vote(1, 1, False)])
    tally.add([])

    assert tally.sentences == 4
    assert tally.covered.tolist() == [2, 2, 1]
    assert tally.overlapping.tolist() == [2, 1, 1]
    assert tally.conflicting.tolist() == [1, 1, 0]


def test_accuracy_is_the_share_of_votes_that_are_right():
    right = np.array([[1, 0], [1, 0], [0, 0]], dtype=float)
    cast = np.array([[1, 0], [2, 0], [1, 0]], dtype=float)

    first, second = accuracies(right, cast, ["a", "b", "b"])

    assert first.value == pytest.approx(2 / 4)
    # Only a: 1/1. Only b: 1/3.
    assert (first.low, first.high) == (pytest.approx(1 / 3), 1.0)
    assert np.isnan(second.value)


def test_the_verdict_says_whether_the_model_beats_majority():
    gold = np.array([[k % 2 == 0] for k in range(40)])
    documents = [f"d{k}" for k in range(40)]
    poor = np.ones_like(gold)

    better = judge_labels(gold, poor, gold, documents)
    same = judge_labels(gold, poor, poor, documents)

    assert (better.majority.value, better.model.value) == (pytest.approx(2 / 3), 1.0)
    assert "The label model BEATS majority vote: difference 0.333" in better.sentence()
    assert "The label model DOES NOT BEAT majority vote: difference 0.000" in same.sentence()
    assert judge_labels(gold, poor, None, documents).sentence().endswith("(n = 40 sentences in 40 documents).")


def test_the_table_leaves_out_functions_that_never_vote():
    none = Interval(float("nan"), float("nan"), float("nan"))
    rows = [
        FunctionScore("a", "cue", 2, 0.5, 0.0, 0.0, 0, none),
        FunctionScore("b", "cue", 0, 0.0, float("nan"), float("nan"), 0, none),
    ]

    table = analysis_table(rows, ["x|y", "z"])

    assert "x¦y" in table
    assert "n/a (0)" in table
    assert "| b " not in table
