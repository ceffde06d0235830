"""What is to be done, the same each time: files, their digests, and the parts that they are cut into."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from framing.answer import UNITS
from framing.data.files import to_json
from framing.errors import FramingError
from framing.scoring.sources import READERS, Columns, Slice, kind, open_source, unreadable

FORMAT = 1
ROWS = {"article": 256, "sentence": 4096}
"""Input rows a part: seconds of work for a small encoder, so that little is lost with a killed job."""


class Part(NamedTuple):
    """What one worker does in one go, and one output file holds: slices of one file, or of several short ones."""

    number: int
    slices: tuple[Slice, ...]

    @property
    def rows(self) -> int:
        """Rows of the input."""
        return sum(piece.rows for piece in self.slices)

    @property
    def name(self) -> str:
        """Of its file."""
        return f"part-{self.number:05}.parquet"


class Worker(Protocol):
    """What a process does parts with, one after the other."""

    def work(self, part: Part) -> Any:
        """Do one part and write what comes of it; a part that was done before is done again alike."""
        ...


class Task(Protocol):
    """All that a worker needs to know; it goes to other processes, and to other machines that see the same folders."""

    def worker(self, threads: int) -> Worker:
        """A worker that computes with so many threads."""
        ...

    def __hash__(self) -> int:
        """Equal for equal tasks: a process that has a worker for one keeps it."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What else the answers depend on; `rows` is the most input rows that one part has."""

    unit: str = "article"
    columns: Columns = field(default_factory=Columns)
    rows: int = 0

    def checked(self) -> "Settings":
        """With the number of rows that the unit has by default; raises FramingError for what cannot be."""
        if self.unit not in UNITS:
            raise FramingError(expected=f"a unit among {list(UNITS)}", found=repr(self.unit), fix="Correct the unit.")
        if self.rows < 0:
            raise FramingError(expected="one row a part or more", found=str(self.rows), fix="Correct --part-rows.")
        return Settings(self.unit, self.columns, self.rows or ROWS[self.unit])

    def to_record(self) -> dict[str, Any]:
        """As JSON."""
        return {"unit": self.unit, "text": self.columns.text, "id": self.columns.id, "part_rows": self.rows}


@dataclass(frozen=True, slots=True)
class Plan:
    """`record` is what an output says that it was made of; `ignored` are files that it has no reader for."""

    root: Path
    settings: Settings
    parts: tuple[Part, ...]
    record: Mapping[str, Any]
    ignored: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the record."""
        return hashlib.sha256(to_json(self.record).encode()).hexdigest()

    @property
    def rows(self) -> int:
        """Rows of the input."""
        return sum(part.rows for part in self.parts)


def make(source: Path, settings: Settings, about: Mapping[str, Any]) -> Plan:
    """The plan for a file or folder; reads everything once. `about` is what else the output is made of.

    Raises FramingError for files that cannot be read.
    """
    settings = settings.checked()
    root, names, ignored = _find(source)
    files, slices = [], []
    for name in names:
        found = list(_slices(root / name, name, settings))
        slices += found
        size, digest = file_digest(root / name)
        files.append({"file": name, "bytes": size, "sha256": digest, "rows": sum(piece.rows for piece in found)})
    parts = _pack(slices or [Slice(names[0], 0, 0)], settings.rows)
    record = {"format": FORMAT, **about, "settings": settings.to_record(), "files": files}
    return Plan(root, settings, tuple(Part(k, tuple(group)) for k, group in enumerate(parts)), record, ignored)


def folder_digest(folder: Path) -> str:
    """SHA-256 of the names and contents of all files in a folder."""
    hasher = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        hasher.update(f"{path.relative_to(folder).as_posix()}\n{file_digest(path)[1]}\n".encode())
    return hasher.hexdigest()


def _find(source: Path) -> tuple[Path, list[str], tuple[str, ...]]:
    """The folder, the files in it that are read, and those that are not; hidden ones and `_...` do not count."""
    if not source.is_dir():
        if not source.is_file() or not kind(source):
            found = str(source) if source.exists() else f"no file {source}"
            raise FramingError(
                expected=f"a file among {sorted(READERS)}, or a folder", found=found, fix="Correct INPUT."
            )
        return source.parent, [source.name], ()
    paths = [path.relative_to(source) for path in sorted(source.rglob("*")) if path.is_file()]
    paths = [path for path in paths if not any(part.startswith((".", "_")) for part in path.parts)]
    names = [path.as_posix() for path in paths if kind(path)]
    if not names:
        raise FramingError(expected=f"files among {sorted(READERS)} in {source}", found="none", fix="Correct INPUT.")
    return source, names, tuple(path.as_posix() for path in paths if not kind(path))


def _slices(path: Path, name: str, settings: Settings) -> Iterator[Slice]:
    from pyarrow import ArrowException

    if not path.stat().st_size:
        return
    source = open_source(path, settings.columns)
    try:
        for first, rows, at in source.cut(settings.rows):
            yield Slice(name, first, rows, at)
    except (OSError, EOFError, zlib.error, ArrowException) as error:
        raise unreadable(path, error) from error
    finally:
        source.close()


def _pack(slices: Sequence[Slice], rows: int) -> list[list[Slice]]:
    """Neighbours together while they have no more than `rows` rows."""
    groups: list[list[Slice]] = []
    size = rows
    for piece in slices:
        if not groups or size + piece.rows > rows:
            groups.append([])
            size = 0
        groups[-1].append(piece)
        size += piece.rows
    return groups


def file_digest(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest
