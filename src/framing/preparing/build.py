"""`framing data build FOLDER --engine ...`: a dataset of Parquet files that do not fit into memory.

Near-duplicates are found first (`near`), and their documents stay together. Validation and test are small and drawn by
a hash of the group; everything else is written as `train/part-00000.parquet`, for `stream` in a training config.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing import taxonomy as taxonomies
from framing.data import dataset
from framing.data.dataset import MANIFEST, Dataset
from framing.data.files import write_jsonl, write_text
from framing.data.parquet import columns_of, names_of, parquet_files, schema, to_sentence
from framing.data.splits import hash_of
from framing.errors import FramingError
from framing.preparing import near
from framing.schema import Sentence, from_record, to_record
from framing.scoring import parts, plan
from framing.scoring.parts import Engine
from framing.scoring.plan import Part, Plan, Settings, Task
from framing.scoring.sources import Slice
from framing.taxonomy import Taxonomy

WORK, GROUPS = "_work", "groups.json"
HELD = ("validation", "test")
Progress = Callable[[str, int, int], None]
"""Called with the stage, and its parts: done, and all."""
DIGITS = 15
"""Hexadecimal digits of a hash that decide."""


@dataclass(frozen=True, slots=True)
class SplitTask:
    """The task of writing each row where its group belongs; `share` is what validation and test get each."""

    root: Path
    out: Path
    taxonomy: str
    share: float

    def worker(self, threads: int) -> "Splitter":
        """The groups, in this process."""
        return Splitter(self)


class Splitter:
    """Writes the rows of files, one file after the other."""

    def __init__(self, task: SplitTask) -> None:
        self.task = task
        self.known = frozenset(taxonomies.load(task.taxonomy).ids())
        self.groups: dict[str, str] = json.loads((task.out / WORK / GROUPS).read_text(encoding="utf-8"))

    def work(self, part: Part) -> None:
        """One file's rows: into a file of `train`, and the others into one that is gathered at the end."""
        from pyarrow import parquet

        folder, kept = self.task.out / "train", list[dict[str, Any]]()
        folder.mkdir(parents=True, exist_ok=True)
        with parts.written(folder, part, ()) as place:
            with parquet.ParquetWriter(place, schema(), compression="zstd") as writer:
                for rows in self._batches(part.slices[0].file, kept):
                    writer.write_table(rows)
            write_jsonl(self.task.out / WORK / "held" / f"{part.number}.jsonl", kept)

    def _batches(self, name: str, kept: list[dict[str, Any]]) -> Iterator[Any]:
        from pyarrow import Table, parquet

        source, layout, number = self.task.root / name, schema(), 0
        for batch in parquet.ParquetFile(source).iter_batches(columns=columns_of([source])):
            train = []
            for row in batch.to_pylist():
                sentence = to_sentence(row, f"{name}:{number}", self.known, source)
                split = split_of(self.groups.get(sentence.document, sentence.document), self.task.share)
                record = to_record(sentence)
                if split == "train":
                    train.append({field: record[field] for field in layout.names})
                else:
                    kept.append({"split": split, "record": record})
                number += 1
            yield Table.from_pylist(train, layout)


def split_of(group: str, share: float) -> str:
    """By a hash of the group's name: of many groups, `share` go to validation and as many to test."""
    drawn = int(hash_of(group)[:DIGITS], 16) / 16**DIGITS
    return "test" if drawn < share else "validation" if drawn < 2 * share else "train"


def build(
    source: Path, out: Path, *, taxonomy: str, held: int, engine: str, workers: int, progress: Progress
) -> dict[str, Any]:
    """Write the dataset `out` of the Parquet files below `source`; returns its manifest. What is done already is kept.

    `held` is about how many sentences validation and test get each. Raises FramingError for files that are not there or
    hold no sentences, and where fewer than half of them would be left to learn from.
    """
    crew, known = parts.engine(engine, workers), taxonomies.load(taxonomy)
    parts.check_apart(source, out)
    planned = _plan(source, known, held)
    with parts.held(out):
        parts.begin(out, planned)
        if not (out / MANIFEST).is_file():
            _find_near(planned, out.resolve(), crew, progress)
            task = SplitTask(planned.root.resolve(), out.resolve(), taxonomy, held / planned.rows)
            _stage("split", task, planned.parts, out, crew, progress)
            _finish(planned, out, known)
    manifest: dict[str, Any] = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def _plan(source: Path, taxonomy: Taxonomy, held: int) -> Plan:
    from pyarrow import parquet

    files = parquet_files(source)
    columns_of(files)
    rows = [parquet.read_metadata(path).num_rows for path in files]
    if held < 1 or 4 * held > sum(rows):
        raise FramingError(
            expected=f"--held of 1 or more, and no more than a quarter of the {sum(rows)} sentences of {source}",
            found=str(held),
            fix="Correct --held.",
        )
    names = [path.relative_to(source).as_posix() for path in files]
    cut = tuple(Part(k, (Slice(name, 0, n),)) for k, (name, n) in enumerate(zip(names, rows, strict=True)))
    digests = [{"file": name, "sha256": plan.file_digest(source / name)[1]} for name in names]
    record = {"taxonomy": taxonomy.digest, "held": held, "files": digests}
    return Plan(source, Settings("sentence"), cut, record, ())


def _find_near(planned: Plan, out: Path, crew: Engine, progress: Progress) -> None:
    """All near-duplicates, and from them the group of every document that is not alone in its own."""
    work = out / WORK
    buckets = -(-planned.rows // near.BUCKET_ROWS)
    cut = [Part(bucket, ()) for bucket in range(buckets)]
    _stage("grams", near.GramTask(planned.root.resolve(), work, buckets), planned.parts, out, crew, progress)
    _stage("pairs", near.PairTask(work, buckets), cut, out, crew, progress)
    _stage("near", near.JoinTask(work), cut, out, crew, progress)
    if not (work / GROUPS).is_file():
        write_text(work / GROUPS, json.dumps(_groups(work, planned)))


def _stage(  # noqa: PLR0917 - what an engine needs, and where it stands
    name: str, task: Task, cut: Sequence[Part], out: Path, crew: Engine, progress: Progress
) -> None:
    """Do the parts that bear no mark yet; a part that was cut off is done again."""
    marks = out / WORK / "done"
    marks.mkdir(parents=True, exist_ok=True)
    left = [part for part in cut if not (marks / f"{name}-{part.number}").is_file()]
    finished = len(cut) - len(left)

    def done(part: Part) -> None:
        nonlocal finished
        (marks / f"{name}-{part.number}").touch()
        finished += 1
        progress(name, finished, len(cut))

    if left:
        crew.run(task, left, crew.workers, done)


def _groups(work: Path, planned: Plan) -> dict[str, str]:
    """The group of every document that is joined with another one: the first of them."""
    first, second = near.edges(work)
    numbers = np.unique(np.concatenate([first, second]))
    order: dict[str, int] = {}
    codes = np.array([order.setdefault(name, len(order)) for name in _documents(numbers, planned)], np.int64)
    ends = [codes[np.searchsorted(numbers, side)] for side in (first, second)]
    names = list(order)
    pairs = zip(*(found.tolist() for found in near.components(*ends)), strict=True)
    return {names[code]: names[leader] for code, leader in pairs}


def _documents(numbers: NDArray[Any], planned: Plan) -> Iterator[str]:
    """The document of each sentence, by its ascending numbers; a file that holds none of them is not opened."""
    from pyarrow import parquet

    for part in planned.parts:
        low, high = np.searchsorted(numbers, [np.uint64(k << near.ROW_BITS) for k in (part.number, part.number + 1)])
        rows = (numbers[low:high] & np.uint64((1 << near.ROW_BITS) - 1)).astype(np.int64)
        if len(rows):
            path = planned.root / part.slices[0].file
            columns = [name for name in ("document", "id") if name in columns_of([path])]
            told = parquet.read_table(path, columns=columns).take(rows).to_pylist() if columns else [{}] * len(rows)
            for row, number in zip(told, rows.tolist(), strict=True):
                yield names_of(row, f"{part.slices[0].file}:{number}")[1]


def _finish(planned: Plan, out: Path, taxonomy: Taxonomy) -> None:
    """Gather validation and test, write them and the manifest, and clear away what led there."""
    from pyarrow import parquet

    held: dict[str, list[Sentence]] = {split: [] for split in HELD}
    for part in planned.parts:
        with (out / WORK / "held" / f"{part.number}.jsonl").open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                held[row["split"]].append(from_record(row["record"]))
    rows = sum(parquet.read_metadata(out / "train" / part.name).num_rows for part in planned.parts)
    made = Dataset(out.name, taxonomy.name, {"train": [], **held})
    dataset.save(made, out, {"taxonomy_digest": taxonomy.digest, "stream": {"folder": "train", "sentences": rows}})
    shutil.rmtree(out / WORK)
