"""From raw scores to calibrated scores, thresholds and bands of doubt, all from validation sentences only.

Calibration is Platt's, a label, drawn towards the fit of all labels (`models.platt`). Thresholds and bands are learnt
from scores whose calibration saw none of their document: thresholds maximise F1 a label, then move towards the pooled
threshold the fewer positives they rest on; a band is as narrow as its target of risk lets it be.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from framing.models import platt
from framing.schema import Floats, Hot

SHRINKAGE = 20.0
"""Positives that a label's own threshold and calibration need to weigh as much as the pooled ones."""
RISK = 0.15
"""Share of a label's positives that may be denied without a word of doubt."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Decisions:
    """How raw scores become answers. All have one entry a label, in taxonomy order."""

    slope: tuple[float, ...]
    intercept: tuple[float, ...]
    thresholds: tuple[float, ...]
    doubt: tuple[float, ...]
    """From here up to the threshold the model does not know."""

    def calibrate(self, raw: Floats) -> Floats:
        """Calibrated scores of (n_sentences, n_labels), shape as given; the order within a label is kept."""
        return platt.scale(raw, np.array(self.slope), np.array(self.intercept))

    def decide(self, scores: Floats) -> Hot:
        """Which calibrated scores reach their label's threshold."""
        return np.asarray(scores >= np.array(self.thresholds))

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """From `to_record`, or from a record with one slope and intercept for all labels, as models once had."""
        thresholds = tuple(record["thresholds"])
        pairs = [
            tuple(found) if isinstance(found, Sequence) else (found,) * len(thresholds)
            for found in (record["slope"], record["intercept"])
        ]
        return cls(pairs[0], pairs[1], thresholds, tuple(record["doubt"]))


def learn(raw: Floats, gold: Hot, documents: Sequence[str], *, risk: float = RISK) -> Decisions:
    """Calibration, thresholds and bands from raw validation scores and gold, both (n_sentences, n_labels).

    `documents` names each sentence's document. `risk` is the share of a label's positives that may lie below its band.
    """
    slope, intercept = platt.fit(raw, gold, weight=SHRINKAGE)
    scores = _out_of_fold(raw, gold, documents)
    pooled = best_threshold(scores.ravel(), gold.ravel())
    thresholds = [_shrunk(scores[:, k], gold[:, k], pooled) for k in range(gold.shape[1])]
    doubt = [_low(scores[:, k][gold[:, k]], t, risk) for k, t in enumerate(thresholds)]
    return Decisions(tuple(slope.tolist()), tuple(intercept.tolist()), tuple(thresholds), tuple(doubt))


def log_loss(raw: Floats, gold: Hot) -> float:
    """Mean negative log-likelihood of gold under the scores once they are calibrated on it, all labels alike."""
    scores = np.clip(platt.scale(raw, *platt.fit_pooled(raw, gold)), platt.EPSILON, 1 - platt.EPSILON)
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


def _out_of_fold(raw: Floats, gold: Hot, documents: Sequence[str]) -> Floats:
    """Calibrated scores, each by a calibration that saw none of the sentence's document; by its own of one document."""
    scores = np.empty(raw.shape)
    for others, own in _folds(documents):
        scores[own] = platt.scale(raw[own], *platt.fit(raw[others], gold[others], weight=SHRINKAGE))
    return scores


def _folds(documents: Sequence[str]) -> Iterator[tuple[Any, Any]]:
    """Rows to learn from and rows to score."""
    from sklearn.model_selection import GroupKFold

    several = min(FOLDS, len(set(documents)))
    if several < 2:
        return iter([(slice(None), slice(None))])
    return iter(GroupKFold(several).split(documents, groups=documents))


def _shrunk(scores: Floats, gold: Hot, pooled: float) -> float:
    positives = float(gold.sum())
    return float((positives * best_threshold(scores, gold) + SHRINKAGE * pooled) / (positives + SHRINKAGE))


def _low(positives: Floats, threshold: float, risk: float) -> float:
    return float(min(threshold, np.quantile(positives, risk))) if len(positives) else threshold
