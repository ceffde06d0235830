"""From a folder of gold articles to a dataset: `articles/*.txt` in, `train|validation|test.jsonl` out.

`splits.json` is the frozen record of which article is in which split: it is read first and only ever grows.
Votes of blind coders, where `votes/*.jsonl` has any, go into each record's provenance.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from framing import taxonomy as taxonomies
from framing.data import dataset, splits
from framing.data.dataset import SPLITS, Dataset
from framing.data.files import write_text
from framing.data.markup import read_article
from framing.errors import FramingError
from framing.schema import Document, Sentence
from framing.taxonomy import Taxonomy

FROZEN = "splits.json"


def read_gold(folder: Path, taxonomy: Taxonomy) -> list[Document]:
    """Every article of `folder`/articles, in file order."""
    paths = sorted((folder / "articles").glob("*.txt"))
    if not paths:
        raise FramingError(
            expected=f"articles (*.txt) in {folder / 'articles'}",
            found="none",
            fix="Check the folder; see docs/datasets.md.",
        )
    return [read_article(path, taxonomy.ids(), taxonomy.name) for path in paths]


def build(folder: Path, taxonomy: Taxonomy) -> Dataset:
    """The dataset of a gold folder, with the splits that `splits.json` fixes and new articles added to them."""
    votes = _votes(folder)
    documents = {d.id: [_with_votes(s, votes) for s in d.sentences] for d in read_gold(folder, taxonomy)}
    answer = splits.assign(documents, _frozen(folder))
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    for document, sentences in documents.items():
        rows[answer[document]].extend(sentences)
    return Dataset(folder.name, taxonomy.name, rows)


def write(built: Dataset, folder: Path, taxonomy: Taxonomy) -> None:
    """Write the compiled splits, the frozen assignment and the manifest, in that order."""
    assignment = {s.document: split for split in SPLITS for s in built.splits[split]}
    write_text(folder / FROZEN, json.dumps(assignment, indent=0, sort_keys=True) + "\n")
    dataset.save(built, folder, {"taxonomy_digest": taxonomy.digest})


def is_current(built: Dataset, folder: Path) -> bool:
    """Whether the compiled files of `folder` are what its articles give today."""
    path = folder / dataset.MANIFEST
    return path.is_file() and json.loads(path.read_text(encoding="utf-8")).get("digest") == built.digest


def compile_folder(folder: Path, taxonomy: str, *, check: bool = False) -> str:
    """Build and write a gold folder, and say what was done; with `check` write nothing, and raise where it is stale."""
    labels = taxonomies.load(taxonomy)
    built = build(folder, labels)
    counts = ", ".join(f"{split} {len(built.splits[split])}" for split in SPLITS)
    if is_current(built, folder):
        return f"{folder}: unchanged, {counts} sentences, digest {built.digest[:12]}"
    if check:
        raise FramingError(
            expected=f"compiled files that match the articles of {folder}",
            found="older ones",
            fix=f"Run `framing data build {folder}` and commit what it writes.",
        )
    write(built, folder, labels)
    return f"{folder}: built, {counts} sentences, digest {built.digest[:12]}"


def _frozen(folder: Path) -> dict[str, str]:
    path = folder / FROZEN
    frozen: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return frozen


def _votes(folder: Path) -> Mapping[str, list[dict[str, Any]]]:
    votes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted((folder / "votes").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            vote = json.loads(line)
            votes[vote.pop("id")].append({"by": path.stem, **vote})
    return votes


def _with_votes(sentence: Sentence, votes: Mapping[str, list[dict[str, Any]]]) -> Sentence:
    provenance = {"kind": "gold", "by": "conflict_frames", "votes": votes.get(sentence.id, [])}
    return replace(sentence, provenance=provenance)
