import krippendorff
import numpy as np
import pytest

from framing.evaluation.agreement import alpha, tables
from framing.evaluation.audit import Suspect, alpha_of_votes, suspects, tier


def test_alpha_of_two_coders_is_that_of_the_pairwise_table():
    random = np.random.default_rng(1)
    first, second = random.random((2, 40, 3)) < 0.4
    found = alpha_of_votes((first.astype(float) + second), np.full(40, 2.0), [f"d{k // 4}" for k in range(40)])

    np.testing.assert_allclose([v.value for v in found], alpha(tables(first, second)))


def test_alpha_of_three_coders_with_gaps_is_that_of_the_reference():
    votes = np.array([[1, 1, np.nan], [1, 0, 0], [0, 0, 0], [np.nan, 1, 1], [0, 1, np.nan], [1, np.nan, np.nan]])
    positives, coders = np.nansum(votes, axis=1)[:, None], (~np.isnan(votes)).sum(axis=1).astype(float)

    (found,) = alpha_of_votes(positives, coders, list("aabbcc"))

    assert found.value == pytest.approx(krippendorff.alpha(votes.T, level_of_measurement="nominal"))
    assert found.low <= found.value <= found.high


def test_alpha_without_two_coders_does_not_exist():
    (found,) = alpha_of_votes(np.array([[1.0], [0.0]]), np.array([1.0, 0.0]), ["a", "b"])

    assert np.isnan(found.value)


def test_likely_errors_are_those_on_the_wrong_side_of_both_means():
    gold = np.array([[1, 1, 0, 0]], dtype=bool).T
    scores = np.array([[0.9, 0.1, 0.2, 0.8]]).T  # both means are 0.5

    assert suspects(gold, scores) == [Suspect(1, 0, True, 0.1), Suspect(3, 0, False, 0.8)]


def test_a_score_that_reaches_both_means_goes_to_the_likelier_side():
    gold = np.array([[1, 1, 0, 0]], dtype=bool).T
    scores = np.array([[0.6, 0.2, 0.45, 0.9]]).T  # means 0.4 of positives and 0.325 of negatives: row 2 reaches both

    assert [s.row for s in suspects(gold, scores)] == [3, 1]


def test_a_label_that_no_or_every_sentence_has_gives_no_suspects():
    gold = np.array([[True, False], [True, False]])

    assert suspects(gold, np.array([[0.1, 0.9], [0.2, 0.8]])) == []


@pytest.mark.parametrize(
    ("alpha", "positives", "f1", "name"),
    [
        (0.7, 100, 0.5, "A"),
        (0.66, 100, 0.5, "B"),
        (0.7, 99, 0.5, "B"),
        (0.7, 100, 0.49, "B"),
        (0.4, 30, 0.25, "B"),
        (0.39, 300, 0.9, "C"),
        (0.9, 29, 0.9, "C"),
        (float("nan"), 300, 0.9, "C"),
    ],
)
def test_a_tier_needs_all_three_bounds(alpha, positives, f1, name):
    assert tier(alpha=alpha, positives=positives, f1=f1) == name
