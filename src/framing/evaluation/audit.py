"""What can be wrong with labels, measured: agreement of any number of coders, likely errors, and a tier a label."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from framing.evaluation.intervals import DRAWS, Interval, bounds, document_index, draw_documents
from framing.schema import Floats, Hot

Tier = Literal["A", "B", "C"]


class Bound(NamedTuple):
    """What a label must reach for a tier."""

    alpha: float
    positives: int
    f1: float


TIERS: dict[Tier, Bound] = {"A": Bound(0.667, 100, 0.5), "B": Bound(0.4, 30, 0.25)}
"""Alpha 0.667 is Krippendorff's (2018) least for tentative conclusions; 0.4 is where Landis and Koch (1977) begin
"moderate". With 100 positives the 95% interval of a recall is about 0.2 wide, with 30 about 0.35 (binomial at 0.5).
The bounds of F1 are this project's own: one half, and half of that. What reaches neither is C."""


class Suspect(NamedTuple):
    """A sentence (row) and label (column) that are likely coded wrongly."""

    row: int
    column: int
    given: bool
    score: float


def alpha_of_votes(
    positives: Floats, coders: Floats, documents: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> list[Interval]:
    """Krippendorff's alpha a label over any number of coders a sentence, with its interval over draws of documents.

    `positives` (n_sentences, n_labels) counts the coders who gave the label, `coders` (n_sentences,) all who coded.
    Sentences with fewer than two coders tell nothing of agreement; NaN where none is left or nothing varies.
    """
    index = document_index(documents)
    paired = coders >= 2
    ones, all_ = np.where(paired[:, None], positives, 0), np.where(paired, coders, 0)[:, None]
    apart = 2 * ones * (all_ - ones) / np.maximum(all_ - 1, 1)
    sums = [_summed(part, index) for part in (apart, ones, np.broadcast_to(all_, ones.shape))]
    point = _alpha(*(part.sum(axis=0) for part in sums))
    weights = draw_documents(index.max() + 1, draws, seed)
    low, high = bounds(_alpha(*(weights @ part for part in sums)))
    return [Interval(float(v), float(a), float(b)) for v, a, b in zip(point, low, high, strict=True)]


def suspects(gold: Hot, scores: Floats) -> list[Suspect]:
    """Labels that confident learning takes for errors, the least credible first.

    Northcutt, Jiang and Chuang (2021), "Confident Learning", JAIR 70: a sentence belongs to the side whose mean
    out-of-sample score it reaches; of two such sides, the likelier. `scores` are out of fold, shape as `gold`:
    (n_sentences, n_labels).
    """
    found = [suspect for k in range(gold.shape[1]) for suspect in _suspects(gold[:, k], scores[:, k], k)]
    return sorted(found, key=lambda s: (s.score if s.given else 1 - s.score, s.row, s.column))


def tier(*, alpha: float, positives: int, f1: float) -> Tier:
    """The best tier whose three bounds are reached; a figure that does not exist (NaN) reaches none."""
    for name, least in TIERS.items():
        if alpha >= least.alpha and positives >= least.positives and f1 >= least.f1:
            return name
    return "C"


def _suspects(gold: np.ndarray, scores: np.ndarray, column: int) -> list[Suspect]:
    if gold.all() or not gold.any():
        return []
    holds, not_holds = scores >= scores[gold].mean(), 1 - scores >= (1 - scores[~gold]).mean()
    likelier = scores > 0.5
    wrong = np.where(gold, not_holds & (~holds | ~likelier), holds & (~not_holds | likelier))
    return [Suspect(int(row), column, bool(gold[row]), float(scores[row])) for row in np.flatnonzero(wrong)]


def _alpha(apart: Floats, ones: Floats, votes: Floats) -> Floats:
    """1 - observed over expected disagreement, from sums over sentences."""
    expected = 2 * ones * (votes - ones)
    ratio = np.divide((votes - 1) * apart, expected, out=np.full(np.shape(expected), np.nan), where=expected > 0)
    return np.asarray(1 - ratio)


def _summed(counts: Floats, index: np.ndarray) -> Floats:
    table = np.zeros((index.max() + 1, counts.shape[1]))
    np.add.at(table, index, counts)
    return table
