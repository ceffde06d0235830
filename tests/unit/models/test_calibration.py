import json

import numpy as np
import pytest

from framing.models import calibration
from framing.models.calibration import Decisions


def test_best_threshold_lies_half_way_between_taken_and_left():
    scores, gold = np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, True, False, False])

    assert calibration.best_threshold(scores, gold) == pytest.approx((0.8 + 0.3) / 2)


def test_ties_are_taken_or_left_together():
    scores, gold = np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False])

    assert calibration.best_threshold(scores, gold) == pytest.approx((0.5 + 0.1) / 2)


def test_without_positives_the_threshold_is_a_half():
    assert calibration.best_threshold(np.array([0.9, 0.1]), np.array([False, False])) == 0.5


def ten_each(n):
    return [f"d{k // 10}" for k in range(n)]


def test_the_threshold_of_a_rare_label_stays_near_the_pooled_one():
    random = np.random.default_rng(0)
    gold = random.random((500, 2)) < [0.3, 0.004]
    raw = np.clip(gold * 0.6 + random.random((500, 2)) * 0.4, 0.01, 0.99)
    raw[:, 1] /= 3
    decisions = calibration.learn(raw, gold, ten_each(500))
    scores = decisions.calibrate(raw)
    pooled = calibration.best_threshold(scores.ravel(), gold.ravel())
    own = calibration.best_threshold(scores[:, 1], gold[:, 1])

    assert abs(decisions.thresholds[1] - pooled) < abs(decisions.thresholds[1] - own)


def test_calibration_keeps_the_order_and_comes_nearer_to_the_truth():
    random = np.random.default_rng(1)
    truth = random.random(4000) * 0.3
    gold = (random.random(4000) < truth)[:, None]
    raw = np.sqrt(truth)[:, None]
    scores = calibration.learn(raw, gold, ten_each(4000)).calibrate(raw)

    assert (np.argsort(scores[:, 0], kind="stable") == np.argsort(raw[:, 0], kind="stable")).all()
    assert abs(scores.mean() - gold.mean()) < 0.01 < abs(raw.mean() - gold.mean())


def test_a_threshold_does_not_follow_the_calibration_of_its_own_document():
    """One document's scores are upside down: calibrated without it, they look like what they will be for others."""
    random = np.random.default_rng(3)
    gold = random.random((400, 1)) < 0.3
    raw = np.where(gold, 0.7, 0.3) + random.random((400, 1)) * 0.1
    documents = ["odd" if k < 100 else f"d{k // 50}" for k in range(400)]
    raw[:100] = 1 - raw[:100]
    apart = calibration.learn(raw, gold, documents)
    together = calibration.learn(raw, gold, ["all"] * 400)

    assert apart.slope == together.slope
    assert apart.thresholds != together.thresholds


@pytest.mark.parametrize("risk", [0.0, 0.1, 0.3])
def test_as_many_positives_as_asked_lie_below_the_band_on_unseen_sentences(risk):
    random = np.random.default_rng(2)
    gold = random.random((3000, 3)) < 0.3
    raw = np.clip(gold * 0.3 + random.random((3000, 3)) * 0.6, 0.01, 0.99)
    decisions = calibration.learn(raw[:1500], gold[:1500], ten_each(1500), risk=risk)
    unseen = decisions.calibrate(raw[1500:])
    denied = (gold[1500:] & (unseen < decisions.doubt)).sum() / gold[1500:].sum()

    assert all(low <= t for low, t in zip(decisions.doubt, decisions.thresholds, strict=True))
    assert denied == pytest.approx(risk, abs=0.03)


def test_a_wider_risk_answers_more():
    random = np.random.default_rng(2)
    gold = random.random((500, 1)) < 0.3
    raw = np.clip(gold * 0.3 + random.random((500, 1)) * 0.6, 0.01, 0.99)
    bands = [calibration.learn(raw, gold, ten_each(500), risk=risk).doubt[0] for risk in (0.0, 0.05, 0.1)]

    assert bands[0] < bands[1] < bands[2]


def test_nothing_to_learn_leaves_scores_as_they_are():
    raw = np.full((5, 2), 0.25)
    decisions = calibration.learn(raw, np.zeros((5, 2), dtype=bool), ten_each(5))

    np.testing.assert_allclose(decisions.calibrate(raw), raw)


def test_record_round_trip():
    decisions = Decisions((1.5, 1.0), (-0.25, 0.5), (0.5, 0.25), (0.375, 0.125))

    assert Decisions.from_record(json.loads(json.dumps(decisions.to_record()))) == decisions


def test_a_record_with_one_pair_for_all_labels_is_read():
    record = {"slope": 1.5, "intercept": -0.25, "thresholds": [0.5, 0.25], "doubt": [0.375, 0.125]}

    assert Decisions.from_record(record) == Decisions((1.5, 1.5), (-0.25, -0.25), (0.5, 0.25), (0.375, 0.125))
