"""How far a score would move had other documents been drawn: the bootstrap by document.

Sentences of one document are alike, so whole documents are drawn (Efron and Tibshirani 1993; cluster bootstrap,
Field and Welsh 2007). Counts are summed once a document; a draw is one matrix product.
"""

from collections.abc import Sequence
from typing import NamedTuple

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
    macro = _interval(metrics.mean_over_labels(point), _row_means(spread))
    micro = _interval(float(metrics.f1(metrics.micro(count))[0]), metrics.f1(metrics.micro(drawn))[:, 0])
    return labels, macro, micro


def paired_macro_f1(
    gold: Hot, a: Hot, b: Hot, documents: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> Interval:
    """Macro F1 of decisions `a` less that of `b`, with its interval over draws of documents that both share."""
    weights = draw_documents(len(set(documents)), draws, seed)
    point = [metrics.mean_over_labels(metrics.f1(metrics.counts(gold, decided))) for decided in (a, b)]
    drawn = [_row_means(metrics.f1(drawn_counts(gold, decided, documents, weights))) for decided in (a, b)]
    return _interval(point[0] - point[1], drawn[0] - drawn[1])


def _interval(value: float, drawn: Floats) -> Interval:
    low, high = bounds(drawn[:, None])
    return Interval(value, float(low[0]), float(high[0]))


def _row_means(drawn: Floats) -> Floats:
    some = np.isfinite(drawn)
    return np.asarray(
        np.divide(np.where(some, drawn, 0).sum(1), some.sum(1), out=np.full(len(drawn), np.nan), where=some.any(1))
    )
