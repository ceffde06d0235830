import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score

from framing.evaluation import metrics

GOLD = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]], dtype=bool)
DECIDED = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]], dtype=bool)


def test_counts_by_hand():
    assert metrics.counts(GOLD, DECIDED).tolist() == [[1, 1, 0], [1, 1, 0], [1, 0, 0]]


def test_precision_recall_f1_by_hand():
    count = metrics.counts(GOLD, DECIDED)

    np.testing.assert_allclose(metrics.precision(count), [0.5, 0.5, 0.0])
    np.testing.assert_allclose(metrics.recall(count), [0.5, 1.0, np.nan])
    np.testing.assert_allclose(metrics.f1(count), [0.5, 2 / 3, np.nan])
    assert metrics.f1(metrics.micro(count))[0] == pytest.approx(4 / 7)


def test_a_label_without_positives_has_no_f1_even_when_decided():
    gold, decided = np.zeros((2, 1), dtype=bool), np.ones((2, 1), dtype=bool)

    assert np.isnan(metrics.f1(metrics.counts(gold, decided))).all()
    assert np.isnan(metrics.mean_over_labels(np.array([np.nan])))


def test_samples_f1_by_hand():
    np.testing.assert_allclose(metrics.f1_by_sentence(GOLD, DECIDED), [1.0, 0.0, 2 / 3, np.nan])


def test_means_leave_out_labels_without_a_value():
    assert metrics.mean_over_labels(np.array([0.5, np.nan, 1.0])) == 0.75


def test_calibration_error_by_hand():
    gold = np.array([[0], [1]], dtype=bool)

    np.testing.assert_allclose(metrics.calibration_error(gold, np.array([[0.2], [0.6]])), [(0.2 + 0.4) / 2])


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_agrees_with_scikit_learn_where_it_is_defined(seed):
    random = np.random.default_rng(seed)
    gold = random.random((40, 3)) < 0.3
    gold[0] = True
    scores = random.integers(0, 8, (40, 3)) / 8
    decided = scores > 0.5

    ours = metrics.f1(metrics.counts(gold, decided))
    np.testing.assert_allclose(ours, f1_score(gold, decided, average=None, zero_division=0))
    np.testing.assert_allclose(
        metrics.average_precision(gold, scores), [average_precision_score(gold[:, k], scores[:, k]) for k in range(3)]
    )
    np.testing.assert_allclose(
        np.nanmean(metrics.f1_by_sentence(gold, decided)),
        f1_score(gold, decided, average="samples", zero_division=np.nan),
    )
    np.testing.assert_allclose(
        metrics.brier(gold, scores), [brier_score_loss(gold[:, k], scores[:, k]) for k in range(3)]
    )
