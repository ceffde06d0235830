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


def test_the_threshold_of_a_rare_label_stays_near_the_pooled_one():
    random = np.random.default_rng(0)
    gold = random.random((500, 2)) < [0.3, 0.004]
    raw = np.clip(gold * 0.6 + random.random((500, 2)) * 0.4, 0.01, 0.99)
    raw[:, 1] /= 3
    decisions = calibration.learn(raw, gold)
    scores = decisions.calibrate(raw)
    pooled = calibration.best_threshold(scores.ravel(), gold.ravel())
    own = calibration.best_threshold(scores[:, 1], gold[:, 1])

    assert abs(decisions.thresholds[1] - pooled) < abs(decisions.thresholds[1] - own)


def test_calibration_keeps_the_order_and_comes_nearer_to_the_truth():
    random = np.random.default_rng(1)
    truth = random.random(4000) * 0.3
    gold = (random.random(4000) < truth)[:, None]
    raw = np.sqrt(truth)[:, None]
    scores = calibration.learn(raw, gold).calibrate(raw)

    assert (np.argsort(scores[:, 0], kind="stable") == np.argsort(raw[:, 0], kind="stable")).all()
    assert abs(scores.mean() - gold.mean()) < 0.01 < abs(raw.mean() - gold.mean())


def test_doubt_begins_below_the_threshold():
    random = np.random.default_rng(2)
    gold = random.random((300, 3)) < 0.3
    decisions = calibration.learn(np.clip(gold * 0.3 + random.random((300, 3)) * 0.6, 0.01, 0.99), gold)

    assert all(low <= t for low, t in zip(decisions.doubt, decisions.thresholds, strict=True))


def test_nothing_to_learn_leaves_scores_as_they_are():
    raw = np.full((5, 2), 0.25)

    np.testing.assert_allclose(calibration.learn(raw, np.zeros((5, 2), dtype=bool)).calibrate(raw), raw)


def test_record_round_trip():
    decisions = Decisions(1.5, -0.25, (0.5, 0.25), (0.375, 0.125))

    assert Decisions.from_record(json.loads(json.dumps(decisions.to_record()))) == decisions
