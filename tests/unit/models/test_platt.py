import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from framing.models import platt

WEIGHT = 20.0


def drawn(n, chances, slopes):
    """Scores, and gold whose log odds are `slopes` times those of the scores, moved to the labels' chances."""
    random = np.random.default_rng(0)
    raw = np.clip(random.beta(1, 4, (n, len(chances))), 0.001, 0.999)
    odds = np.array(slopes) * platt.logit(raw) + platt.logit(np.array(chances))
    return raw, random.random(raw.shape) < 1 / (1 + np.exp(-odds))


def test_a_frequent_label_has_a_pair_of_its_own():
    raw, gold = drawn(20_000, [0.5, 0.7], [0.5, 2.0])
    slopes, intercepts = platt.fit(raw, gold, weight=WEIGHT)

    assert slopes == pytest.approx([0.5, 2.0], abs=0.1)
    assert intercepts == pytest.approx([0.0, np.log(0.7 / 0.3)], abs=0.2)


def test_a_rare_label_keeps_the_common_pair():
    raw, gold = drawn(2000, [0.5, 0.5], [1.0, 1.0])
    rare, few = raw[:, [1]][:60], gold[:, [1]][:60] & (np.arange(60) < 10)[:, None]
    raw, gold = np.hstack([raw[:60], raw[60:120], rare]), np.hstack([gold[:60], gold[60:120], few])
    common = platt.fit_pooled(raw, gold)
    own = platt.fit(raw, gold, weight=0.001)[0][2]

    assert abs(platt.fit(raw, gold, weight=1000.0)[0][2] - common[0]) < 0.1 * abs(own - common[0])


def test_it_is_the_fit_to_the_label_and_lightly_to_all_labels():
    """The prior is the second-order expansion of that: scikit-learn, told so by weights, comes to nearly the same."""
    raw, gold = drawn(3000, [0.5, 0.6, 0.4], [0.8, 1.0, 1.2])
    slopes, intercepts = platt.fit(raw, gold, weight=WEIGHT)
    for k in range(3):
        weights = np.full(raw.shape, WEIGHT / gold.sum())
        weights[:, k] += 1
        told = LogisticRegression(C=1e3).fit(platt.logit(raw).reshape(-1, 1), gold.ravel(), weights.ravel())
        assert slopes[k] == pytest.approx(told.coef_[0, 0], abs=0.05)
        assert intercepts[k] == pytest.approx(told.intercept_[0], abs=0.05)


def test_scores_that_separate_the_classes_stay_numbers():
    gold = np.arange(40)[:, None] % 4 == [[0, 1]]
    slopes, intercepts = platt.fit(np.where(gold, 1.0, 0.0), gold, weight=WEIGHT)

    assert np.isfinite(slopes).all()
    assert np.isfinite(intercepts).all()
    assert (slopes > 0).all()


def test_a_label_whose_scores_point_the_wrong_way_keeps_the_common_slope():
    raw, gold = drawn(2000, [0.5, 0.5], [1.0, -3.0])

    assert platt.fit(raw, gold, weight=WEIGHT)[0][1] > 0
