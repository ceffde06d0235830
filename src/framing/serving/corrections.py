"""`POST /v1/corrections`: a reader disputes a label, and the project's inbox keeps it. No address is kept.

What the model gave is read again here, so that a row's provenance does not rest on the sender's word.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from framing.data import corrections as inbox
from framing.data.voice import read_sentence
from framing.errors import FramingError
from framing.serving.bodies import StrictRoute
from framing.serving.predictor import Answered
from framing.serving.problems import Refusal, responses
from framing.serving.requests import Name, Options, Source

MAX_SENTENCE = 5_000
MAX_NOTE = 1_000
RETRY_SECONDS = "3600"
REFUSALS = responses(400, 401, 404, 408, 413, 415, 422, 429, 503)
router = APIRouter(route_class=StrictRoute)


class Correction(BaseModel):
    """One sentence, one label, and whether it belongs there."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"text": "The garrison won back the crossroads.", "label": "liberation", "verdict": "absent"},
            ]
        },
    )

    text: Annotated[str, Field(min_length=1, max_length=MAX_SENTENCE)]
    label: Name
    verdict: Literal["present", "absent"]
    words: Annotated[str, Field(max_length=MAX_SENTENCE, description="The words of the sentence that carry it")] = ""
    note: Annotated[str, Field(max_length=MAX_NOTE)] = ""
    document: Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$", description="A digest that groups sentences")] = ""


@router.post("/v1/corrections", status_code=201, responses=REFUSALS)
async def correct(correction: Correction, request: Request) -> dict[str, str]:
    """Keep a reader's dispute of one label; the id is the sentence's in `framing data corrections`."""
    state = request.app.state
    if not state.settings.corrections:
        raise Refusal(404, "this service keeps no corrections")
    texts = [Source("0", correction.text)]
    found = await state.predictor.answer(lambda: texts, Options(unit="sentence"), len(correction.text))
    row = to_row(found, correction, received=datetime.now(UTC))
    try:
        await run_in_threadpool(inbox.append, Path(state.settings.corrections), row)
    except inbox.InboxError as error:
        raise Refusal(503, f"{error}; try again later", {"Retry-After": RETRY_SECONDS}) from error
    return {"id": row["id"]}


def to_row(found: Answered, correction: Correction, *, received: datetime) -> dict[str, Any]:
    """The annotation row, with what the model gives now; raises FramingError for a label or words it cannot hold."""
    model, (document,) = found.model, found.answer["documents"]
    if correction.label not in model.labels:
        raise FramingError(
            expected=f"a label among {list(model.labels)}", found="another", fix="GET /v1/taxonomy lists them."
        )
    if not document["sentences"]:
        raise FramingError(expected="a sentence", found="nothing but white space", fix="Send its text.")
    (sentence,) = document["sentences"]
    threshold = dict(zip(model.labels, model.decisions.thresholds, strict=True))[correction.label]
    return {
        "id": inbox.sentence_id(sentence["text"]),
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
            "threshold": round(threshold, 6),
            "model": found.answer["model"],
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
