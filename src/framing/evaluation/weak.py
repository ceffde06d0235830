"""What labelling functions are worth: coverage, overlap and conflict on a pool, accuracy on gold, and the verdict.

The terms are those of Snorkel's analysis of labelling functions (Ratner et al. 2017, arXiv:1711.10160).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from framing.evaluation.intervals import (
    DRAWS,
    Interval,
    bounds,
    document_index,
    draw_documents,
    f1_intervals,
    paired_macro_f1,
)
from framing.evaluation.tables import bracketed, markdown, number
from framing.schema import Floats, Hot

WIDTH = 60
"""Characters of a pattern that the table shows."""


class Vote(NamedTuple):
    """A function's vote on a label of one sentence, both as numbers."""

    function: int
    label: int
    yes: bool


class Tally:
    """Counts over a pool, sentence by sentence; every array has one entry a function."""

    def __init__(self, n_functions: int) -> None:
        self.sentences = 0
        self.covered, self.overlapping, self.conflicting = np.zeros((3, n_functions), dtype=np.int64)

    def add(self, votes: Sequence[Vote]) -> None:
        """Count the votes on one sentence: each function once, however many labels it votes on."""
        self.sentences += 1
        for function in {vote.function for vote in votes}:
            mine = {vote.label: vote.yes for vote in votes if vote.function == function}
            shared = [mine[v.label] != v.yes for v in votes if v.function != function and v.label in mine]
            self.covered[function] += 1
            self.overlapping[function] += bool(shared)
            self.conflicting[function] += any(shared)


@dataclass(frozen=True, slots=True)
class FunctionScore:
    """A function on the pool, as shares of its sentences, and the share of its votes on gold that are right."""

    name: str
    kind: str
    sentences: int
    coverage: float
    overlap: float
    conflict: float
    gold_votes: int
    accuracy: Interval


@dataclass(frozen=True, slots=True)
class Verdict:
    """Macro F1 on gold of majority vote and of the label model, and their difference with its paired interval."""

    sentences: int
    documents: int
    majority: Interval
    model: Interval | None
    gain: Interval | None

    def sentence(self) -> str:
        """Whether the label model beats majority vote, in words."""
        head = f"majority vote: macro F1 {bracketed(self.majority)} on gold"
        count = f"n = {self.sentences} sentences in {self.documents} documents"
        if self.model is None or self.gain is None:
            return f"{head} ({count})."
        answer = "BEATS" if self.gain.low > 0 else "DOES NOT BEAT"
        return (
            f"{head}, dawid-skene: {bracketed(self.model)} ({count}). "
            f"The label model {answer} majority vote: difference {bracketed(self.gain)}."
        )


def accuracies(right: Floats, cast: Floats, documents: Sequence[str], *, seed: int = 0) -> list[Interval]:
    """The share of each function's votes that are right; `right` and `cast` count them, (n_sentences, n_functions)."""
    index = document_index(documents)
    weights = draw_documents(index.max() + 1, DRAWS, seed)
    drawn = _share(*(weights @ _by_document(counts, index) for counts in (right, cast)))
    low, high = bounds(drawn)
    point = _share(right.sum(axis=0), cast.sum(axis=0))
    return [Interval(float(v), float(a), float(b)) for v, a, b in zip(point, low, high, strict=True)]


def judge_labels(gold: Hot, majority: Hot, model: Hot | None, documents: Sequence[str], *, seed: int = 0) -> Verdict:
    """Two ways to label gold, all (n_sentences, n_labels); `model` is None where only votes were counted."""
    _, base, _ = f1_intervals(gold, majority, documents, seed=seed)
    counts = len(documents), len(set(documents))
    if model is None:
        return Verdict(*counts, base, None, None)
    _, macro, _ = f1_intervals(gold, model, documents, seed=seed)
    return Verdict(*counts, base, macro, paired_macro_f1(gold, model, majority, documents, seed=seed))


def analysis_table(rows: Sequence[FunctionScore], what: Sequence[str]) -> str:
    """One row a function that votes anywhere; `what` tells what each looks for."""
    head = ["function", "n", "coverage", "overlap", "conflict", "votes on gold", "accuracy on gold", "looks for"]
    told = [
        [
            row.name,
            str(row.sentences),
            number(row.coverage, digits=5),
            number(row.overlap),
            number(row.conflict),
            str(row.gold_votes),
            bracketed(row.accuracy) if row.gold_votes else "n/a (0)",
            looks_for.replace("|", "¦")[:WIDTH],
        ]
        for row, looks_for in zip(rows, what, strict=True)
        if row.sentences or row.gold_votes
    ]
    return markdown(head, told)


def _by_document(counts: Floats, index: np.ndarray) -> Floats:
    table = np.zeros((index.max() + 1, counts.shape[1]))
    np.add.at(table, index, counts)
    return table


def _share(top: Floats, bottom: Floats) -> Floats:
    return np.asarray(np.divide(top, bottom, out=np.full(np.shape(bottom), np.nan), where=np.asarray(bottom) > 0))
