"""What every public corpus states about itself. A corpus file has `CARD`, `LABELS` and `parse(root)`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from framing.data.download import Download
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
