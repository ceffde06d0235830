"""From raw scores to calibrated scores, thresholds and bands of doubt, all from validation sentences only.

Platt (1999) scaling with one slope and one intercept for all labels: a rare label alone has too few positives to fit
two numbers. Thresholds maximise F1 a label, then move towards the pooled threshold the fewer positives they rest on.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from framing.schema import Floats, Hot

SHRINKAGE = 20.0
"""Positives that a label's own threshold needs to weigh as much as the pooled one."""
DOUBT = 0.10
"""Share of a label's validation positives that may lie below its band of doubt."""
EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Decisions:
    """How raw scores become answers. Arrays have one entry a label, in taxonomy order."""

    slope: float
    intercept: float
    thresholds: tuple[float, ...]
    doubt: tuple[float, ...]
    """From here up to the threshold the model does not know."""

    def calibrate(self, raw: Floats) -> Floats:
        """Calibrated scores, shape as given; the order within a label is kept."""
        return np.asarray(_expit(self.slope * _logit(raw) + self.intercept), dtype=np.float64)

    def decide(self, scores: Floats) -> Hot:
        """Which calibrated scores reach their label's threshold."""
        return np.asarray(scores >= np.array(self.thresholds))

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """From `to_record`."""
        return cls(record["slope"], record["intercept"], tuple(record["thresholds"]), tuple(record["doubt"]))


def learn(raw: Floats, gold: Hot) -> Decisions:
    """Calibration, thresholds and bands from raw validation scores and gold, both (n_sentences, n_labels)."""
    slope, intercept = _platt(raw, gold)
    scores = np.asarray(_expit(slope * _logit(raw) + intercept))
    pooled = best_threshold(scores.ravel(), gold.ravel())
    thresholds = [_shrunk(scores[:, k], gold[:, k], pooled) for k in range(gold.shape[1])]
    doubt = [_low(scores[:, k][gold[:, k]], t) for k, t in enumerate(thresholds)]
    return Decisions(slope, intercept, tuple(thresholds), tuple(doubt))


def log_loss(raw: Floats, gold: Hot) -> float:
    """Mean negative log-likelihood of gold under the scores once they are calibrated on it."""
    slope, intercept = _platt(raw, gold)
    scores = np.clip(_expit(slope * _logit(raw) + intercept), EPSILON, 1 - EPSILON)
    return float(-np.where(gold, np.log(scores), np.log(1 - scores)).mean())


def best_threshold(scores: Floats, gold: Hot) -> float:
    """The threshold with the highest F1: half-way between the last score taken and the first left out.

    0.5 where there are no positives.
    """
    if not gold.any():
        return 0.5
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(gold[order])
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + gold.sum())
    last_of_ties = np.append(ranked[:-1] != ranked[1:], True)
    best = int(np.argmax(np.where(last_of_ties, f1, -1.0)))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + below) / 2)


def _shrunk(scores: Floats, gold: Hot, pooled: float) -> float:
    positives = float(gold.sum())
    return float((positives * best_threshold(scores, gold) + SHRINKAGE * pooled) / (positives + SHRINKAGE))


def _low(positives: Floats, threshold: float) -> float:
    return float(min(threshold, np.quantile(positives, DOUBT))) if len(positives) else threshold


def _platt(raw: Floats, gold: Hot) -> tuple[float, float]:
    """Slope and intercept over all labels pooled; (1, 0) where one class is missing or order would turn round."""
    from sklearn.linear_model import LogisticRegression

    flat = gold.ravel()
    if flat.all() or not flat.any() or np.ptp(raw) < EPSILON:
        return 1.0, 0.0
    model = LogisticRegression(C=1e3).fit(_logit(raw).reshape(-1, 1), flat)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    return (slope, intercept) if slope > 0 else (1.0, 0.0)


def _logit(scores: Floats) -> Floats:
    clipped = np.clip(scores, EPSILON, 1 - EPSILON)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _expit(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-values)))
