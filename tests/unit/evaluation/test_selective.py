import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, hamming_loss

from framing.evaluation import selective

GOLD = np.array([[1, 0], [0, 0], [0, 1], [1, 0]], dtype=bool)
SCORES = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.4], [0.4, 0.1]])
THRESHOLDS, DOUBT = np.array([0.5, 0.5]), np.array([0.3, 0.5])


def test_a_score_in_the_band_is_withheld_and_one_at_either_edge_is_as_the_band_says():
    edges = np.array([[0.3, 0.5], [0.5, 0.4999]])

    np.testing.assert_array_equal(selective.answered(edges, THRESHOLDS, DOUBT), [[False, True], [True, True]])


def test_coverage_and_risk_by_hand():
    answer = selective.answered(SCORES, THRESHOLDS, DOUBT)
    decided = SCORES >= THRESHOLDS

    np.testing.assert_allclose(selective.coverage(answer), [0.75, 1.0])
    np.testing.assert_allclose(selective.selective_risk(GOLD, decided, answer), [1 / 3, 1 / 4])


def test_a_label_that_is_never_answered_has_no_risk():
    nothing = np.zeros((4, 2), dtype=bool)

    assert np.isnan(selective.selective_risk(GOLD, GOLD, nothing)).all()


def test_confidence_is_that_of_the_least_sure_decision():
    np.testing.assert_allclose(selective.confidence(SCORES, SCORES >= 0.5), [0.9, 0.7, 0.6, 0.6])


def test_curve_and_area_by_hand():
    curve = selective.risk_coverage(np.array([False, True, True, False]), np.array([0.9, 0.7, 0.6, 0.6]))

    np.testing.assert_allclose(curve.coverage, [0.25, 0.5, 1.0])
    np.testing.assert_allclose(curve.risk, [0.0, 0.5, 0.5])
    assert selective.area(curve) == pytest.approx(0.375)


def test_without_sentences_there_is_no_area():
    empty = selective.risk_coverage(np.zeros(0, dtype=bool), np.zeros(0))

    assert np.isnan(selective.area(empty))


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_full_coverage_is_what_scikit_learn_calls_accuracy_and_hamming_loss(seed):
    random = np.random.default_rng(seed)
    gold, scores = random.random((30, 3)) < 0.3, random.integers(0, 8, (30, 3)) / 8
    decided = scores > 0.5

    curve = selective.risk_coverage((gold != decided).any(axis=1), selective.confidence(scores, decided))
    risk = selective.selective_risk(gold, decided, np.ones_like(gold))
    assert (curve.coverage[-1], curve.risk[-1]) == pytest.approx((1.0, 1 - accuracy_score(gold, decided)))
    assert risk.mean() == pytest.approx(hamming_loss(gold, decided))


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_each_step_of_the_curve_is_the_share_of_wrong_among_the_surest(seed):
    random = np.random.default_rng(seed)
    wrong, sure = random.random(25) < 0.4, random.integers(0, 6, 25) / 6
    curve = selective.risk_coverage(wrong, sure)

    each = [(np.mean(sure >= level), wrong[sure >= level].mean()) for level in sorted(set(sure), reverse=True)]
    np.testing.assert_allclose(np.column_stack(curve), each)
