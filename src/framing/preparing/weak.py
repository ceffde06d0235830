"""`framing label` on an engine: files of any length in, a Parquet file a part out, each row with its weak labels.

Labels are given by majority vote, which needs no statistics of the whole. The files can be learnt from (`stream` in a
training config) and split (`framing data build --engine`).
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing import labelling
from framing import taxonomy as taxonomies
from framing.data import parquet as data
from framing.data.files import to_json, write_text
from framing.data.weak.aggregate import Majority
from framing.data.weak.functions import Voters, read_functions
from framing.schema import Sentence
from framing.scoring import parts, plan
from framing.scoring.parts import ERRORS, MANIFEST, Progress
from framing.scoring.plan import Part, Plan, Settings
from framing.scoring.reader import Reader, identified
from framing.scoring.sources import Columns, Row

if TYPE_CHECKING:
    import pyarrow

ROWS = 20_000
"""Input rows a part."""
CHUNK = 1_000
"""Rows that are written together."""


@dataclass(frozen=True, slots=True)
class LabelTask:
    """The task of labelling; the file of functions, as the input, must lie where all workers see it."""

    root: Path
    out: Path
    columns: Columns
    plan: str
    taxonomy: str
    functions: Path | None

    def worker(self, threads: int) -> "Labeller":
        """The labelling functions, in this process; they run in one thread."""
        return Labeller(self)


class Labeller:
    """Labels parts, one after the other."""

    def __init__(self, task: LabelTask) -> None:
        self.task, self.taxonomy = task, taxonomies.load(task.taxonomy)
        self.voters = Voters(self.taxonomy, read_functions(task.functions) if task.functions else ())
        self.reader = Reader(task.root, task.columns)

    def work(self, part: Part) -> None:
        """Write the part's file, and before it that of its bad rows."""
        bad: list[dict[str, Any]] = []
        with parts.written(self.task.out, part, bad) as place:
            self._write(part, place, bad)

    def _write(self, part: Part, place: Path, bad: list[dict[str, Any]]) -> None:
        from pyarrow import Table, parquet

        labels: Counter[str] = Counter()
        sentences = 0
        with parquet.ParquetWriter(place, schema(), compression="zstd") as writer:
            for chunk in self._chunks(part, bad):
                writer.write_table(Table.from_pylist(chunk, schema()))
                labels.update(label for row in chunk for label in row["labels"])
                sentences += len(chunk)
            reasons = Counter(row["reason"] for row in bad)
            counts = {"rows": sentences + len(bad), "sentences": sentences, "bad": reasons, "labels": labels}
            parts.note_counts(writer, self.task.plan, counts)

    def _chunks(self, part: Part, bad: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        chunk: list[dict[str, Any]] = []
        for file, row in self.reader.rows(part):
            name, reason = identified(row, file)
            if reason:
                bad.append({"file": file, "row": row.number, "reason": reason})
                continue
            chunk.append({**self._labelled(row, name), "file": file, "row": row.number})
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _labelled(self, row: Row, name: str) -> dict[str, Any]:
        document = name if row.document is None else str(row.document)
        sentence = Sentence(name, document, 0, 0, len(row.text), row.text, ())
        given = labelling.label_sentence(
            sentence,
            self.voters.cast(sentence),
            self.voters,
            Majority(),
            taxonomy=self.taxonomy.name,
            by="majority",
        )
        spans = [{"label": e.label, "start": e.start, "end": e.end} for e in given.evidence]
        facts = {"id": name, "document": document, "text": given.text, "labels": list(given.labels), "evidence": spans}
        return facts | {"voice": given.voice, "provenance": to_json(given.provenance)}


def label(
    source: Path,
    out: Path,
    *,
    taxonomy: str,
    functions: Path | None,
    columns: Columns,
    engine: str,
    workers: int,
    progress: Progress,
) -> dict[str, Any]:
    """Label a file or folder into the folder `out`; returns the manifest. What is done already is kept."""
    crew = parts.engine(engine, workers)
    parts.check_apart(source, out)
    known = taxonomies.load(taxonomy)
    about = {"taxonomy": known.digest, "columns": list(columns), "functions": _digest(functions)}
    with parts.held(out):
        planned = plan.make(source, Settings("sentence", columns, ROWS), about)
        parts.begin(out, planned)
        if not (out / MANIFEST).is_file():
            place = functions and functions.resolve()
            task = LabelTask(planned.root.resolve(), out.resolve(), columns, planned.digest, taxonomy, place)
            parts.do_rest(task, planned, task.out, crew, progress)
            _finish(out, planned, known.name)
    manifest: dict[str, Any] = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def schema() -> "pyarrow.Schema":
    """The columns of a labelled file; `provenance` is JSON, with every vote."""
    import pyarrow as pa

    text = pa.string()
    more = [("voice", text), ("provenance", text), ("file", text), ("row", pa.int64())]
    return pa.schema([*data.schema(), *(pa.field(name, kind) for name, kind in more)])


def sheet(manifest: dict[str, Any], out: Path) -> str:
    """What was done, for the terminal."""
    counts = manifest["counts"]
    given = ", ".join(f"{label} {n}" for label, n in counts["labels"].items()) or "no label"
    lines = [f"{out}: {counts['sentences']} sentences in {manifest['parts']} parts: {given}"]
    if counts["bad"]:
        reasons = ", ".join(f"{reason} {n}" for reason, n in counts["bad"].items())
        lines.append(f"{sum(counts['bad'].values())} rows not labelled, see {out / ERRORS}: {reasons}")
    return "\n".join(lines)


def _finish(out: Path, planned: Plan, taxonomy: str) -> None:
    totals: dict[str, Counter[str]] = {"bad": Counter(), "labels": Counter()}
    counts: Counter[str] = Counter()
    for part in planned.parts:
        found = parts.counted(out, part, planned.digest)
        assert found is not None, f"{part.name} is not there"
        counts.update({name: found[name] for name in ("rows", "sentences")})
        for name, total in totals.items():
            total.update(found[name])
    ordered = {name: dict(total.most_common()) for name, total in totals.items()}
    manifest = {"plan": planned.digest, "taxonomy": taxonomy, "parts": len(planned.parts)}
    manifest |= {"counts": {**counts, **ordered}, "ignored": list(planned.ignored)}
    write_text(out / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def _digest(functions: Path | None) -> str | None:
    """SHA-256 of the user's file of functions."""
    return hashlib.sha256(functions.read_bytes()).hexdigest() if functions and functions.is_file() else None
