"""A pool of unlabelled sentences, read and written line by line: memory does not grow with its length."""

import gzip
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

from framing.data.files import to_json
from framing.errors import FramingError
from framing.schema import Sentence, from_record, to_record

RECORD = frozenset(Sentence.__dataclass_fields__)
OURS = frozenset({"id", "document", "text", "language"})
"""What is read from a row that is no example record; the rest of it goes into `audit`."""


def read_pool(path: Path) -> Iterator[Sentence]:
    """The sentences of a JSONL file (.gz as well): example records, or any rows with `text`; raises FramingError."""
    try:
        with _open(path, "rt") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _sentence(_row(line, number, path), f"{path.name.split('.')[0]}:{number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise FramingError(
            expected=f"a readable JSONL file {path}",
            found=getattr(error, "strerror", None) or type(error).__name__,
            fix="Check the path, and that a .gz file is whole.",
        ) from error


def write_pool(path: Path, sentences: Iterable[Sentence]) -> None:
    """One example record a line as in a dataset's files, compressed where the name ends in .gz; complete or absent."""
    temporary = path.with_name(f".{os.getpid()}.part.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _open(temporary, "wt") as file:
            for sentence in sentences:
                file.write(f"{to_json(_flat(sentence))}\n")
        temporary.replace(path)
    except OSError as error:
        raise FramingError(
            expected=f"a place to write {path}",
            found=error.strerror or "an error",
            fix="Check the folder's permissions and the space left.",
        ) from error
    finally:
        if temporary.is_file():
            temporary.unlink()


def _open(path: Path, mode: str) -> IO[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    return cast(IO[str], opener(path, mode, encoding="utf-8"))


def _row(line: str, number: int, path: Path) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        row = None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise FramingError(
            expected=f"a JSON object with `text` in line {number} of {path}", found=line.strip()[:40], fix="Mend it."
        )
    return row


def _sentence(row: Mapping[str, Any], name: str) -> Sentence:
    """A record as it stands; another row as a lone sentence."""
    if set(row) <= RECORD and {"id", "document", "index", "start", "end"} <= set(row):
        return from_record({**row, **{k: _decoded(row[k]) for k in ("provenance", "audit") if k in row}})
    return Sentence(
        id=str(row.get("id") or name),
        document=str(row.get("document") or row.get("id") or name),
        index=0,
        start=0,
        end=len(row["text"]),
        text=row["text"],
        language=str(row.get("language") or "en"),
        audit={key: value for key, value in row.items() if key not in OURS},
    )


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _flat(sentence: Sentence) -> dict[str, Any]:
    record = to_record(sentence)
    return {**record, "provenance": to_json(record["provenance"]), "audit": to_json(record["audit"])}
