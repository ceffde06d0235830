"""Delimited files with a header, and what corpora without official splits share: counts and splits by group."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from framing.data import near, splits
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Sentence


class Row(NamedTuple):
    """The fields of a row by column, and the line it ends in."""

    line: int
    fields: Mapping[str, str]


def read_text(path: Path, *, name: str) -> str:
    """The characters of a UTF-8 file without its byte order mark and without newline translation."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FramingError(
            expected=f"UTF-8 text in {path}",
            found=f"another encoding (byte {error.start})",
            fix="Convert it with `iconv -t utf-8`.",
        ) from error
    except OSError as error:
        raise FramingError(
            expected=f"the file {path.name} of {name} in {path.parent}",
            found=error.strerror or "an error",
            fix="Name the folder that holds it with --root.",
        ) from error


def read_rows(path: Path, *, name: str, needs: Sequence[str], delimiter: str = ",", preamble: int = 0) -> Iterator[Row]:
    """The rows of a delimited file whose header has the columns `needs`, and maybe more, after `preamble` lines."""
    lines = islice(io.StringIO(read_text(path, name=name), newline=""), preamble, None)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        check_columns(header, needs, where=path, name=name)
        for fields in reader:
            if len(fields) != len(header):
                found, line = f"{len(fields)} fields", reader.line_num + preamble
                raise _wrong(path, f"{len(header)} fields in line {line}", found)
            yield Row(reader.line_num + preamble, dict(zip(header, fields, strict=True)))
    except csv.Error as error:
        raise _wrong(path, f"delimited text in line {reader.line_num + preamble}", str(error)) from error


def check_columns(found: Sequence[str], needs: Sequence[str], *, where: Path | str, name: str) -> None:
    """Raise FramingError where a needed column is missing; both lists are named, sorted."""
    if set(needs) - set(found):
        raise FramingError(
            expected=f"the columns {sorted(needs)} of {name} in {where}",
            found=str(sorted(found)),
            fix="Take the released file, or name your own columns with --columns.",
        )


def split_by_group(
    sentences: Sequence[Sentence], shares: Mapping[str, float] = splits.SHARES
) -> dict[str, list[Sentence]]:
    """Sentences by split, whole groups together: documents with equal `audit["group"]` or a near-duplicate sentence.

    Sentences of fewer than five words ("He agreed.") recur by chance and join nothing.
    """
    documents: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        documents[sentence.document].append(sentence)
    texts = {name: [s.text for s in rows if _is_long(s)] for name, rows in documents.items()}
    stated = {name: str(group) for name, rows in documents.items() if (group := rows[0].audit.get("group"))}
    groups = near.group_documents(texts, together=stated)
    grouped = {
        name: [replace(s, audit={**s.audit, "group": groups[name]}) for s in rows] for name, rows in documents.items()
    }
    answer = splits.assign(grouped, {}, shares)
    return {split: [s for name, rows in grouped.items() if answer[name] == split for s in rows] for split in SPLITS}


def _is_long(sentence: Sentence) -> bool:
    return len(near.WORD.findall(sentence.text)) >= near.SIZE


def _wrong(path: Path, expected: str, found: str) -> FramingError:
    return FramingError(expected=f"{expected} of {path}", found=found, fix="Mend that line.")
