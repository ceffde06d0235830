"""Files that are complete or absent: written under a temporary name, then renamed."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from framing.errors import FramingError

CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` in one step; raises FramingError where the folder cannot be written."""
    write_lines(path, (text,))


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """`write_text` of what `lines` gives, which never stands in memory at once."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with temporary.open("w", encoding="utf-8") as file:
                file.writelines(lines)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_absent(folder: Path) -> None:
    """Raise FramingError where `folder` is a file or holds files."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise FramingError(
            expected=f"an absent or empty folder {folder}", found="files there", fix="Name another folder."
        )


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `folder` where the block ends well; raises FramingError where files are there."""
    check_absent(folder)
    folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
            filled = Path(scratch) / "filled"
            filled.mkdir()
            yield filled
            filled.replace(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error


def to_json(value: Any) -> str:
    """Canonical JSON, one line: sorted keys, UTF-8 as it is."""
    return CANONICAL(value)


def write_jsonl(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """One canonical JSON object a line."""
    write_lines(path, (f"{to_json(record)}\n" for record in records))


def _unwritable(path: Path, error: OSError) -> FramingError:
    return FramingError(
        expected=f"a place to write {path}",
        found=error.strerror or "an error",
        fix="Check the folder's permissions.",
    )
