"""What the corpus files share: text as it stands, rows of tab-separated files, and stable splits."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from framing.data.corpora.card import Card
from framing.errors import FramingError

VALIDATION_SHARE = 0.12
"""Of the training documents, where a corpus has no validation part of its own."""
TEST_SHARE = 0.15
"""Of the documents with labels, where the labels of the official test part were never released."""


def text_of(path: Path, card: Card) -> str:
    """The file's characters without newline translation, so that offsets count what is in it."""
    if not path.is_file():
        raise FramingError(
            expected=f"the file {path.name} of {card.name} below {path.parent}",
            found="none",
            fix=f"Register at {card.url} and unpack the corpus there.",
        )
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise FramingError(
            expected=f"UTF-8 in {path}", found=f"another encoding at byte {error.start}", fix="Take the released file."
        ) from error


def rows_of(path: Path, card: Card, fields: int, blank: int = 0) -> Iterator[tuple[str, list[str]]]:
    """A place to name in messages and the fields of each line that is not empty; no quoting, as the corpora have none.

    A line parts at no more than the first `fields` - 1 tabs, and the last `blank` fields may be missing (they are "");
    raises FramingError where it has fewer.
    """
    for number, line in enumerate(text_of(path, card).split("\n"), 1):
        if line.strip():
            found = line.rstrip("\r").split("\t", fields - 1)
            if len(found) < fields - blank:
                raise FramingError(
                    expected=f"{fields} fields parted by tabs in line {number} of {path}",
                    found=str(len(found)),
                    fix="Take the released file.",
                )
            yield f"line {number} of {path}", found + [""] * (fields - len(found))


def lines_of(text: str) -> Iterator[tuple[int, int, int]]:
    """Number (from 1), start and end of each line that is not empty, white space trimmed."""
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            lead = len(line) - len(line.lstrip())
            yield number, at + lead, at + len(line.rstrip())
        at += len(line) + 1


def whole(field: str, where: str) -> int:
    """The whole number in a field; raises FramingError that names the place."""
    if not field.strip().isdecimal():
        raise FramingError(expected=f"a whole number in {where}", found=repr(field), fix="Take the released file.")
    return int(field)


def known(labels: tuple[str, ...], found: set[str], where: str) -> tuple[str, ...]:
    """`found` in the order of `labels`; raises FramingError on one that the corpus does not have."""
    if unknown := sorted(found - set(labels)):
        raise FramingError(
            expected=f"labels among {sorted(labels)} in {where}", found=str(unknown), fix="Take the released file."
        )
    return tuple(label for label in labels if label in found)


def fold(key: str) -> float:
    """A number in [0, 1) that belongs to the key for ever."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 2**32


def train_or_validation(key: str) -> str:
    """The split of a training document, by its name alone."""
    return "validation" if fold(key) < VALIDATION_SHARE else "train"


def any_split(key: str) -> str:
    """The split of a document where no test part was released, by its name alone."""
    share = fold(key)
    if share < TEST_SHARE:
        return "test"
    return "validation" if share < TEST_SHARE + VALIDATION_SHARE else "train"
