"""How far two coders agree, label by label, with bootstrap intervals by document.

Krippendorff's alpha (Krippendorff 2018) corrects for chance as the coders' own rates make it, Gwet's AC1 (Gwet 2008)
for chance that does not collapse on rare labels; positive specific agreement (Cicchetti and Feinstein 1990) asks only
about sentences that one of the two labelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from framing.evaluation.intervals import DRAWS, Interval, bounds, document_index, draw_documents
from framing.schema import Floats, Hot


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two coders on one label."""

    label: str
    first: int
    second: int
    both: int
    alpha: Interval
    positive: Interval
    ac1: Interval


def agree(
    first: Hot,
    second: Hot,
    documents: Sequence[str],
    *,
    labels: Sequence[str],
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Agreement]:
    """One row a label; `first` and `second` are what each coder gave, shape (n_sentences, n_labels)."""
    point = tables(first, second)
    index = document_index(documents)
    by_document = np.stack([_summed(cells, index) for cells in _cells(first, second)])
    drawn = np.stack([draw_documents(index.max() + 1, draws, seed) @ cells for cells in by_document])
    measured = [(measure(point), bounds(measure(drawn))) for measure in (alpha, positive_agreement, ac1)]
    rows = []
    for k, label in enumerate(labels):
        spans = [Interval(float(v[k]), float(low[k]), float(high[k])) for v, (low, high) in measured]
        rows.append(Agreement(label, int(first[:, k].sum()), int(second[:, k].sum()), int(point[0, k]), *spans))
    return rows


def tables(first: Hot, second: Hot) -> Floats:
    """Both, first only, second only, neither: shape (4, n_labels)."""
    return np.stack([cells.sum(axis=0) for cells in _cells(first, second)]).astype(np.float64)


def alpha(table: Floats) -> Floats:
    """Krippendorff's alpha of two coders and two values, from `tables` over its first axis; NaN where all is empty."""
    both, one, other, neither = table
    n = 2 * (both + one + other + neither)
    ones, zeros = 2 * both + one + other, 2 * neither + one + other
    return 1 - _ratio((n - 1) * (one + other), ones * zeros)


def positive_agreement(table: Floats) -> Floats:
    """2 both / (2 both + one + other); NaN where neither coder used the label."""
    both, one, other, _ = table
    return _ratio(2 * both, 2 * both + one + other)


def ac1(table: Floats) -> Floats:
    """Gwet's AC1, two coders, two values."""
    both, one, other, neither = table
    n = both + one + other + neither
    rate = (2 * both + one + other) / (2 * n)
    chance = 2 * rate * (1 - rate)
    return _ratio((both + neither) / n - chance, 1 - chance)


def _cells(first: Hot, second: Hot) -> tuple[Hot, Hot, Hot, Hot]:
    return first & second, first & ~second, ~first & second, ~first & ~second


def _summed(cells: Hot, index: np.ndarray) -> Floats:
    by_document = np.zeros((index.max() + 1, cells.shape[1]))
    np.add.at(by_document, index, cells)
    return by_document


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return np.asarray(np.divide(top, bottom, out=np.full(np.shape(bottom), np.nan), where=np.asarray(bottom) > 0))
