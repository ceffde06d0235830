"""The same scores on parts of a split: who speaks, about which war, how long the sentence is, and how far each part
lies from the rest.

The gap is taken like for like: the mean over labels with positives on both sides of F1 here minus F1 in the rest, both
on the same draws of documents.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from framing.evaluation import intervals, metrics
from framing.evaluation.intervals import Interval
from framing.evaluation.report import without_nan
from framing.schema import Floats, Hot, Sentence, multi_hot

LENGTHS = (15, 25, 35)
"""Word counts that part the bins: about the quartiles of the gold text."""


@dataclass(frozen=True, slots=True)
class SliceScore:
    """How a model fared on the sentences that share one value."""

    slice: str
    value: str
    sentences: int
    documents: int
    macro_f1: Interval
    micro_f1: Interval
    gap: Interval
    """Towards the rest of the split; NaN where no label has positives on both sides."""


class _Split(NamedTuple):
    """What all slices of one split share."""

    gold: Hot
    decided: Hot
    documents: Sequence[str]
    weights: Floats


def membership(seen: frozenset[str]) -> dict[str, Callable[[Sentence], str]]:
    """The value of a sentence on each slice, or an empty string; `seen` are the training split's conflicts."""
    return {
        "voice": lambda s: s.voice,
        "distance": lambda s: s.distance,
        "use": _use,
        "length": _length,
        "seen conflict": lambda s: _seen(s, seen),
        "source type": lambda s: _audit(s, "source_type"),
        "conflict": lambda s: _audit(s, "conflict"),
        "party": lambda s: _audit(s, "party"),
    }


def slice_scores(
    sentences: Sequence[Sentence],
    decided: Hot,
    *,
    labels: Sequence[str],
    seen: frozenset[str],
    draws: int = intervals.DRAWS,
    seed: int = 0,
) -> list[SliceScore]:
    """A row for every value of every slice, in the order of `membership`, the largest value first."""
    documents = [s.document for s in sentences]
    weights = intervals.draw_documents(len(set(documents)), draws, seed)
    split = _Split(multi_hot(sentences, labels), decided, documents, weights)
    rows: list[SliceScore] = []
    for name, value_of in membership(seen).items():
        values = np.array([value_of(s) for s in sentences], dtype=object)
        rows.extend(_score(name, value, values == value, split) for value in _by_size(values))
    return rows


def to_records(rows: Sequence[SliceScore]) -> list[dict[str, Any]]:
    """As JSON values; a figure that does not exist is null."""
    return [without_nan(asdict(row)) for row in rows]


def largest_gaps(rows: Sequence[SliceScore], count: int) -> list[SliceScore]:
    """The rows furthest below the rest whose interval lies below zero, lowest first."""
    below = [row for row in rows if row.gap.high < 0]
    return sorted(below, key=lambda row: row.gap.value)[:count]


def _score(name: str, value: str, inside: Hot, split: _Split) -> SliceScore:
    mine, rest = _counts(split, inside), _counts(split, ~inside)
    macro, micro = intervals.pooled_f1(*mine)
    point, drawn = (metrics.f1(a) - metrics.f1(b) for a, b in zip(mine, rest, strict=True))
    return SliceScore(
        slice=name,
        value=value,
        sentences=int(inside.sum()),
        documents=len({d for d, own in zip(split.documents, inside, strict=True) if own}),
        macro_f1=macro,
        micro_f1=micro,
        gap=intervals.interval(metrics.mean_over_labels(point), intervals.row_means(drawn)),
    )


def _counts(split: _Split, inside: Hot) -> tuple[Floats, Floats]:
    """Counts of the sentences inside, and those of each draw of all documents."""
    gold, decided = split.gold & inside[:, None], split.decided & inside[:, None]
    return metrics.counts(gold, decided), intervals.drawn_counts(gold, decided, split.documents, split.weights)


def _by_size(values: np.ndarray) -> list[str]:
    found: Mapping[str, int] = {str(v): int((values == v).sum()) for v in set(values) if v}
    return sorted(found, key=lambda v: (-found[v], v))


def _use(sentence: Sentence) -> str:
    """Words that look like a frame and are none: quoted about, or a near-miss that the annotator marked."""
    talked_about = any(e.use == "mention" for e in sentence.evidence) or bool(sentence.audit.get("near"))
    return "mention or near-miss" if talked_about else "neither"


def _length(sentence: Sentence) -> str:
    words = len(sentence.text.split())
    edges = (1, *LENGTHS)
    low = max(edge for edge in edges if edge <= max(words, 1))
    higher = [edge for edge in edges if edge > low]
    return f"{low}-{higher[0] - 1} words" if higher else f"{low} words or more"


def _seen(sentence: Sentence, seen: frozenset[str]) -> str:
    conflict = _audit(sentence, "conflict")
    return conflict and ("seen" if conflict in seen else "unseen")


def _audit(sentence: Sentence, name: str) -> str:
    return str(sentence.audit.get(name) or "")
