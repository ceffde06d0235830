"""`POST /v1/corrections`: a reader disputes a label, and the project's inbox keeps it. No address is kept.

What the model gave is read again here, so that a row's provenance does not rest on the sender's word.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from framing.answer import about, answer, to_documents
from framing.data import corrections as store
from framing.data.voice import read_sentence
from framing.errors import FramingError
from framing.models.store import Model
from framing.tracking.store import home

MAX_SENTENCE = 5_000
MAX_NOTE = 1_000
RETRY_SECONDS = "3600"


class Correction(BaseModel):
    """One sentence, one label, and whether it belongs there."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "The garrison won back the crossroads.", "label": "liberation", "verdict": "absent"},
            ]
        },
    )

    text: Annotated[str, Field(min_length=1, max_length=MAX_SENTENCE, pattern=r"\S")]
    label: Annotated[str, Field(max_length=80)]
    verdict: Literal["present", "absent"]
    words: Annotated[str, Field(max_length=MAX_SENTENCE, description="The words of the sentence that carry it")] = ""
    note: Annotated[str, Field(max_length=MAX_NOTE)] = ""
    document: Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$", description="A digest that groups sentences")] = ""


def router(current: Callable[[], Model], inbox: Path | None = None) -> APIRouter:
    """The route over the model that answers now; `inbox` defaults to the project's, under `runs`."""
    place = inbox or home() / store.PLACE
    routes = APIRouter()

    @routes.post("/v1/corrections", status_code=201)
    def correct(correction: Correction) -> dict[str, str]:
        """Keep a reader's dispute of one label; the id is the sentence's in `framing data corrections`."""
        row = to_row(current(), correction, received=datetime.now(UTC))
        try:
            store.append(place, row)
        except store.InboxError as error:
            raise HTTPException(503, f"{error}; try again later", {"Retry-After": RETRY_SECONDS}) from error
        return {"id": row["id"]}

    return routes


def to_row(model: Model, correction: Correction, *, received: datetime) -> dict[str, Any]:
    """The annotation row, with what the model gives now; raises FramingError for a label or words it cannot hold."""
    if correction.label not in model.labels:
        raise FramingError(
            expected=f"a label among {list(model.labels)}", found="another", fix="GET /v1/taxonomy lists them."
        )
    text = correction.text
    (document,) = answer(model, to_documents([("0", text)], unit="sentence"))["documents"]
    (sentence,) = document["sentences"]
    thresholds = dict(zip(model.labels, model.decisions.thresholds, strict=True))
    return {
        "id": store.sentence_id(sentence["text"]),
        "document": correction.document,
        "text": sentence["text"],
        "label": correction.label,
        "verdict": correction.verdict,
        "labels": [frame["label"] for frame in sentence["frames"]],
        "evidence": [*_given(sentence), *_named(correction, sentence["text"])],
        "taxonomy": model.taxonomy,
        "provenance": {
            "kind": "correction",
            "by": "reader",
            "received": received.isoformat(timespec="seconds"),
            "note": correction.note,
            "score": sentence["scores"][correction.label],
            "threshold": round(thresholds[correction.label], 6),
            "model": about(model),
        },
    }


def _given(sentence: dict[str, Any]) -> list[dict[str, Any]]:
    """The model's own evidence, without the words, which the offsets name."""
    return [
        {"label": frame["label"], **{k: v for k, v in span.items() if k != "text"}}
        for frame in sentence["frames"]
        for span in frame["evidence"]
    ]


def _named(correction: Correction, text: str) -> list[dict[str, Any]]:
    """The reader's evidence, where it says which words carry the label."""
    words = correction.words.strip()
    if not words or correction.verdict == "absent":
        return []
    start = text.find(words)
    if start < 0:
        raise FramingError(
            expected="words that stand in the sentence", found="others", fix="Copy them from the sentence."
        )
    end = start + len(words)
    said = read_sentence(text).at(start, end)
    span = {"start": start, "end": end, "voice": said.voice, "source": said.source, "distance": said.distance}
    return [{"label": correction.label, **span}]
