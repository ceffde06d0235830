"""Sentences of a text with their character offsets, by the library sentencex."""

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

from framing.schema import Document, Sentence

SURROGATE = re.compile("[\ud800-\udfff]")
MARKS = re.compile('["“”„«»‘’「」『』]')
CLOSING = '"”»’」』)]'
LONG = 45
"""Words: sentencex never ends a sentence inside quotation marks, so a long quotation is parted in a second pass."""


def split(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Offsets of the sentences: in order, apart, white space trimmed; every other character is in one of them.

    The end of a line ends a sentence, as headlines have no full stop.
    """
    safe = SURROGATE.sub("\ufffd", text)
    offsets: list[tuple[int, int]] = []
    at = 0
    for line in safe.splitlines(keepends=True):
        for start, end in _bounds(line, language):
            offsets += _trimmed(safe, at + start, at + end)
        at += len(line)
    return offsets


def document(name: str, text: str, language: str = "en") -> Document:
    """The text as a document, without labels."""
    rows = tuple(
        Sentence(
            id=f"{name}:{k}",
            document=name,
            index=k,
            start=start,
            end=end,
            text=text[start:end],
            language=language,
        )
        for k, (start, end) in enumerate(split(text, language))
    )
    return Document(name, text, rows)


def _bounds(line: str, language: str) -> Iterator[tuple[int, int]]:
    for unit in get_sentence_boundaries(language, line):
        start, end = unit["start_index"], unit["end_index"]
        if line.count(" ", start, end) > LONG and MARKS.search(line, start, end):
            yield from _parted(line, start, end, language)
        else:
            yield start, end


def _parted(line: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """The unit split as if it had no quotation marks; a closing mark stays with the sentence it closes."""
    bare = MARKS.sub(" ", line[start:end])
    first = start
    for unit in get_sentence_boundaries(language, bare):
        last = start + unit["end_index"]
        while last < end and line[last - 1 : last].isspace() and line[last] in CLOSING:
            last += 1
        while last < end and line[last] in CLOSING:
            last += 1
        if last > first:
            yield first, last
            first = last
    if first < end:
        yield first, end


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    body = text[start:end]
    if stripped := body.strip():
        lead = len(body) - len(body.lstrip())
        yield start + lead, start + lead + len(stripped)
