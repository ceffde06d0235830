"""Errors worth reading: where a model was most sure and wrong, in both directions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from framing.schema import Floats, Hot, Sentence

Kind = Literal["false positive", "missed"]
KINDS: tuple[Kind, ...] = ("false positive", "missed")
Place = tuple[int, int]
"""Where evidence begins and ends in the text."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong decision, with the words that gold and the model point at."""

    kind: Kind
    label: str
    score: float
    threshold: float
    sentence: Sentence
    gold: tuple[Place, ...]
    model: tuple[Place, ...]


def surest(gold: Hot, decided: Hot, scores: Floats, kind: Kind, count: int) -> list[tuple[int, int]]:
    """Row and column of the wrong decisions of one kind that the model was surest of, the surest first.

    A false positive is the surer the higher it scores, a missed label the surer the lower.
    """
    wrong = decided & ~gold if kind == "false positive" else gold & ~decided
    rows, columns = np.nonzero(wrong)
    sure = scores[rows, columns] if kind == "false positive" else -scores[rows, columns]
    order = np.argsort(-sure, kind="stable")[:count]
    return [(int(rows[k]), int(columns[k])) for k in order]


def gold_places(sentence: Sentence, label: str) -> tuple[Place, ...]:
    """Where the gold evidence of a label stands."""
    return tuple((e.start, e.end) for e in sentence.evidence if e.label == label and e.use == "use")


def pieces(text: str, marks: Mapping[str, Sequence[Place]]) -> list[tuple[str, frozenset[str]]]:
    """The text cut where a mark begins or ends, each piece with the names of the marks that cover it."""
    cuts = sorted({0, len(text), *(edge for places in marks.values() for place in places for edge in place)})
    found = []
    for start, end in pairwise(cuts):
        names = frozenset(name for name, places in marks.items() if any(a <= start and end <= b for a, b in places))
        found.append((text[start:end], names))
    return found
