"""What a model meets, measured and compared with what it was judged on: features without text, their log, the shifts.

Three traits a sentence: `words` (their number), `unknown` (the share of them that the model's vocabulary lacks) and
`distance` (cosine distance of its embedding from the mean of the reference); NaN where a model has none. With them go
the calibrated scores and the decisions at the model's own thresholds.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from pydantic import BaseModel, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from framing.answer import BATCH, about, to_documents
from framing.data.articles import read_articles
from framing.errors import FramingError
from framing.evaluation.drift import Reference, refer
from framing.models.protocol import Embeds, KnowsWords, Reading
from framing.models.store import Model
from framing.schema import Floats, Hot, Sentence, words

TRAITS = ("words", "unknown", "distance")
SPLIT = "validation"
"""Not training, whose sentences the model knows: scores are too sure there, and no word is unknown."""
PLACES = 6


class Seen(NamedTuple):
    """Sentences without their text: traits (n_sentences, 3), scores and decisions (n_sentences, n_labels)."""

    traits: Floats
    scores: Floats
    decided: Hot

    def features(self, labels: Sequence[str]) -> dict[str, Floats]:
        """A column for each trait, score and decision, by its name in the reference."""
        columns = {name: self.traits[:, k] for k, name in enumerate(TRAITS)}
        columns |= {f"score/{label}": self.scores[:, k] for k, label in enumerate(labels)}
        return columns | {f"rate/{label}": self.decided[:, k].astype(float) for k, label in enumerate(labels)}


def traits(model: Model, sentences: Sequence[Sentence], reading: Reading) -> Floats:
    """The traits of sentences that the model has read, (n_sentences, 3), NaN where it has none."""
    texts = [sentence.text for sentence in sentences]
    found = np.full((len(texts), len(TRAITS)), np.nan)
    found[:, 0] = [len(words(text)) for text in texts]
    if isinstance(model.classifier, KnowsWords):
        found[:, 1] = model.classifier.unknown(texts)
    if isinstance(reading, Embeds) and model.reference.get("center"):
        found[:, 2] = _distances(reading.embeddings, np.array(model.reference["center"]))
    return found


def together(model: Model, parts: Iterable[Seen]) -> Seen:
    """The sentences of all parts, in order."""
    none = np.zeros((0, len(model.labels)))
    empty = Seen(np.zeros((0, len(TRAITS))), none, none.astype(np.bool_))
    columns = [np.concatenate(column) for column in zip(empty, *parts, strict=True)]
    return Seen(columns[0], columns[1], columns[2].astype(np.bool_))


def see(model: Model, sentences: Sequence[Sentence]) -> Seen:
    """Read sentences and keep what is no text, a batch at a time."""
    return together(model, (_see(model, sentences[k : k + BATCH]) for k in range(0, len(sentences), BATCH)))


def with_reference(model: Model, sentences: Sequence[Sentence]) -> Model:
    """The model with what it meets in sentences of the validation split as its reference."""
    center = _center(model, sentences)
    known = replace(model, reference={"center": center.tolist()})
    features = see(known, sentences).features(model.labels)
    return replace(model, reference=refer(features, split=SPLIT, sentences=len(sentences), center=center).to_record())


def reference_of(model: Model) -> Reference:
    """The reference saved with a model; raises FramingError for a model without one."""
    if not model.reference:
        raise FramingError(
            expected="a model that was saved with a reference of its input",
            found="one that was saved before there were any",
            fix="Train it again with `framing train`.",
        )
    return Reference.from_record(model.reference)


def to_line(model: Model, seen: Seen) -> dict[str, Any]:
    """A line of the log: when, which model, and the features of the sentences of one request; null for none."""
    columns = {name: _listed(seen.traits[:, k]) for k, name in enumerate(TRAITS)}
    who = about(model)
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "run_id": who["run_id"],
        "version": who["version"],
        **columns,
        "scores": seen.scores.round(PLACES).tolist(),
        "labels": [[model.labels[k] for k in np.flatnonzero(row)] for row in seen.decided],
    }


class Line(BaseModel):
    """A line of the log, read."""

    run_id: str | None
    words: list[float | None]
    unknown: list[float | None]
    distance: list[float | None]
    scores: list[list[float]]
    labels: list[list[str]]

    @model_validator(mode="after")
    def _even(self) -> Self:
        if len({len(getattr(self, name)) for name in (*TRAITS, "scores", "labels")}) > 1:
            raise PydanticCustomError("framing_line", "as many of each feature as sentences are needed")
        return self

    def seen(self, labels: Sequence[str]) -> Seen:
        """Its sentences; raises ValueError where there are other labels."""
        columns = np.array([getattr(self, name) for name in TRAITS], dtype=np.float64).T.reshape(-1, len(TRAITS))
        scores = np.array(self.scores, dtype=np.float64).reshape(-1, len(labels))
        decided = np.array([[label in row for label in labels] for row in self.labels], dtype=np.bool_)
        return Seen(columns, scores, decided.reshape(-1, len(labels)))


class Stream(NamedTuple):
    """What a file holds of a model's input, and how many lines of its log belong to another model."""

    seen: Seen
    others: int = 0


def read_stream(path: Path, model: Model, *, window: int | None = None) -> Stream:
    """The last `window` sentences of a log that `framing serve --drift-log` wrote, or of texts, which are scored.

    Raises FramingError for a file that is neither, and for a log of other models only.
    """
    if _is_log(path):
        return _read_log(path, model, window)
    documents = to_documents(read_articles(str(path)))
    sentences = [sentence for document in documents for sentence in document.sentences]
    return Stream(see(model, sentences[-window:] if window else sentences))


def _see(model: Model, sentences: Sequence[Sentence]) -> Seen:
    scores, reading = model.read(sentences)
    return Seen(traits(model, sentences, reading), scores, model.decisions.decide(scores))


def _center(model: Model, sentences: Sequence[Sentence]) -> Floats:
    """The mean direction of the embeddings; empty for a model without them."""
    total = np.zeros(0)
    for first in range(0, len(sentences), BATCH):
        _, reading = model.read(sentences[first : first + BATCH])
        if not isinstance(reading, Embeds):
            return total
        part = _directions(reading.embeddings).sum(axis=0)
        total = total + part if len(total) else part
    return total / max(len(sentences), 1)


def _directions(embeddings: Floats) -> Floats:
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.maximum(lengths, np.finfo(np.float64).tiny))


def _distances(embeddings: Floats, center: Floats) -> Floats:
    return np.asarray(1.0 - _directions(embeddings) @ _directions(center[np.newaxis])[0])


def _listed(column: Floats) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), PLACES) for value in column]


def _is_log(path: Path) -> bool:
    """Whether the first line is one of a log; what cannot be read is left to the reader of texts, which says why."""
    try:
        with path.open("rb") as file:
            first = file.readline(1 << 16)
    except OSError:
        return False
    return first.startswith(b'{"time": ') and b'"run_id": ' in first


def _read_log(path: Path, model: Model, window: int | None) -> Stream:
    own = about(model)["run_id"]
    kept: deque[Seen] = deque()
    size, others = 0, Counter[str | None]()
    for number, line in _lines(path):
        if line.run_id != own:
            others[line.run_id] += 1
            continue
        kept.append(_fitting(line, model.labels, number, path))
        size += len(kept[-1].scores)
        while window and size - len(kept[0].scores) >= window:
            size -= len(kept.popleft().scores)
    if not kept:
        raise FramingError(
            expected=f"lines of the model of run {own} in {path}",
            found=f"lines of the runs {sorted(map(str, others))}",
            fix="Name the model that answered with --model.",
        )
    whole = together(model, kept)
    first = max(len(whole.scores) - window, 0) if window else 0
    return Stream(Seen(whole.traits[first:], whole.scores[first:], whole.decided[first:]), others.total())


def _lines(path: Path) -> Iterator[tuple[int, Line]]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            try:
                yield number, Line.model_validate_json(raw)
            except ValidationError as error:
                raise _unfit(number, path) from error


def _fitting(line: Line, labels: Sequence[str], number: int, path: Path) -> Seen:
    if {len(row) for row in line.scores} - {len(labels)}:
        raise _unfit(number, path)
    return line.seen(labels)


def _unfit(number: int, path: Path) -> FramingError:
    return FramingError(
        expected=f"a line that `framing serve --drift-log` wrote as line {number} of {path}",
        found="something else",
        fix="Remove that line.",
    )
