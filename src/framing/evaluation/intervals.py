"""How far a score would move had other documents been drawn: the bootstrap by document.

Sentences of one document are alike, so whole documents are drawn (Efron and Tibshirani 1993; cluster bootstrap,
Field and Welsh 2007). Counts are summed once a document; a draw is one matrix product.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from framing.evaluation import metrics
from framing.schema import Floats, Hot

DRAWS = 1000
LEVEL = 0.95


class Interval(NamedTuple):
    """A value with the bounds that hold 95% of the draws."""

    value: float
    low: float
    high: float


def draw_documents(n_documents: int, draws: int, seed: int) -> Floats:
    """How often each document is drawn, shape (draws, n_documents); each row sums to n_documents."""
    weights = np.random.default_rng(seed).multinomial(n_documents, np.full(n_documents, 1 / n_documents), size=draws)
    return weights.astype(np.float64)


def drawn_counts(gold: Hot, decided: Hot, documents: Sequence[str], weights: Floats) -> Floats:
    """`metrics.counts` of each draw, shape (3, draws, n_labels)."""
    index = document_index(documents)
    tables = []
    for hits in (gold & decided, ~gold & decided, gold & ~decided):
        by_document = np.zeros((index.max() + 1, gold.shape[1]))
        np.add.at(by_document, index, hits)
        tables.append(weights @ by_document)
    return np.stack(tables)


def drawn_average_precision(gold: Hot, scores: Floats, documents: Sequence[str], weights: Floats) -> Floats:
    """`metrics.average_precision` of each draw, shape (draws, n_labels)."""
    index = document_index(documents)
    columns = [_drawn_precision(gold[:, k], scores[:, k], index, weights) for k in range(gold.shape[1])]
    return np.stack(columns, axis=1)


def document_index(documents: Sequence[str]) -> np.ndarray:
    """Documents as numbers from 0 in order of first appearance."""
    number: dict[str, int] = {}
    return np.array([number.setdefault(d, len(number)) for d in documents])


def bounds(drawn: Floats) -> tuple[Floats, Floats]:
    """Lower and upper percentile bounds over the first axis; draws without a value are left out."""
    tail = (1 - LEVEL) / 2
    low, high = np.full(drawn.shape[1:], np.nan), np.full(drawn.shape[1:], np.nan)
    some = np.isfinite(drawn).any(axis=0)
    if some.any():
        low[some], high[some] = np.nanquantile(drawn[:, some], [tail, 1 - tail], axis=0)
    return low, high


def f1_intervals(
    gold: Hot, decided: Hot, documents: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> tuple[list[Interval], Interval, Interval]:
    """F1 a label, macro F1 and micro F1, each with its interval over the same draws of documents."""
    weights = draw_documents(len(set(documents)), draws, seed)
    count = metrics.counts(gold, decided)
    drawn = drawn_counts(gold, decided, documents, weights)
    point, spread = metrics.f1(count), metrics.f1(drawn)
    low, high = bounds(spread)
    labels = [Interval(float(v), float(a), float(b)) for v, a, b in zip(point, low, high, strict=True)]
    macro = _interval(metrics.mean_over_labels(point), row_means(spread))
    micro = _interval(float(metrics.f1(metrics.micro(count))[0]), metrics.f1(metrics.micro(drawn))[:, 0])
    return labels, macro, micro


def _interval(value: float, drawn: Floats) -> Interval:
    low, high = bounds(drawn[:, None])
    return Interval(value, float(low[0]), float(high[0]))


def row_means(drawn: Floats) -> Floats:
    """The mean over labels of each draw, shape (draws,), without labels that have no value."""
    some = np.isfinite(drawn)
    return np.asarray(
        np.divide(np.where(some, drawn, 0).sum(1), some.sum(1), out=np.full(len(drawn), np.nan), where=some.any(1))
    )


def _drawn_precision(gold: np.ndarray, scores: Floats, index: np.ndarray, weights: Floats) -> Floats:
    """Precision and recall change only at the scores of positives: one step each, taken from the highest down."""
    levels = np.unique(-scores[gold])
    step = np.searchsorted(levels, -scores)
    taken, found = (
        np.cumsum(weights @ _sentences_a_step(step[kept], index[kept], (weights.shape[1], len(levels))), axis=1)
        for kept in (step < len(levels), gold)
    )
    hits = np.diff(found, axis=1, prepend=0)
    area = (hits * np.divide(found, taken, out=np.zeros_like(found), where=taken > 0)).sum(axis=1)
    total = hits.sum(axis=1)
    return np.asarray(np.divide(area, total, out=np.full(len(weights), np.nan), where=total > 0))


def _sentences_a_step(step: np.ndarray, index: np.ndarray, shape: tuple[int, int]) -> Any:
    """How many sentences of each document come in at each step: a sparse matrix (n_documents, n_steps)."""
    from scipy.sparse import coo_array

    return coo_array((np.ones(len(step)), (index, step)), shape=shape).tocsr()
