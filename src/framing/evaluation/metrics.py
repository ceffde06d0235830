"""Scores of scores: pure functions of arrays whose columns are the labels, in taxonomy order.

A label without positives has no F1 and no average precision: both are NaN here and `n/a (0)` on the score sheet,
never 0 or 1, and means over labels leave it out.
"""

import numpy as np

from framing.schema import Floats, Hot

BINS = 15
"""Equal-mass bins of the calibration error (Nguyen and O'Connor 2015, adaptive binning)."""


def counts(gold: Hot, decided: Hot) -> Floats:
    """True positives, false positives, false negatives: shape (3, n_labels)."""
    return np.stack([(gold & decided).sum(0), (~gold & decided).sum(0), (gold & ~decided).sum(0)]).astype(np.float64)


def precision(count: Floats) -> Floats:
    """TP / (TP + FP) from `counts`, over its first axis; 0 where nothing was decided."""
    return _ratio(count[0], count[0] + count[1], empty=0.0)


def recall(count: Floats) -> Floats:
    """TP / (TP + FN) from `counts`, over its first axis; NaN where there are no positives."""
    return _ratio(count[0], count[0] + count[2], empty=np.nan)


def f1(count: Floats) -> Floats:
    """2 TP / (2 TP + FP + FN) from `counts`; NaN where there are no positives."""
    value = _ratio(2 * count[0], 2 * count[0] + count[1] + count[2], empty=np.nan)
    return np.where(count[0] + count[2] > 0, value, np.nan)


def micro(count: Floats) -> Floats:
    """Counts summed over the labels, shape (3, ..., 1), for `precision`, `recall` and `f1`."""
    return np.asarray(count.sum(axis=-1, keepdims=True))


def f1_by_sentence(gold: Hot, decided: Hot) -> Floats:
    """F1 of each sentence's own labels, shape (n_sentences,); NaN where it has no label and none was decided.

    Its mean is the samples F1 of scikit-learn with `zero_division=nan`: plain sentences read rightly are left out.
    """
    return _ratio(2.0 * (gold & decided).sum(1), gold.sum(1) + decided.sum(1), empty=np.nan)


def average_precision(gold: Hot, scores: Floats) -> Floats:
    """Area under precision over recall by steps, a label: shape (n_labels,); NaN without positives.

    Sentences with equal scores count as one step, as in scikit-learn's `average_precision_score`.
    """
    return np.array([_average_precision(gold[:, k], scores[:, k]) for k in range(gold.shape[1])])


def brier(gold: Hot, scores: Floats) -> Floats:
    """Mean squared distance of score and truth, a label (Brier 1950)."""
    return np.asarray(((scores - gold) ** 2).mean(axis=0))


def calibration_error(gold: Hot, scores: Floats) -> Floats:
    """Expected calibration error a label, over 15 bins of equal mass."""
    return np.array([_calibration_error(gold[:, k], scores[:, k]) for k in range(gold.shape[1])])


def mean_over_labels(values: Floats) -> float:
    """The mean over labels that have a value; NaN where none has."""
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _average_precision(gold: Hot, scores: Floats) -> float:
    if not gold.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last_of_ties = np.append(ranked[:-1] != ranked[1:], True)
    hits = np.cumsum(gold[order])[last_of_ties]
    precision_at = hits / (np.flatnonzero(last_of_ties) + 1)
    return float(np.sum(np.diff(hits, prepend=0) * precision_at) / gold.sum())


def _calibration_error(gold: Hot, scores: Floats) -> float:
    bins = np.array_split(np.argsort(scores, kind="stable"), min(BINS, len(scores)))
    return float(sum(len(b) * abs(scores[b].mean() - gold[b].mean()) for b in bins) / len(scores))


def _ratio(top: Floats, bottom: Floats, *, empty: float) -> Floats:
    return np.asarray(np.divide(top, bottom, out=np.full_like(bottom, empty, dtype=np.float64), where=bottom > 0))
