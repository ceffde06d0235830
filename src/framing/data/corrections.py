"""Readers' corrections: an inbox of JSON lines, one a disputed label, and what is made of it: votes or records.

A row names a sentence, one label, and whether a reader finds it `present` or `absent`; nothing about the reader.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from framing.data.files import to_json
from framing.data.voice import read_sentence
from framing.errors import FramingError
from framing.schema import Evidence, Sentence, to_record

PLACE = Path("corrections") / "inbox.jsonl"
"""Inside the project's `runs` folder."""
VERDICTS = ("present", "absent")
FORMS = ("votes", "records")
MAX_BYTES = 16 * 1024 * 1024
"""Of the inbox: some 10,000 corrections, far more than anyone reads between two exports."""
LOCK_SECONDS = 5.0

Row = Mapping[str, Any]


class InboxError(Exception):
    """The inbox takes no row now: it is full, held by another process, or not writable."""


def sentence_id(text: str) -> str:
    """The id that corrections of the same sentence share."""
    return f"reader-{sha256(text.encode()).hexdigest()[:16]}"


def append(inbox: Path, row: Row, *, limit: int = MAX_BYTES) -> None:
    """Add one whole line; what an interrupted writer left unfinished goes. Raises InboxError past `limit` bytes."""
    line = f"{to_json(row)}\n".encode()
    try:
        inbox.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(inbox.with_suffix(".lock"), timeout=LOCK_SECONDS), inbox.open("ab+") as file:
            whole = _whole(file)
            if whole + len(line) > limit:
                raise InboxError("the inbox is full")
            file.truncate(whole)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except Timeout as error:
        raise InboxError("the inbox is in use") from error
    except OSError as error:
        raise InboxError("the inbox cannot be written") from error


def _whole(file: BinaryIO) -> int:
    """Bytes up to the end of the last whole line."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 1))
    if size == 0 or file.read() == b"\n":
        return size
    file.seek(0)
    return file.read().rfind(b"\n") + 1


def read(inbox: Path) -> list[dict[str, Any]]:
    """All rows, oldest first; raises FramingError where there is no inbox, or that names the line at fault."""
    try:
        lines = inbox.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise FramingError(
            expected=f"an inbox of corrections {inbox}",
            found=error.strerror or "an error",
            fix="Readers fill it through the page of `framing serve`; run this in that project.",
        ) from error
    return [_row(line, number, inbox) for number, line in enumerate(lines, 1) if line]


def _row(line: str, number: int, inbox: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        row = None
    if not isinstance(row, dict) or row.get("verdict") not in VERDICTS:
        raise FramingError(
            expected=f"a correction in line {number} of {inbox}", found="something else", fix="Remove that line."
        )
    return row


def export(rows: Iterable[Row], *, form: str) -> list[dict[str, Any]]:
    """One row a sentence, in order of first dispute: `votes` for `framing agreement`, or dataset `records`."""
    if form not in FORMS:
        raise FramingError(expected=f"a form among {list(FORMS)}", found=repr(form)[:40], fix="Correct the form.")
    sentences: dict[str, list[Row]] = {}
    for row in rows:
        sentences.setdefault(row["id"], []).append(row)
    make = _vote if form == "votes" else _record
    return [make(disputes) for disputes in sentences.values()]


def settled(disputes: Sequence[Row]) -> tuple[str, ...]:
    """The labels of a sentence: the model's own (of the last dispute), changed where more readers say so than not."""
    balance: Counter[str] = Counter()
    for row in disputes:
        balance[row["label"]] += 1 if row["verdict"] == "present" else -1
    kept = [label for label in disputes[-1]["labels"] if balance[label] >= 0]
    added = [label for label, votes in balance.items() if votes > 0 and label not in kept]
    return (*kept, *added)


def _vote(disputes: Sequence[Row]) -> dict[str, Any]:
    return {"id": disputes[0]["id"], "document": _document(disputes[0]), "labels": list(settled(disputes))}


def _record(disputes: Sequence[Row]) -> dict[str, Any]:
    last, labels = disputes[-1], settled(disputes)
    voice = read_sentence(last["text"])
    votes = [{"label": row["label"], "verdict": row["verdict"], **row["provenance"]} for row in disputes]
    spans = {(e["label"], e["start"], e["end"]): e for row in disputes for e in row["evidence"]}
    sentence = Sentence(
        id=last["id"],
        document=_document(disputes[0]),
        index=0,
        start=0,
        end=len(last["text"]),
        text=last["text"],
        labels=labels,
        evidence=tuple(Evidence(**span) for span in spans.values() if span["label"] in labels),
        voice=voice.voice,
        distance=voice.distance,
        source=voice.source,
        taxonomy=last["taxonomy"],
        provenance={"kind": "correction", "by": "readers", "votes": votes},
    )
    return to_record(sentence)


def _document(row: Row) -> str:
    return f"reader-{row['document']}" if row["document"] else str(row["id"])
