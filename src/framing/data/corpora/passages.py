"""From a text with spans in it to its sentences with evidence: for formats that annotate whole documents."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from framing.data.sentences import document
from framing.schema import Evidence, Sentence


class Marked(NamedTuple):
    """A label and the characters `start:end` of the document that carry it."""

    label: str
    start: int
    end: int


def read_passage(
    name: str, text: str, marks: Sequence[Marked], labels: Sequence[str], language: str = "en"
) -> Iterator[Sentence]:
    """The sentences of the text; a span that crosses their borders is evidence in each of them."""
    for sentence in document(name, text, language).sentences:
        clipped = clip(sentence.start, sentence.end, marks)
        found = {mark.label for mark in clipped}
        yield replace(
            sentence,
            labels=tuple(label for label in labels if label in found),
            evidence=tuple(Evidence(*mark) for mark in sorted(clipped, key=lambda m: (m.start, m.end, m.label))),
        )


def clip(start: int, end: int, marks: Sequence[Marked]) -> list[Marked]:
    """The parts of the marks in `start:end`, counted from `start`."""
    return [
        Marked(mark.label, max(mark.start, start) - start, min(mark.end, end) - start)
        for mark in marks
        if mark.start < end and start < mark.end
    ]
