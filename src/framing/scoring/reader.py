"""The rows of parts, and what is wrong with those that hold no text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from framing.data.articles import MAX_BYTES
from framing.scoring.plan import Part
from framing.scoring.sources import TOO_LONG, Columns, Row, Slice, Source, open_source

SURROGATE = re.compile("[\ud800-\udfff]")


class Reader:
    """Reads parts one after the other; a file stays open for the next part, which mostly goes on in it."""

    def __init__(self, root: Path, columns: Columns) -> None:
        self.root, self.columns = root, columns
        self._open: tuple[str, Source] | None = None

    def rows(self, part: Part) -> Iterator[tuple[str, Row]]:
        """The file and each row of it, in order."""
        for piece in part.slices:
            if piece.rows:
                for row in self._source(piece).read(piece):
                    yield piece.file, row

    def _source(self, piece: Slice) -> Source:
        if self._open is None or self._open[0] != piece.file:
            if self._open:
                self._open[1].close()
            self._open = piece.file, open_source(self.root / piece.file, self.columns)
        return self._open[1]


def identified(row: Row, file: str) -> tuple[str, str]:
    """The name of a row, by file and number where it has no id, and the reason why it holds no text, or none."""
    name = f"{file}:{row.number}" if row.id is None else str(row.id)
    return name, row.reason or _wrong(row.text) or ("not UTF-8" if SURROGATE.search(name) else "")


def _wrong(text: Any) -> str:
    if not isinstance(text, str):
        return "no text" if text is None else "the text is not a string"
    if not text.strip():
        return "blank text"
    if len(text) > MAX_BYTES:
        return TOO_LONG
    return "not UTF-8" if SURROGATE.search(text) else ""
