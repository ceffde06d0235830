"""conflict_real: frames in real public text, published as stand-off labels; the text stays where it is.

    data/conflict_real/annotations.jsonl    repository, commit, path, encoding, offsets, SHA-256, labels, votes: no text
    ROOT/<repository>/<commit>/<path>       the files themselves, as `framing data fetch conflict_real` puts them

A sentence is the slice `start:end` of the decoded file with white space folded. It is kept only where its SHA-256 is
the recorded one; what is missing or changed is listed and left out.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from framing.data import splits
from framing.data.corpora.card import Card, Parsed
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Evidence, Sentence

HOME = "data/conflict_real"
ANNOTATIONS = "annotations.jsonl"
TAXONOMY = "conflict/1.0"
HOST = "https://raw.githubusercontent.com"
MAX_FILE = 50 * 1024 * 1024

CARD = Card(
    name="conflict_real",
    title="conflict_real: frames in real public text, stand-off",
    url="https://github.com (the repositories that the annotations name, at pinned commits)",
    licence="labels CC BY 4.0; every text under its own licence, named in the annotation",
    citation="conflict_real 1.0, labels of the framing project",
    counts={},
)
LABELS: tuple[str, ...] = ()
"""Those of `conflict/1.0`, in the order of its YAML file."""
Row = Mapping[str, Any]


def parse(root: Path, by: str = "article") -> Parsed:
    """Sentences by split from the files below `root`, and a line for each file or sentence that was left out."""
    home = annotations_home()
    frozen = read_splits(home, by)
    found, left_out = rebuild(read_annotations(home), root)
    documents: dict[str, list[Sentence]] = {}
    for sentence in found:
        documents.setdefault(sentence.document, []).append(sentence)
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    for document, split in frozen.items():
        rows[split].extend(documents.get(document, []))
    return Parsed(rows, tuple(left_out))


def annotations_home() -> Path:
    """The folder of the annotations: inside an installed wheel, or in a checkout."""
    places = (Path(__file__).parents[2] / "resources/conflict_real", Path(__file__).parents[4] / HOME)
    for place in places:
        if (place / ANNOTATIONS).is_file():
            return place
    raise FramingError(expected=f"{HOME}/{ANNOTATIONS}", found="none", fix="Use a full checkout or an installed wheel.")


def read_annotations(home: Path) -> list[dict[str, Any]]:
    """The stand-off rows, in order."""
    return [json.loads(line) for line in (home / ANNOTATIONS).read_text(encoding="utf-8").split("\n") if line]


def read_splits(home: Path, by: str = "article") -> dict[str, str]:
    """The frozen split of every document, one of the ways of `splits.WAYS`."""
    file, _ = splits.way(by)
    frozen: dict[str, str] = json.loads((home / file).read_text(encoding="utf-8"))
    return frozen


def files(rows: Sequence[Row]) -> list[tuple[str, Path]]:
    """Where each file is downloaded from, as a path below the host, and where it is kept below the root."""
    places = dict.fromkeys((row["repository"], row["commit"], row["path"]) for row in rows)
    return [(f"{r}/{c}/{p}", Path(r) / c / p) for r, c, p in places]


def rebuild(rows: Sequence[Row], root: Path) -> tuple[list[Sentence], list[str]]:
    """Sentences whose text is below `root` with the recorded hash, and what was left out and why."""
    found, left_out = [], []
    for row in rows:
        place = root / row["repository"] / row["commit"] / row["path"]
        text = _slice(place, row)
        if text is None:
            left_out.append(f"{row['id']}: no file {place.relative_to(root)}")
        elif hashlib.sha256(text.encode()).hexdigest() != row["text_sha256"]:
            left_out.append(f"{row['id']}: other text in {place.relative_to(root)}")
        else:
            found.append(to_sentence(row, text))
    return found, left_out


def to_sentence(row: Row, text: str) -> Sentence:
    """The record of an annotation and its text."""
    return Sentence(
        id=row["id"],
        document=row["document"],
        index=0,
        start=0,
        end=len(text),
        text=text,
        labels=tuple(row["labels"]),
        evidence=tuple(_evidence(row, text)),
        voice=row["voice"],
        distance=row["distance"],
        taxonomy=TAXONOMY,
        provenance={"kind": "gold", "by": "conflict_real", "votes": row["votes"], "at": [row["start"], row["end"]]},
        audit=row["audit"],
    )


def _evidence(row: Row, text: str) -> Iterator[Evidence]:
    """Spans with the voice that was coded for them; where none was, that of the sentence."""
    for span in row["evidence"]:
        voice, distance = span.get("voice", row["voice"]), span.get("distance", row["distance"])
        source = span.get("source")
        said_by = text[source[0] : source[1]] if source else None
        yield Evidence(span["label"], span["start"], span["end"], voice, said_by, distance)


def _slice(place: Path, row: Row) -> str | None:
    whole = _decoded(place, row["encoding"])
    return None if whole is None else " ".join(whole[row["start"] : row["end"]].split())


@lru_cache(maxsize=8)
def _decoded(place: Path, encoding: str) -> str | None:
    """The file without newline translation: offsets count what is in it."""
    if not place.is_file():
        return None
    return place.read_bytes().decode(encoding, errors="replace")
