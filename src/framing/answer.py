"""The answer that every surface gives: documents in, frames with reasons, voice and doubt out (design, section 7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from framing.data import sentences
from framing.data.voice import SentenceVoice, read_voices
from framing.errors import FramingError
from framing.models.protocol import Span
from framing.models.store import Model
from framing.schema import Document, Floats, Sentence

UNITS = ("article", "sentence")
BATCH = 256
"""Sentences read at once: long enough to sort by length, short enough to keep memory flat."""


def answer(
    model: Model,
    documents: Sequence[Document],
    thresholds: Mapping[str, float] | None = None,
    doubt: float | Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The JSON object of design section 7. `thresholds` and `doubt` replace the model's own, label by label."""
    limits, low = limits_of(model, thresholds or {}), doubt_of(model, doubt)
    rows = [
        compose(model, document, *read(model, document.sentences, limits), limits=limits, doubt=low)
        for document in documents
    ]
    return {"model": about(model), "documents": rows}


def to_documents(texts: Iterable[tuple[str, str]], *, unit: str = "article") -> list[Document]:
    """Documents from (id, text); with `unit="sentence"` each text is one sentence, white space at its ends aside."""
    if unit not in UNITS:
        raise FramingError(expected=f"a unit among {list(UNITS)}", found=repr(unit)[:40], fix="Correct the unit.")
    make = sentences.document if unit == "article" else _one_sentence
    return [make(name, text) for name, text in texts]


def _one_sentence(name: str, text: str) -> Document:
    lead, body = len(text) - len(text.lstrip()), text.strip()
    row = Sentence(id=f"{name}:0", document=name, index=0, start=lead, end=lead + len(body), text=body)
    return Document(name, text, (row,) if body else ())


def about(model: Model) -> dict[str, Any]:
    """Which model answers."""
    facts = model.facts
    return {
        "name": facts.get("name", "framing"),
        "version": facts.get("version"),
        "run_id": facts.get("run_id"),
        "kind": model.kind,
        "taxonomy": model.taxonomy,
        "base": facts.get("base"),
    }


def limits_of(model: Model, overrides: Mapping[str, float]) -> Floats:
    """The thresholds that hold, in label order; raises FramingError for a label that the model does not know."""
    return _replaced(model, model.decisions.thresholds, overrides, "thresholds")


def doubt_of(model: Model, doubt: float | Mapping[str, float] | None) -> Floats:
    """From which score up to its threshold a label is in doubt, in label order: the model's, one number, or by label.

    Raises FramingError for a label that the model does not know.
    """
    overrides = doubt if isinstance(doubt, Mapping) else {} if doubt is None else dict.fromkeys(model.labels, doubt)
    return _replaced(model, model.decisions.doubt, overrides, "bands of doubt")


def _replaced(model: Model, own: Sequence[float], overrides: Mapping[str, float], what: str) -> Floats:
    if unknown := sorted(set(overrides) - set(model.labels)):
        raise FramingError(
            expected=f"{what} for labels among {list(model.labels)}",
            found=str(unknown),
            fix="Correct the label.",
        )
    return np.array([overrides.get(label, value) for label, value in zip(model.labels, own, strict=True)])


def compose(
    model: Model, document: Document, scores: Floats, spans: Sequence[Sequence[Span]], *, limits: Floats, doubt: Floats
) -> dict[str, Any]:
    """One document of the answer, of the scores (n_sentences, n_labels) and the spans of its sentences.

    A label is decided from `limits` on, and in doubt from `doubt` up to there.
    """
    rows = [
        {
            "index": sentence.index,
            "start": sentence.start,
            "end": sentence.end,
            "text": sentence.text,
            "voice": voice.voice,
            "source": voice.source,
            "distance": voice.distance,
            "frames": list(_frames(dict(_decided(model, score, limits)), reasons, voice)),
            "scores": {label: round(float(s), 6) for label, s in zip(model.labels, score, strict=True)},
            "abstained": _abstained(model, score, limits, doubt),
        }
        for sentence, voice, score, reasons in zip(
            document.sentences, read_voices(document), scores, spans, strict=True
        )
    ]
    return {"id": document.id, "sentences": rows}


def read(
    model: Model, rows: Sequence[Sentence], limits: Floats, *, size: int = BATCH
) -> tuple[Floats, list[list[Span]]]:
    """Scores and reasons, `size` sentences at a time, so that an article of any length fits into memory."""
    scores, spans = np.zeros((len(rows), len(model.labels))), []
    for first in range(0, len(rows), size):
        scores[first : first + size], reading = model.read(rows[first : first + size])
        spans += reading.explain(scores[first : first + size] >= limits)
    return scores, spans


def _decided(model: Model, scores: Floats, limits: Floats) -> Iterator[tuple[str, tuple[float, float]]]:
    """Score and threshold of each label that reaches its threshold."""
    for label, score, limit in zip(model.labels, scores, limits, strict=True):
        if score >= limit:
            yield label, (round(float(score), 6), round(float(limit), 6))


def _frames(
    decided: Mapping[str, tuple[float, float]], spans: Sequence[Span], voice: SentenceVoice
) -> Iterator[dict[str, Any]]:
    for label, (score, limit) in decided.items():
        evidence = [_evidence(span, voice) for span in spans if span.label == label]
        yield {"label": label, "score": score, "threshold": limit, "evidence": evidence}


def _evidence(span: Span, voice: SentenceVoice) -> dict[str, Any]:
    said = voice.at(span.start, span.end)
    return {
        "start": span.start,
        "end": span.end,
        "text": voice.text[span.start : span.end],
        "voice": said.voice,
        "source": said.source,
        "distance": said.distance,
    }


def _abstained(model: Model, scores: Floats, limits: Floats, doubt: Floats) -> list[str]:
    """Labels that miss their threshold but lie in the band of doubt."""
    return [label for k, label in enumerate(model.labels) if doubt[k] <= scores[k] < limits[k]]
