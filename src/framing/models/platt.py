"""Platt (1999) scaling of several labels, each with a slope and an intercept that are drawn towards common ones.

The common pair is fitted to all labels together. It stands before each label's own fit as a normal prior whose weight
is that of so many positives (an empirical Bayes estimate): a rare label keeps the common pair, a frequent one its own.
"""

import numpy as np

from framing.schema import Floats, Hot

EPSILON = 1e-6
"""Scores are kept so far from 0 and 1."""
STRENGTH = 1e3
"""C of the common fit: it only keeps slopes finite where scores separate the classes."""


def fit(raw: Floats, gold: Hot, *, weight: float) -> tuple[Floats, Floats]:
    """Slopes and intercepts, both (n_labels,), from scores and gold (n_sentences, n_labels).

    `weight` is in positives. Slopes are positive, so that the order within a label is kept; without any positive,
    scores stay as they are.
    """
    common, n_labels = fit_pooled(raw, gold), gold.shape[1]
    if not gold.any():
        return np.full(n_labels, common[0]), np.full(n_labels, common[1])
    x = logit(raw)
    prior = _curvature(x.ravel(), common) * weight / gold.sum()
    pairs = np.stack([_fit_one(x[:, k], gold[:, k], common, prior) for k in range(n_labels)])
    return pairs[:, 0], pairs[:, 1]


def fit_pooled(raw: Floats, gold: Hot) -> tuple[float, float]:
    """Slope and intercept over all labels pooled; (1, 0) where one class is missing or order would turn round."""
    from sklearn.linear_model import LogisticRegression

    flat = gold.ravel()
    if flat.all() or not flat.any() or np.ptp(raw) < EPSILON:
        return 1.0, 0.0
    model = LogisticRegression(C=STRENGTH).fit(logit(raw).reshape(-1, 1), flat)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    return (slope, intercept) if slope > 0 else (1.0, 0.0)


def scale(raw: Floats, slopes: Floats | float, intercepts: Floats | float) -> Floats:
    """Scores on the scale of probabilities, shape as given."""
    return np.asarray(1 / (1 + np.exp(-(slopes * logit(raw) + intercepts))))


def logit(scores: Floats) -> Floats:
    """Log odds of scores."""
    clipped = np.clip(scores, EPSILON, 1 - EPSILON)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _fit_one(x: Floats, gold: Hot, common: tuple[float, float], prior: Floats) -> Floats:
    """The pair of one label with the highest posterior; the common one where the order would turn round."""
    from scipy.optimize import minimize

    start, sign = np.array(common), np.where(gold, 1.0, -1.0)

    def loss(pair: Floats) -> tuple[float, Floats]:
        margin, off = sign * (pair[0] * x + pair[1]), pair - start
        pull = -sign / (1 + np.exp(np.clip(margin, None, 500)))
        value = np.logaddexp(0, -margin).sum() + off @ prior @ off / 2
        return float(value), np.array([pull @ x, pull.sum()]) + prior @ off

    found: Floats = minimize(loss, start, jac=True, method="BFGS").x
    return found if np.isfinite(found).all() and found[0] > 0 else start


def _curvature(x: Floats, pair: tuple[float, float]) -> Floats:
    """Second derivatives (2, 2) of the log loss summed over `x`, with a floor that keeps the prior proper."""
    chance = 1 / (1 + np.exp(-(pair[0] * x + pair[1])))
    spread = chance * (1 - chance)
    off = spread @ x
    return np.array([[spread @ x**2, off], [off, spread.sum()]]) + np.eye(2) / STRENGTH
