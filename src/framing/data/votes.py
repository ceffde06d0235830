"""What one coder gave: a JSONL file of `{"id", "labels"}` rows, or a dataset folder, whose gold counts as a coder."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from framing.data import dataset
from framing.errors import FramingError
from framing.schema import Hot
from framing.taxonomy import Taxonomy


class Vote(NamedTuple):
    """The labels that a coder gave a sentence, and the document it stands in."""

    labels: frozenset[str]
    document: str


def read_votes(path: Path, taxonomy: Taxonomy) -> dict[str, Vote]:
    """Votes by sentence id; raises FramingError that names the line."""
    if path.is_dir():
        splits = dataset.load(path, taxonomy).splits
        return {s.id: Vote(frozenset(s.labels), s.document) for rows in splits.values() for s in rows}
    votes: dict[str, Vote] = {}
    for number, line in enumerate(_lines(path), 1):
        row = _row(line, number, path)
        if unknown := sorted(set(row["labels"]) - set(taxonomy.ids())):
            raise _wrong(path, number, f"labels of {taxonomy.name}", str(unknown))
        if row["id"] in votes:
            raise _wrong(path, number, "every id once", "one again")
        votes[row["id"]] = Vote(frozenset(row["labels"]), str(row.get("document") or row["id"]))
    return votes


def paired(first: Mapping[str, Vote], second: Mapping[str, Vote], labels: Sequence[str]) -> tuple[Hot, Hot, list[str]]:
    """Both coders' labels on the sentences both coded, (n, n_labels) each, and their documents as `first` has them."""
    shared = [name for name in first if name in second]
    if not shared:
        raise FramingError(expected="sentences that both coders coded", found="no id in common", fix="Check the files.")
    hot = [np.array([[label in votes[i].labels for label in labels] for i in shared]) for votes in (first, second)]
    return hot[0], hot[1], [first[i].document for i in shared]


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "bytes that are not UTF-8"
        raise FramingError(
            expected=f"a readable file of votes {path}", found=reason or "an error", fix="Check the path."
        ) from error


def _row(line: str, number: int, path: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        row = None
    if not (isinstance(row, dict) and isinstance(row.get("id"), str) and isinstance(row.get("labels"), list)):
        raise _wrong(path, number, '{"id": "...", "labels": [...]}', "something else")
    return row


def _wrong(path: Path, number: int, expected: str, found: str) -> FramingError:
    return FramingError(expected=f"{expected} in line {number} of {path}", found=found, fix="Mend that line.")
