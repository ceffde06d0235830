"""Files that are complete or absent: written under a temporary name, then renamed."""

import json
import os
from collections.abc import Iterable, Mapping
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
        raise FramingError(
            expected=f"a place to write {path}",
            found=error.strerror or "an error",
            fix="Check the folder's permissions.",
        ) from error


def to_json(value: Any) -> str:
    """Canonical JSON, one line: sorted keys, UTF-8 as it is."""
    return CANONICAL(value)


def write_jsonl(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """One canonical JSON object a line."""
    write_lines(path, (f"{to_json(record)}\n" for record in records))
