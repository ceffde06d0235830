"""brat's standoff files: `T1<TAB>Label 10 17;20 25<TAB>words`, `E1<TAB>Type:T4 Role:T1 Role:T2`.

Offsets count characters of the `.txt` file of the same name, line ends included; the end is exclusive. A span in parts
has them parted by `;`, and the words then stand with a space between, as do the lines of one that spans several.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from framing.data.corpora.tables import read_text
from framing.errors import FramingError


class Span(NamedTuple):
    """One T line: its id, its label, its parts in order, and the words it names."""

    id: str
    label: str
    parts: tuple[tuple[int, int], ...]
    words: str


class Event(NamedTuple):
    """One E line: its type, and role and span id of each argument, the trigger first."""

    type: str
    roles: tuple[tuple[str, str], ...]


def read_spans(path: Path, text: str) -> list[Span]:
    """The spans of an .ann file; raises FramingError, with its line, for one that is not in `text` as it says."""
    spans = []
    for number, line in enumerate(_lines(path), 1):
        if line.startswith("T"):
            span = _span(line)
            if span is None or not _is_sound(span, text):
                raise FramingError(
                    expected=f"a label, offsets inside the {len(text)} characters of the text and the words that "
                    f"stand there in line {number} of {path}",
                    found=repr(line[:60]),
                    fix="Mend that line; offsets count characters and the end is exclusive.",
                )
            spans.append(span)
    return spans


def read_events(path: Path) -> list[Event]:
    """The events of an .ann file, in order."""
    events = []
    for line in _lines(path):
        if line.startswith("E"):
            pairs = [tuple(part.split(":", 1)) for part in line.split("\t")[1].split()]
            events.append(Event(pairs[0][0], tuple((role, name) for role, name in pairs)))
    return events


def _lines(path: Path) -> Sequence[str]:
    return read_text(path, name="brat").split("\n")


def _span(line: str) -> Span | None:
    """None where the line does not have the three fields or a number is none."""
    fields = line.rstrip("\r").split("\t")
    label, _, offsets = fields[1].partition(" ") if len(fields) == 3 else ("", "", "")
    parts = [part.split() for part in offsets.split(";")]
    if not label or any(len(part) != 2 or not all(n.isdecimal() for n in part) for part in parts):
        return None
    return Span(fields[0], label, tuple((int(start), int(end)) for start, end in parts), fields[2])


def _is_sound(span: Span, text: str) -> bool:
    inside = all(0 <= start < end <= len(text) for start, end in span.parts)
    return inside and " ".join(text[a:b] for a, b in span.parts).split() == span.words.split()
