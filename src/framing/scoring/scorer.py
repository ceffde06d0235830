"""One part from input to output: rows to documents, documents to answers, answers to a Parquet file."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from framing.answer import about, compose, doubt_of, limits_of, read, to_documents
from framing.models import store
from framing.models.backend import set_threads
from framing.schema import Document
from framing.scoring import table
from framing.scoring.parts import note_counts, written
from framing.scoring.plan import Part, Settings
from framing.scoring.reader import Reader, identified
from framing.scoring.sources import Row

BATCH = 2048
"""Sentences that are read together: sixty-four batches of the encoder, sorted by length; the rest waits in its file."""


@dataclass(frozen=True, slots=True)
class Job:
    """The task of scoring."""

    root: Path
    out: Path
    settings: Settings
    plan: str
    """The digest of the plan, which every part carries."""
    model: Path
    model_digest: str
    facts: tuple[tuple[str, Any], ...]
    """What the registry knows of the model."""

    def worker(self, threads: int) -> "Scorer":
        """The model, in this process; an encoder computes with so many threads."""
        scorer = Scorer(self)
        if scorer.model.kind == "encoder":
            set_threads(threads)
        return scorer


class Read(NamedTuple):
    """A document and where its text came from."""

    document: Document
    file: str
    row: int


class Scorer:
    """A loaded model that scores parts, one after the other."""

    def __init__(self, job: Job) -> None:
        model = store.load(job.model)
        self.job, self.model = job, replace(model, facts={**model.facts, **dict(job.facts)})
        self.limits, self.doubt = limits_of(self.model, {}), doubt_of(self.model, None)
        self.schema = table.schema(self.model.labels)
        facts = {**about(self.model), "digest": job.model_digest}
        self.about = {name: facts[name] and str(facts[name]) for name in table.MODEL}
        self.reader = Reader(job.root, job.settings.columns)

    def work(self, part: Part) -> dict[str, Any]:
        """Write the part's file, and before it that of its bad rows; returns what was counted."""
        bad: list[dict[str, Any]] = []
        with written(self.job.out, part, bad) as place:
            return self._write(part, place, bad)

    def _write(self, part: Part, place: Path, bad: list[dict[str, Any]]) -> dict[str, Any]:
        from pyarrow import Table, parquet

        documents, sentences, frames = 0, 0, Counter[str]()
        with parquet.ParquetWriter(place, self.schema, compression="zstd") as writer:
            for batch in self._batches(part, bad):
                rows = list(self._answer(batch))
                writer.write_table(Table.from_pylist(rows, self.schema))
                documents, sentences = documents + len(batch), sentences + len(rows)
                frames.update(frame["label"] for row in rows for frame in row["frames"])
            counts = {
                "rows": documents + len(bad),
                "documents": documents,
                "sentences": sentences,
                "bad": dict(Counter(row["reason"] for row in bad)),
                "frames": dict(frames),
            }
            note_counts(writer, self.job.plan, counts)
        return counts

    def _answer(self, batch: list[Read]) -> Iterator[dict[str, Any]]:
        sentences = [sentence for each in batch for sentence in each.document.sentences]
        scores, spans = read(self.model, sentences, self.limits, size=BATCH)
        at = 0
        for document, file, row in batch:
            end = at + len(document.sentences)
            answer = compose(self.model, document, scores[at:end], spans[at:end], limits=self.limits, doubt=self.doubt)
            yield from table.rows(answer, {"model": self.about, "file": file, "row": row})
            at = end

    def _batches(self, part: Part, bad: list[dict[str, Any]]) -> Iterator[list[Read]]:
        """Documents with `BATCH` sentences or a few more; rows that hold none go to `bad`."""
        batch: list[Read] = []
        waiting = 0
        for file, row in self.reader.rows(part):
            document = to_document(row, file, self.job.settings.unit)
            if isinstance(document, str):
                bad.append({"file": file, "row": row.number, "reason": document})
                continue
            batch.append(Read(document, file, row.number))
            waiting += len(document.sentences)
            if waiting >= BATCH:
                yield batch
                batch, waiting = [], 0
        if batch:
            yield batch


def to_document(row: Row, file: str, unit: str) -> Document | str:
    """The document in a row, or the reason why it holds none; a row without an id goes by file and number."""
    name, reason = identified(row, file)
    if reason:
        return reason
    (document,) = to_documents([(name, row.text)], unit=unit)
    return document if document.sentences else "no sentence"
