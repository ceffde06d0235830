"""From a folder of gold articles to a dataset: `articles/*.txt` in, `train|validation|test.jsonl` out.

`splits.json` is the frozen record of which article is in which split: it is read first and only ever grows. Two more
are kept beside it: whole conflicts apart (`splits_conflict.json`), and before and after 1990 (`splits_period.json`).
Votes of blind coders, where `votes/*.jsonl` has any, go into each record's provenance.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from framing import taxonomy as taxonomies
from framing.data import dataset, leaks, splits
from framing.data.assemble import Built, assemble
from framing.data.dataset import SPLITS, Dataset
from framing.data.files import write_text
from framing.data.markup import read_article
from framing.errors import FramingError
from framing.schema import Document, Sentence
from framing.taxonomy import Taxonomy


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


def build(folder: Path, taxonomy: Taxonomy, by: str = "article") -> Dataset:
    """The dataset of a gold folder, split as the frozen file of that way says, new articles added to it."""
    votes = _votes(folder)
    documents = {d.id: [_with_votes(s, votes) for s in d.sentences] for d in read_gold(folder, taxonomy)}
    file, assign = splits.way(by)
    answer = assign(documents, _frozen(folder / file))
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    for document, split in answer.items():
        rows[split].extend(documents[document])
    return Dataset(folder.name if by == "article" else f"{folder.name}-by-{by}", taxonomy.name, rows)


def write(folder: Path, taxonomy: Taxonomy) -> Dataset:
    """Write the frozen assignments of every way, then the compiled splits and the manifest of the first."""
    built = {by: build(folder, taxonomy, by) for by in splits.WAYS}
    for by, (file, _) in splits.WAYS.items():
        assignment = {s.document: split for split in SPLITS for s in built[by].splits[split]}
        write_text(folder / file, json.dumps(assignment, indent=0, sort_keys=True) + "\n")
    digests = {by: one.split_digest for by, one in built.items()}
    dataset.save(built["article"], folder, {"taxonomy_digest": taxonomy.digest, "split_digests": digests})
    return built["article"]


def is_current(built: Dataset, folder: Path) -> bool:
    """Whether the compiled files of `folder` are what its articles give today."""
    path = folder / dataset.MANIFEST
    return path.is_file() and json.loads(path.read_text(encoding="utf-8")).get("digest") == built.digest


def compile_folder(
    folder: Path,
    taxonomy: str,
    *,
    check: bool = False,
    by: str | None = None,
    out: Path | None = None,
    allow_leaks: bool = False,
    as_json: bool = False,
) -> str:
    """Build a gold folder and say what was done: in place, or split another way into the folder `out`.

    Ways are those of splits.WAYS, which are frozen, and of data/presets.py. With `check` nothing is written; raises
    FramingError where the compiled files are stale.
    """
    way, labels = by or "article", taxonomies.load(taxonomy)
    if out is not None:
        return _elsewhere(folder, labels, by=way, out=out, allow_leaks=allow_leaks).describe(as_json=as_json)
    if way != "article":
        raise FramingError(expected=f"--out for a dataset split by {way}", found="none", fix="Name a folder.")
    built = build(folder, labels)
    leaks.refuse(leaks.find(built.splits), str(folder))
    current = is_current(built, folder)
    if check and not current:
        raise FramingError(
            expected=f"compiled files that match the articles of {folder}",
            found="older ones",
            fix=f"Run `framing data build {folder}` and commit what it writes.",
        )
    if not current:
        write(folder, labels)
    said = Built(folder, way, built).describe(as_json=as_json)
    return said.replace("built by article", "unchanged" if current else "built", 1)


def _elsewhere(folder: Path, labels: Taxonomy, *, by: str, out: Path, allow_leaks: bool) -> Built:
    frozen = by in splits.WAYS
    built = build(folder, labels, by if frozen else "article")
    name = built.name if frozen else f"{folder.name}-by-{by}"
    facts = {"taxonomy_digest": labels.digest}
    return assemble(name, built.splits, out=out, by=by, own=frozen, facts=facts, allow_leaks=allow_leaks)


def _frozen(path: Path) -> dict[str, str]:
    frozen: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return frozen


def _votes(folder: Path) -> Mapping[str, list[dict[str, Any]]]:
    votes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted((folder / "votes").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            vote = {k: v for k, v in json.loads(line).items() if k != "document"}
            votes[vote.pop("id")].append({"by": path.stem, **vote})
    return votes


def _with_votes(sentence: Sentence, votes: Mapping[str, list[dict[str, Any]]]) -> Sentence:
    provenance = {"kind": "gold", "by": "conflict_frames", "votes": votes.get(sentence.id, [])}
    return replace(sentence, provenance=provenance)
