"""Do the words that a model points at carry the frame, and did they matter to it? Measured as in ERASER.

DeYoung et al. (2020), "ERASER: A Benchmark to Evaluate Rationalized NLP Models", ACL. Token F1 and span F1 compare the
model's words with gold evidence, whether it decided for the label or not. The deletion test reads each decided sentence
again without its evidence, and without as many other words in a row: the first score should be the lower one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from framing.evaluation import intervals, metrics
from framing.evaluation.intervals import Interval
from framing.evaluation.mistakes import Place
from framing.evaluation.report import without_nan
from framing.schema import Floats, Sentence, words

Places = Sequence[Mapping[str, Sequence[Place]]]
"""For each sentence the places of each label; a label without any is absent."""
OVERLAP = 0.5
"""Least share of words in common, of those in either, for two spans to be the same span."""
MEAN = "mean"


@dataclass(frozen=True, slots=True)
class EvidenceScore:
    """The evidence of one label, or the mean over labels."""

    label: str
    gold: int
    """Sentences whose gold evidence was compared."""
    token_f1: Interval
    span_f1: Interval
    deleted: int
    """Sentences of the deletion test: decided, and with room for as many other words in a row."""
    deletion: Interval
    """Score without other words less score without the evidence, in [-1, 1]; above 0 the evidence mattered."""


def evidence_scores(
    sentences: Sequence[Sentence],
    gold: Places,
    found: Places,
    falls: Floats,
    *,
    labels: Sequence[str],
    draws: int = intervals.DRAWS,
    seed: int = 0,
) -> list[EvidenceScore]:
    """A row a label and their mean; `falls` (n_sentences, n_labels) is the deletion test, NaN where it was not made."""
    documents = [s.document for s in sentences]
    weights = intervals.draw_documents(len(set(documents)), draws, seed)
    compared = _compared(sentences, gold, found, labels)
    tokens, spans = (_f1(counts, documents, weights) for counts in compared)
    deletions = [intervals.mean_interval(falls[:, k], documents, weights) for k in range(len(labels))]
    pairs = [sum(label in places for places in gold) for label in labels]
    made = np.isfinite(falls).sum(axis=0)
    rows = [
        EvidenceScore(label, pairs[k], tokens[0][k], spans[0][k], int(made[k]), deletions[k])
        for k, label in enumerate(labels)
    ]
    overall = intervals.mean_interval(_row_mean(falls), documents, weights)
    return [*rows, EvidenceScore(MEAN, sum(pairs), tokens[1], spans[1], int(made.sum()), overall)]


def without(text: str, places: Sequence[Place]) -> str:
    """The text less every word that one of the places touches."""
    return _less(text, _touched(words(text), places))


def without_others(text: str, places: Sequence[Place], random: np.random.Generator) -> str | None:
    """The text less as many words in a row that no place touches; None where there is no such row."""
    found = words(text)
    touched = _touched(found, places)
    size = len(touched)
    starts = [k for k in range(len(found) - size + 1) if not touched & set(range(k, k + size))]
    if not size or not starts:
        return None
    start = int(random.choice(starts))
    return _less(text, set(range(start, start + size)))


def to_records(rows: Sequence[EvidenceScore]) -> list[dict[str, Any]]:
    """For `evidence.json`; figures that do not exist are null."""
    return [without_nan(asdict(row)) for row in rows]


def to_metrics(rows: Sequence[EvidenceScore], split: str) -> dict[str, float]:
    """What MLflow charts: the means."""
    mean = rows[-1]
    figures = {"token_f1": mean.token_f1, "span_f1": mean.span_f1, "deletion": mean.deletion}
    return {f"{split}/evidence_{name}": figure.value for name, figure in figures.items()}


def _compared(
    sentences: Sequence[Sentence], gold: Places, found: Places, labels: Sequence[str]
) -> tuple[Floats, Floats]:
    """Hits, false alarms and misses of words and of spans, each (3, n_sentences, n_labels)."""
    tokens, spans = np.zeros((2, 3, len(sentences), len(labels)))
    for row, (sentence, theirs, ours) in enumerate(zip(sentences, gold, found, strict=True)):
        split = words(sentence.text)
        for column, label in enumerate(labels):
            if label in theirs:
                truth = [_touched(split, [place]) for place in theirs[label]]
                given = [_touched(split, [place]) for place in ours.get(label, ())]
                tokens[:, row, column] = _token_counts(set().union(*truth), set().union(*given))
                spans[:, row, column] = _span_counts(truth, given)
    return tokens, spans


def _token_counts(truth: set[int], given: set[int]) -> tuple[int, int, int]:
    return len(truth & given), len(given - truth), len(truth - given)


def _span_counts(truth: Sequence[set[int]], given: Sequence[set[int]]) -> tuple[int, int, int]:
    met = sum(any(_alike(a, b) for b in given) for a in truth)
    return met, sum(not any(_alike(a, b) for a in truth) for b in given), len(truth) - met


def _alike(a: set[int], b: set[int]) -> bool:
    return bool(a | b) and len(a & b) >= OVERLAP * len(a | b)


def _f1(counts: Floats, documents: Sequence[str], weights: Floats) -> tuple[list[Interval], Interval]:
    """F1 a label and their mean, from counts (3, n_sentences, n_labels)."""
    point = metrics.f1(counts.sum(axis=1))
    drawn = metrics.f1(np.stack([intervals.drawn_sums(part, documents, weights) for part in counts]))
    mean = intervals.interval(metrics.mean_over_labels(point), intervals.row_means(drawn))
    return intervals.by_label(point, drawn), mean


def _row_mean(values: Floats) -> Floats:
    some = np.isfinite(values)
    total = np.where(some, values, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, some.sum(axis=1), out=np.full(len(values), np.nan), where=some.any(axis=1)))


def _touched(split: Sequence[Place], places: Sequence[Place]) -> set[int]:
    return {k for k, (a, b) in enumerate(split) if any(a < end and start < b for start, end in places)}


def _less(text: str, gone: set[int]) -> str:
    """The text without those words, and without the space that stood before each."""
    kept, at = [], 0
    for k, (start, end) in enumerate(words(text)):
        if k in gone:
            kept.append(text[at:start].rstrip(" "))
            at = end
    return "".join([*kept, text[at:]]).strip()
