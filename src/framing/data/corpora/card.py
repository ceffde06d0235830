"""What every public corpus states about itself. A corpus file has `CARD`, `LABELS` and `parse(root)`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from framing.data.download import Download
from framing.errors import FramingError
from framing.schema import Sentence


@dataclass(frozen=True, slots=True)
class Card:
    """Where a corpus comes from and what a sound copy of it holds."""

    name: str
    title: str
    url: str
    licence: str
    citation: str
    counts: Mapping[str, int]
    """Checked after parsing: a copy with other counts is another version."""
    downloads: tuple[Download, ...] = ()
    """Pinned files that may be had without registration."""


class Parsed(NamedTuple):
    """Sentences by split, and a line for everything that had to be left out."""

    splits: Mapping[str, list[Sentence]]
    left_out: tuple[str, ...] = ()


def check_counts(card: Card, root: Path, found: Mapping[str, int]) -> None:
    """Raise FramingError where a count that was taken is not the card's."""
    stated = {name: card.counts[name] for name in found if name in card.counts}
    counted = {name: found[name] for name in stated}
    if counted != stated:
        raise FramingError(
            expected=f"the counts {stated} of {card.title} in {root}",
            found=str(counted),
            fix="Take the released version; an interim release has other counts.",
        )
