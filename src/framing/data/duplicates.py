"""Sentences that say the same and are labelled otherwise."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from framing.data.near import WORD
from framing.schema import Sentence


class Contradiction(NamedTuple):
    """Sentences of equal normalised text whose labels differ: their ids, and the labels of each."""

    ids: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]


def contradictions(sentences: Iterable[Sentence]) -> list[Contradiction]:
    """Every group of equal texts, case and punctuation aside, with more than one set of labels; in order."""
    groups: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        if key := " ".join(WORD.findall(sentence.text.lower())):
            groups[key].append(sentence)
    return [
        Contradiction(tuple(s.id for s in group), tuple(s.labels for s in group))
        for group in groups.values()
        if len({frozenset(s.labels) for s in group}) > 1
    ]
