"""A dataset: a folder of JSONL splits with a manifest that comes last, so that a manifest means a complete folder."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.data import splits
from framing.data.files import to_json, write_jsonl, write_text
from framing.errors import FramingError
from framing.schema import Sentence, from_record, to_record
from framing.taxonomy import Taxonomy

if TYPE_CHECKING:
    from datasets import DatasetDict

SPLITS = ("train", "validation", "test")
MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Dataset:
    """Sentences by split, ready for any classifier of the taxonomy."""

    name: str
    taxonomy: str
    splits: Mapping[str, Sequence[Sentence]]
    leaky: bool = False
    """Split by single sentences: documents cross the splits, and no score on it is believed."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all records in order: equal digests, equal text, labels, evidence and splits."""
        hasher = hashlib.sha256()
        for split in SPLITS:
            hasher.update(f"{split}\n".encode())
            for sentence in self.splits[split]:
                hasher.update(to_json(to_record(sentence)).encode())
        return hasher.hexdigest()

    @property
    def split_digest(self) -> str:
        """SHA-256 over which document, or which sentence of a leaky dataset, is in which split."""
        unit = attrgetter("id" if self.leaky else "document")
        return splits.digest({unit(s): split for split in SPLITS for s in self.splits[split]})

    def restricted(self, labels: Sequence[str]) -> "Dataset":
        """The same sentences with these labels only; evidence of the others goes with them."""
        kept = set(labels)

        def narrow(sentence: Sentence) -> Sentence:
            return replace(
                sentence,
                labels=tuple(label for label in sentence.labels if label in kept),
                evidence=tuple(e for e in sentence.evidence if e.label in kept),
            )

        return replace(self, splits={k: [narrow(s) for s in v] for k, v in self.splits.items()})

    def to_hub(self) -> "DatasetDict":
        """As a `datasets.DatasetDict`: the columns are the record's fields, provenance and audit as JSON text."""
        from datasets import Dataset as HubDataset
        from datasets import DatasetDict

        return DatasetDict(
            {split: HubDataset.from_list([flat(to_record(s)) for s in self.splits[split]]) for split in SPLITS}
        )


def save(dataset: Dataset, folder: Path, extra: Mapping[str, Any]) -> None:
    """Write the splits, then the manifest with counts, digests and `extra`."""
    (folder / MANIFEST).unlink(missing_ok=True)
    for split in SPLITS:
        write_jsonl(folder / f"{split}.jsonl", (flat(to_record(s)) for s in dataset.splits[split]))
    write_text(folder / MANIFEST, json.dumps(manifest(dataset, extra), indent=1, ensure_ascii=False) + "\n")


def manifest(dataset: Dataset, extra: Mapping[str, Any]) -> dict[str, Any]:
    """What the folder holds: format, name, taxonomy, digests, counts a split."""
    counts = {
        split: {
            "documents": len({s.document for s in dataset.splits[split]}),
            "sentences": len(dataset.splits[split]),
        }
        for split in SPLITS
    }
    return {
        "format": FORMAT,
        "name": dataset.name,
        "taxonomy": dataset.taxonomy,
        "digest": dataset.digest,
        "split_digest": dataset.split_digest,
        "counts": counts,
        **({"leaky": True} if dataset.leaky else {}),
        **extra,
    }


def load(folder: str | Path, taxonomy: Taxonomy) -> Dataset:
    """The dataset in a folder; raises FramingError on unknown labels, repeated ids or changed files."""
    folder = Path(folder)
    stated = read_manifest(folder)
    rows = {split: list(read_rows(folder / f"{split}.jsonl")) for split in SPLITS}
    dataset = Dataset(stated["name"], stated["taxonomy"], rows, leaky=stated.get("leaky") is True)
    _check(folder, dataset, taxonomy)
    if dataset.digest != stated["digest"]:
        raise FramingError(
            expected=f"the records of {folder} to have the digest {stated['digest'][:12]} of their manifest",
            found=dataset.digest[:12],
            fix="Run `framing data build` again.",
        )
    return dataset


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the folder says it holds; raises FramingError where it holds no dataset of this format."""
    path = folder / MANIFEST
    if not path.is_file():
        raise FramingError(
            expected=f"a dataset folder with {MANIFEST}",
            found=f"none in {folder}",
            fix="Run `framing data build` first.",
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if found.get("format") != FORMAT:
        raise FramingError(
            expected=f"a dataset of format {FORMAT} in {folder}",
            found=f"format {found.get('format')}",
            fix="Run `framing data build` again.",
        )
    return found


def read_rows(path: Path) -> Iterator[Sentence]:
    """The sentences of a JSONL file of records, one at a time; raises FramingError that names the line at fault."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _sentence(line, f"line {number} of {path.name}")


def _sentence(line: str, where: str) -> Sentence:
    try:
        record = json.loads(line)
        texts = {k: json.loads(record[k]) for k in ("provenance", "audit") if isinstance(record.get(k), str)}
        return from_record({**record, **texts})
    except (json.JSONDecodeError, AttributeError, TypeError) as error:
        raise FramingError(
            expected=f"one JSON object, a record of docs/datasets.md, in {where}",
            found=str(error),
            fix="Mend that line.",
        ) from error


def _check(folder: Path, dataset: Dataset, taxonomy: Taxonomy) -> None:
    seen: set[str] = set()
    home: dict[str, str] = {}
    known = set(taxonomy.ids())
    for split, sentences in dataset.splits.items():
        for s in sentences:
            named = {*s.labels, *(e.label for e in s.evidence)}
            if unknown := sorted(named - known):
                raise _wrong(folder, f"only labels of {taxonomy.name}", f"{unknown} in sentence {s.id!r}")
            if s.id in seen:
                raise _wrong(folder, "every sentence id once", f"{s.id!r} twice")
            if home.setdefault(s.document, split) != split and not dataset.leaky:
                raise _wrong(folder, "every document in one split", f"{s.document!r} in {home[s.document]} and {split}")
            seen.add(s.id)


def _wrong(folder: Path, expected: str, found: str) -> FramingError:
    return FramingError(expected=f"{expected} in {folder}", found=found, fix="Correct the source and build again.")


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as the files hold it: provenance and audit are JSON text, so that all rows have one shape."""
    return {**record, "provenance": to_json(record["provenance"]), "audit": to_json(record["audit"])}
