"""What one split could tell a model about another: shared documents, near-duplicates, and labels that contradict.

The first two are leaks: a score on such data is not believed, and nothing is trained on it unless its manifest says
`leaky`. Texts of fewer than five words ("He agreed.") recur by chance and are no leak. Reports name ids, never text.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from framing.data.dataset import SPLITS
from framing.data.near import SIZE, near_pairs, words_of
from framing.errors import FramingError
from framing.schema import Sentence

SHOWN = 100
"""Rows of each kind that a report lists; the counts are of all."""
SHOWN_TO_PEOPLE = 10
Splits = Mapping[str, Sequence[Sentence]]
Place = tuple[str, Sentence]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two sentences of different splits that are nearly the same."""

    first: str
    second: str
    splits: tuple[str, str]
    jaccard: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Sentences of equal text that do not have equal labels."""

    ids: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Leaks:
    """The leaks of a dataset and its contradictions."""

    documents: tuple[str, ...]
    near: tuple[Crossing, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def any(self) -> bool:
        """Whether a split tells about another; contradictions are noise, not leaks."""
        return bool(self.documents or self.near)

    def describe(self) -> str:
        """Counts in one line, then the first pairs and contradictions."""
        rows = [
            f"  {c.first} ({c.splits[0]}) nearly {c.second} ({c.splits[1]}), Jaccard {c.jaccard}" for c in self.near
        ]
        rows += [f"  {', '.join(c.ids)}: equal text, labels {c.labels}" for c in self.contradictions]
        counts = f"{len(self.documents)} shared documents, {len(self.near)} pairs across splits"
        head = f"leaks: {counts}; {len(self.contradictions)} texts with contradictory labels"
        return "\n".join([head, *rows[:SHOWN_TO_PEOPLE]])

    def to_record(self) -> dict[str, Any]:
        """Counts, and the first rows of each kind, as JSON values."""
        return {
            "leak": self.any,
            "shared_documents": {"count": len(self.documents), "ids": list(self.documents[:SHOWN])},
            "near_duplicates": {"count": len(self.near), "pairs": [asdict(c) for c in self.near[:SHOWN]]},
            "contradictions": {
                "count": len(self.contradictions),
                "rows": [asdict(c) for c in self.contradictions[:SHOWN]],
            },
        }

    def to_json(self) -> str:
        """`to_record` as text."""
        return json.dumps(self.to_record(), ensure_ascii=False, indent=1)


def find(splits: Splits) -> Leaks:
    """Everything that crosses the splits, in the order of the sentences."""
    places = _places(splits)
    near = tuple(
        Crossing(one.id, other.id, (split, other_split), round(jaccard, 3))
        for (split, one), (other_split, other), jaccard in _crossings(places)
    )
    return Leaks(_shared(splits), near, tuple(_contradictions(places)))


def refuse(leaks: Leaks, name: str) -> None:
    """Raise FramingError where the dataset `name` has a leak."""
    if not leaks.any:
        return
    example = leaks.documents[0] if leaks.documents else f"{leaks.near[0].first} and {leaks.near[0].second}"
    raise FramingError(
        expected=f"no document and no near-duplicate sentence of {name} in two splits",
        found=f"{len(leaks.documents)} documents and {len(leaks.near)} pairs of sentences, as {example}",
        fix="Run `framing data check FOLDER` for the list, and build it again with `--by article`.",
    )


def purge(splits: Splits) -> tuple[dict[str, list[Sentence]], list[str]]:
    """The splits without what a later split holds as well, and a line for every sentence left out; test loses none."""
    kept = {split: list(sentences) for split, sentences in splits.items()}
    lines: list[str] = []
    while dropped := _doubled(kept):  # again, since a 5-gram that is common no more may join others
        kept = {split: [s for s in sentences if s.id not in dropped] for split, sentences in kept.items()}
        lines += dropped.values()
    return kept, lines


def _doubled(splits: Splits) -> dict[str, str]:
    """Why each sentence that a later split holds as well is to go, by its id."""
    why: dict[str, str] = {}
    for (_, earlier), (split, later), _ in _crossings(_places(splits)):
        why.setdefault(earlier.id, f"{earlier.id}: nearly {later.id}, which is in {split}")
    return why


def _places(splits: Splits) -> dict[str, list[Place]]:
    """Where each text stands, case and punctuation aside."""
    places: dict[str, list[Place]] = defaultdict(list)
    for split, sentences in splits.items():
        for sentence in sentences:
            places[" ".join(words_of(sentence.text))].append((split, sentence))
    return places


def _shared(splits: Splits) -> tuple[str, ...]:
    homes: dict[str, set[str]] = defaultdict(set)
    for split, sentences in splits.items():
        for sentence in sentences:
            homes[sentence.document].add(split)
    return tuple(document for document, where in homes.items() if len(where) > 1)


def _crossings(places: Mapping[str, Sequence[Place]]) -> Iterator[tuple[Place, Place, float]]:
    """Pairs in different splits, the earlier split first: equal texts, then near ones."""
    texts = [text for text in places if text.count(" ") >= SIZE - 1]
    for text in texts:
        yield from _across(places[text], places[text], 1.0)
    for first, second, jaccard in near_pairs(texts):
        yield from _across(places[texts[first]], places[texts[second]], jaccard)


def _across(one: Sequence[Place], other: Sequence[Place], jaccard: float) -> Iterator[tuple[Place, Place, float]]:
    """Every sentence that stands in an earlier split than the other text does, with a sentence of its latest split."""
    for mine, theirs in ((one, other),) if one is other else ((one, other), (other, one)):
        latest = max(theirs, key=lambda place: SPLITS.index(place[0]))
        for place in mine:
            if SPLITS.index(place[0]) < SPLITS.index(latest[0]):
                yield place, latest, jaccard


def _contradictions(places: Mapping[str, Sequence[Place]]) -> Iterator[Contradiction]:
    for text, found in places.items():
        sentences = [sentence for _, sentence in found]
        if text and len({frozenset(s.labels) for s in sentences}) > 1:
            yield Contradiction(tuple(s.id for s in sentences), tuple(s.labels for s in sentences))
