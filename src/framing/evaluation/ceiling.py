"""What people reach: each coder's own votes judged against the gold labels, by the function that judges models.

Gold is settled from these votes, so that a coder is bound to look better than a stranger would: an upper bound.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from framing.evaluation import intervals
from framing.evaluation.intervals import Interval
from framing.schema import Sentence, multi_hot


@dataclass(frozen=True, slots=True)
class Ceiling:
    """One coder against gold, on the sentences that this coder read."""

    by: str
    sentences: int
    documents: int
    macro_f1: Interval
    micro_f1: Interval


def ceilings(
    sentences: Sequence[Sentence], labels: Sequence[str], *, draws: int = intervals.DRAWS, seed: int = 0
) -> list[Ceiling]:
    """A row a coder who voted on any of the sentences, by name; none where nobody did."""
    coders = sorted({str(vote["by"]) for _, vote in _votes(sentences)})
    return [_ceiling(by, sentences, labels, draws, seed) for by in coders]


def _votes(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, Mapping[str, Any]]]:
    """Votes on labels; a vote on voices alone says nothing here."""
    for sentence in sentences:
        for vote in sentence.provenance.get("votes", ()):
            if "labels" in vote:
                yield sentence, vote


def _ceiling(by: str, sentences: Sequence[Sentence], labels: Sequence[str], draws: int, seed: int) -> Ceiling:
    read = [(s, vote["labels"]) for s, vote in _votes(sentences) if str(vote["by"]) == by]
    rows = [s for s, _ in read]
    voted = np.array([[label in given for label in labels] for _, given in read], dtype=np.bool_)
    documents = [s.document for s in rows]
    _, macro, micro = intervals.f1_intervals(multi_hot(rows, labels), voted, documents, draws=draws, seed=seed)
    return Ceiling(by, len(rows), len(set(documents)), macro, micro)
