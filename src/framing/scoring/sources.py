"""Rows of Parquet, JSONL and CSV files in slices, so that a part of a file can be read without the rest of it."""

import csv
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, cast

from framing.data.articles import MAX_BYTES
from framing.errors import FramingError

BOM = b"\xef\xbb\xbf"
TOO_LONG = f"longer than {MAX_BYTES // 2**20} MB"
PARQUET_BATCH = 1024


class Columns(NamedTuple):
    """Which columns hold the text and, where there are such, the id and the document."""

    text: str = "text"
    id: str = "id"
    document: str = "document"


class Slice(NamedTuple):
    """Rows `first` to `first + rows` of a file; `at` is the byte, uncompressed, where they begin (0 in Parquet)."""

    file: str
    first: int
    rows: int
    at: int = 0


class Row(NamedTuple):
    """A row, numbered from 1, a CSV header aside; or the reason why it is none."""

    number: int
    text: Any = None
    id: Any = None
    document: Any = None
    reason: str = ""


class Source(Protocol):
    """An open file. Slices that are read in order cost one pass over it."""

    def cut(self, rows: int) -> Iterator[tuple[int, int, int]]:
        """First row, number of rows and `at` of slices of so many rows; the last may be shorter."""
        ...

    def read(self, piece: Slice) -> Iterator[Row]:
        """Its rows, in order; a blank line is none."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


def open_source(path: Path, columns: Columns) -> Source:
    """The file as its suffix says; raises FramingError where it cannot be read as such."""
    try:
        return READERS[kind(path)](path, columns)
    except OSError as error:
        raise unreadable(path, error) from error


def kind(path: Path) -> str:
    """The suffix that says how to read a file, as `.jsonl` or `.csv.gz`; empty for other files."""
    name = path.name.lower()
    return max((suffix for suffix in READERS if name.endswith(suffix)), key=len, default="")


def unreadable(path: Path, error: Exception) -> FramingError:
    """For a file that the system, gzip or Arrow cannot read."""
    found = getattr(error, "strerror", None) or str(error).split("\n", maxsplit=1)[0] or type(error).__name__
    return FramingError(expected=f"a readable file {path}", found=found, fix="Check that it is whole.")


class _Lines:
    """The lines of a file, compressed or not; `at` is where the next begins, `cut` counts those that were too long."""

    def __init__(self, path: Path) -> None:
        opener = gzip.open if path.suffix.lower() == ".gz" else open
        self.file = cast(IO[bytes], opener(path, "rb"))
        self.at = self.cut = 0

    def seek(self, at: int) -> None:
        if at != self.at:
            self.file.seek(at)
            self.at = at

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = piece = self.file.readline(MAX_BYTES)
        if not line:
            raise StopIteration
        first, self.at = self.at == 0, self.at + len(line)
        if len(line) == MAX_BYTES:
            self.cut += 1
        while len(piece) == MAX_BYTES and not piece.endswith(b"\n"):
            piece = self.file.readline(MAX_BYTES)
            self.at += len(piece)
        return line.removeprefix(BOM) if first else line


class JsonLines:
    """One JSON object a line."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self.columns, self.lines = columns, _Lines(path)

    def cut(self, rows: int) -> Iterator[tuple[int, int, int]]:
        """A row is a line."""
        self.lines.seek(0)
        return _cut(self.lines, self.lines, rows)

    def read(self, piece: Slice) -> Iterator[Row]:
        """Rows of a slice."""
        self.lines.seek(piece.at)
        for number, line in enumerate(islice(self.lines, piece.rows), piece.first + 1):
            if len(line) == MAX_BYTES:
                yield Row(number, reason=TOO_LONG)
            elif line.strip():
                yield self._row(number, line)

    def close(self) -> None:
        """Close the file."""
        self.lines.file.close()

    def _row(self, number: int, line: bytes) -> Row:
        try:
            found = json.loads(line)
        except UnicodeDecodeError:
            return Row(number, reason="not UTF-8")
        except (json.JSONDecodeError, RecursionError):
            return Row(number, reason="not JSON")
        if not isinstance(found, dict):
            return Row(number, reason="not a JSON object")
        text, name, document = (found.get(column) for column in self.columns)
        return Row(number, text, name, document)


class Delimited:
    """CSV, or TSV, with a header; a record may span lines inside quotation marks."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self.lines = _Lines(path)
        self.delimiter = "\t" if ".tsv" in path.name.lower() else ","
        header = next(self._records(), [])
        if isinstance(header, str) or (header and columns.text not in header):
            self.close()
            raise missing(path, columns, header if isinstance(header, str) else sorted(header))
        self.header, self.start = header, self.lines.at
        self.places = {name: k for k, name in enumerate(self.header)}
        self.columns = columns

    def cut(self, rows: int) -> Iterator[tuple[int, int, int]]:
        """A row is a record."""
        self.lines.seek(self.start)
        return _cut(self._records(), self.lines, rows)

    def read(self, piece: Slice) -> Iterator[Row]:
        """Rows of a slice."""
        self.lines.seek(piece.at)
        for number, record in enumerate(islice(self._records(), piece.rows), piece.first + 1):
            if record:
                yield self._row(number, record)

    def close(self) -> None:
        """Close the file."""
        self.lines.file.close()

    def _row(self, number: int, record: list[str] | str) -> Row:
        if isinstance(record, str):
            return Row(number, reason=record)
        if len(record) != len(self.header):
            return Row(number, reason=f"{len(record)} fields, not {len(self.header)}")
        fields = [record[self.places[name]] if name in self.places else None for name in self.columns]
        text, name, document = fields
        return Row(number, text, name or None, document or None)

    def _records(self) -> Iterator[list[str] | str]:
        """The fields of each record, or what is wrong with it."""
        csv.field_size_limit(MAX_BYTES)
        decoded = (line.decode("utf-8", "surrogateescape") for line in self.lines)
        reader = csv.reader(decoded, delimiter=self.delimiter, strict=True)
        with suppress(StopIteration):
            while True:
                cut = self.lines.cut
                try:
                    record = next(reader)
                except csv.Error as error:
                    yield f"not CSV: {error}"
                else:
                    yield TOO_LONG if self.lines.cut > cut else record


class Parquet:
    """Parquet with a column of strings; only the columns of text and id are read."""

    def __init__(self, path: Path, columns: Columns) -> None:
        from pyarrow import ArrowException, parquet

        try:
            self.file = parquet.ParquetFile(path, buffer_size=1 << 20)
        except ArrowException as error:
            raise unreadable(path, error) from error
        names = self.file.schema_arrow.names
        if columns.text not in names:
            self.close()
            raise missing(path, columns, sorted(names))
        self.columns, self.names = columns, [name for name in columns if name in names]
        meta = self.file.metadata
        self.sizes = [meta.row_group(k).num_rows for k in range(meta.num_row_groups)]
        self.at, self.rows = 0, self._rows(0)

    def cut(self, rows: int) -> Iterator[tuple[int, int, int]]:
        """By the counts in the file's footer."""
        total = sum(self.sizes)
        for first in range(0, total, rows):
            yield first, min(rows, total - first), 0

    def read(self, piece: Slice) -> Iterator[Row]:
        """Rows of a slice: from where the last one ended, unless it lies before that, or in a later row group."""
        if piece.first < self.at or self._group(piece.first) != self._group(self.at):
            self.at, self.rows = piece.first, self._rows(piece.first)
        for number, fields in islice(self.rows, piece.first - self.at, piece.first - self.at + piece.rows):
            self.at = number
            found = dict(zip(self.names, fields, strict=True))
            text, name, document = (found.get(column) for column in self.columns)
            yield Row(number, text, name, document)

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _group(self, row: int) -> tuple[int, int]:
        """The row group that holds a row, and its own first row."""
        start = 0
        for group, size in enumerate(self.sizes):
            if row < start + size:
                return group, start
            start += size
        return len(self.sizes), start

    def _rows(self, first: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
        group, number = self._group(first)
        groups = range(group, len(self.sizes))
        for batch in self.file.iter_batches(PARQUET_BATCH, row_groups=groups, columns=self.names, use_threads=False):
            skipped = max(0, min(first - number, batch.num_rows))
            values = [batch.column(name)[skipped:].to_pylist() for name in self.names]
            yield from enumerate(zip(*values, strict=True), number + skipped + 1)
            number += batch.num_rows


def missing(path: Path, columns: Columns, found: list[str] | str) -> FramingError:
    """For a table without the column of the text."""
    return FramingError(
        expected=f"a column {columns.text!r} in {path}", found=str(found)[:200], fix="Name it with --text COLUMN."
    )


def _cut(records: Iterator[Any], lines: _Lines, rows: int) -> Iterator[tuple[int, int, int]]:
    first, number, at = 0, 0, lines.at
    for number, _ in enumerate(records, 1):
        if number - first == rows:
            yield first, rows, at
            first, at = number, lines.at
    if number > first:
        yield first, number - first, at


READERS: dict[str, Callable[[Path, Columns], Source]] = {
    ".parquet": Parquet,
    ".jsonl": JsonLines,
    ".jsonl.gz": JsonLines,
    ".ndjson": JsonLines,
    ".csv": Delimited,
    ".csv.gz": Delimited,
    ".tsv": Delimited,
    ".tsv.gz": Delimited,
}
