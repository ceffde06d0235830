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
    hits = (gold & decided, ~gold & decided, gold & ~decided)
    return np.stack([drawn_sums(part, documents, weights) for part in hits])


def drawn_sums(values: Floats | Hot, documents: Sequence[str], weights: Floats) -> Floats:
    """Values (n_sentences, n_labels) summed over the documents of each draw, shape (draws, n_labels)."""
    index = document_index(documents)
    by_document = np.zeros((index.max() + 1, values.shape[1]))
    np.add.at(by_document, index, values)
    return np.asarray(weights @ by_document)


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
    return by_label(metrics.f1(count), metrics.f1(drawn)), *pooled_f1(count, drawn)


def pooled_f1(count: Floats, drawn: Floats) -> tuple[Interval, Interval]:
    """Macro and micro F1 from the counts (3, n_labels) and those of each draw (3, draws, n_labels)."""
    macro = interval(metrics.mean_over_labels(metrics.f1(count)), row_means(metrics.f1(drawn)))
    micro = interval(float(metrics.f1(metrics.micro(count))[0]), metrics.f1(metrics.micro(drawn))[:, 0])
    return macro, micro


def drawn_average_precision(gold: Hot, scores: Floats, documents: Sequence[str], weights: Floats) -> Floats:
    """`metrics.average_precision` of each draw, shape (draws, n_labels).

    Precision is needed only where a positive stands: the sentences that rank at least as high are counted once a
    document, and every draw is a product with those counts.
    """
    index = document_index(documents)
    drawn = [_drawn_ap(gold[:, k], scores[:, k], index, weights) for k in range(gold.shape[1])]
    return np.stack(drawn, axis=1)


def paired_macro_f1(
    gold: Hot, a: Hot, b: Hot, documents: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> Interval:
    """Macro F1 of decisions `a` less that of `b`, with its interval over draws of documents that both share."""
    weights = draw_documents(len(set(documents)), draws, seed)
    point = [metrics.mean_over_labels(metrics.f1(metrics.counts(gold, decided))) for decided in (a, b)]
    drawn = [row_means(metrics.f1(drawn_counts(gold, decided, documents, weights))) for decided in (a, b)]
    return interval(point[0] - point[1], drawn[0] - drawn[1])


def mean_interval(values: Floats, documents: Sequence[str], weights: Floats) -> Interval:
    """The mean of one value a sentence, NaN left out, with its interval; `weights` are draws of the documents."""
    known = np.isfinite(values)
    if not known.any():
        return Interval(float("nan"), float("nan"), float("nan"))
    index = document_index(documents)
    total, n = (np.bincount(index, v, minlength=index.max() + 1) for v in (np.where(known, values, 0.0), known))
    given = weights @ n
    drawn = np.divide(weights @ total, given, out=np.full(len(weights), np.nan), where=given > 0)
    return interval(float(values[known].mean()), drawn)


def by_label(point: Floats, drawn: Floats) -> list[Interval]:
    """One interval a label, of a point (n_labels,) and its draws (draws, n_labels)."""
    low, high = bounds(drawn)
    return [Interval(float(v), float(a), float(b)) for v, a, b in zip(point, low, high, strict=True)]


def interval(value: float, drawn: Floats) -> Interval:
    """The interval of one value from its draws, (draws,)."""
    low, high = bounds(drawn[:, None])
    return Interval(value, float(low[0]), float(high[0]))


def row_means(drawn: Floats) -> Floats:
    """The mean over labels of each draw, (draws,); labels without a value in a draw are left out of it."""
    some = np.isfinite(drawn)
    return np.asarray(
        np.divide(np.where(some, drawn, 0).sum(1), some.sum(1), out=np.full(len(drawn), np.nan), where=some.any(1))
    )


def _drawn_ap(gold: Hot, scores: Floats, index: np.ndarray, weights: Floats) -> Floats:
    """One label's average precision of each draw, (draws,); NaN for draws without a positive."""
    steps, step = np.unique(-scores[gold], return_inverse=True)
    if not len(steps):
        return np.full(len(weights), np.nan)
    reached = np.searchsorted(steps, -scores)
    within = reached < len(steps)
    # Whole numbers up to 2^24 are exact in float32, at half the time.
    ranked = np.zeros((len(steps), weights.shape[1]), dtype=np.float32)
    np.add.at(ranked, (reached[within], index[within]), 1)
    above = weights.astype(np.float32) @ np.cumsum(ranked, axis=0).T
    order = np.argsort(step, kind="stable")
    found = np.add.reduceat(weights[:, index[gold][order]], np.searchsorted(step[order], range(len(steps))), axis=1)
    positives = found.sum(axis=1)
    precision = np.divide(np.cumsum(found, axis=1), above, out=np.zeros_like(found), where=above > 0)
    total = (found * precision).sum(axis=1)
    return np.asarray(np.divide(total, positives, out=np.full(len(total), np.nan), where=positives > 0))
