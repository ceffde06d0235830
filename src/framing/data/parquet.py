"""Training sentences in a folder of Parquet files, partitioned or not: read a window at a time, never as a whole.

Columns: `text` and `labels` (a list of label ids), and where they are there `id`, `document` and `evidence` (a list of
`label`, `start`, `end`). Files and folders whose names begin with `_` or `.` are left alone, as Spark does.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from framing.data.near import Index
from framing.errors import FramingError
from framing.schema import Evidence, Sentence

if TYPE_CHECKING:
    import pyarrow

NEEDED = ("text", "labels")
KNOWN = (*NEEDED, "id", "document", "evidence")
WINDOW = 4096
"""Rows of the pass that checks them."""
BUFFER = 10_000
"""Rows that the shuffle draws from, beside the order of the files, which is shuffled as well."""
SHOWN = 3


class ParquetSentences:
    """The rows of all files, counted and checked once; satisfies `framing.models.protocol.Streamed`."""

    def __init__(self, folder: Path, known: Sequence[str]) -> None:
        self.folder = folder
        self.files = parquet_files(folder)
        self._columns = columns_of(self.files)
        self._known = frozenset(known)
        self._counts: Counter[str] = Counter()
        self._rows = 0

    @classmethod
    def open(cls, folder: Path, known: Sequence[str], held: Sequence[Sentence]) -> Self:
        """Read all rows once; raises FramingError for a label that is not `known` and for what `held` holds as well.

        `held` are the sentences of the other splits: none of their documents and no near-duplicate may be learnt from.
        """
        found = cls(folder, known)
        found._count(held)
        return found

    def __len__(self) -> int:
        """Rows."""
        return self._rows

    def counts(self, labels: Sequence[str]) -> NDArray[np.int64]:
        """Rows that have each label, shape (n_labels,)."""
        return np.array([self._counts[label] for label in labels])

    def windows(self, size: int, seed: int) -> Iterator[list[Sentence]]:
        """All sentences once, shuffled by the seed, `size` at a time."""
        yield from self._read(self._stream().shuffle(seed=seed, buffer_size=BUFFER), size)

    def _read(self, stream: Any, size: int) -> Iterator[list[Sentence]]:
        first = 0
        for columns in stream.iter(batch_size=size):
            rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
            yield [to_sentence(row, first + k, self._known, self.folder) for k, row in enumerate(rows)]
            first += len(rows)

    def _stream(self) -> Any:
        import datasets

        datasets.disable_progress_bars()
        files = [str(path) for path in self.files]
        return datasets.load_dataset("parquet", data_files=files, split="train", streaming=True, columns=self._columns)

    def _count(self, held: Sequence[Sentence]) -> None:
        documents, index = {s.document for s in held}, Index([s.text for s in held])
        leaked: list[str] = []
        total = 0
        for window in self._read(self._stream(), WINDOW):
            self._rows += len(window)
            self._counts.update(label for s in window for label in dict.fromkeys(s.labels))
            crossing = [s.id for s in window if s.document in documents or index.has(s.text)]
            total += len(crossing)
            leaked += crossing[: SHOWN - len(leaked)]
        if not self._counts:
            raise _wrong("rows with labels", f"none among {self._rows}", self.folder)
        if total:
            raise _wrong(
                "no document and no near-duplicate of the validation and test splits",
                f"{total} rows, as {', '.join(leaked)}",
                self.folder,
            )


def to_sentence(row: Mapping[str, Any], number: int | str, known: frozenset[str], place: Path) -> Sentence:
    """The sentence in a row of the file or folder `place`; raises FramingError for what cannot be learnt from."""
    text, labels = row["text"], tuple(row["labels"] or ())
    if not isinstance(text, str) or not text.strip():
        raise _wrong("a text in every row", f"none in row {number}", place)
    name, document = names_of(row, number)
    if unknown := sorted({*labels} - known):
        raise _wrong("only labels of the taxonomy", f"{unknown} in {name}", place)
    spans = tuple(Evidence(e["label"], e["start"], e["end"]) for e in row.get("evidence") or ())
    if any(not 0 <= span.start < span.end <= len(text) for span in spans):
        raise _wrong("evidence inside its text", f"other offsets in {name}", place)
    return Sentence(name, document, 0, 0, len(text), text, labels, spans)


def names_of(row: Mapping[str, Any], number: int | str) -> tuple[str, str]:
    """The id of a row and its document: the number where there is no id, the id where there is no document."""
    name = str(row.get("id") or number)
    return name, str(row.get("document") or name)


def schema() -> "pyarrow.Schema":
    """The columns that are read, of the types that are written."""
    import pyarrow as pa

    text, place = pa.string(), pa.int32()
    span = pa.struct([("label", text), ("start", place), ("end", place)])
    names = [(name, text) for name in ("id", "document", "text")]
    return pa.schema([*names, ("labels", pa.list_(text)), ("evidence", pa.list_(span))])


def parquet_files(folder: Path) -> list[Path]:
    """The Parquet files below a folder, in order; raises FramingError where there is none."""
    files = [
        path
        for path in sorted(folder.rglob("*.parquet"))
        if not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    ]
    if not files:
        raise FramingError(
            expected=f"a folder of .parquet files at {folder}", found="none", fix="Correct `stream` in the config."
        )
    return files


def digest(folder: Path) -> str:
    """SHA-256 over the names and the contents of the Parquet files; of files that did not change it is known."""
    found = [(path, path.stat()) for path in parquet_files(folder)]
    return _digest(folder, tuple((path, stat.st_size, stat.st_mtime_ns) for path, stat in found))


@lru_cache(maxsize=4)
def _digest(folder: Path, files: tuple[tuple[Path, int, int], ...]) -> str:
    hasher = hashlib.sha256()
    for path, _, _ in files:
        with path.open("rb") as file:
            hasher.update(f"{path.relative_to(folder).as_posix()}\n".encode())
            hasher.update(hashlib.file_digest(file, "sha256").digest())
    return hasher.hexdigest()


def _wrong(expected: str, found: str, place: Path) -> FramingError:
    return FramingError(expected=f"{expected} in {place}", found=found, fix="Write the files without them.")


def columns_of(files: Sequence[Path]) -> list[str]:
    """The columns that can be read and that all files have; raises FramingError where one lacks what is needed."""
    from pyarrow import ArrowException, parquet

    common: set[str] | None = None
    for path in files:
        try:
            names = set(parquet.read_schema(path).names)
        except (OSError, ArrowException) as error:
            raise FramingError(expected=f"Parquet in {path}", found="other bytes", fix="Write it again.") from error
        if missing := [name for name in NEEDED if name not in names]:
            raise FramingError(
                expected=f"the columns {list(NEEDED)} in {path}", found=f"no {missing}", fix="Rename its columns."
            )
        common = names if common is None else common & names
    return [name for name in KNOWN if name in (common or ())]
