"""From the texts of a request to its answer: split, read in a shared batch, compose."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from framing.answer import about, compose, doubt_of, limits_of, to_documents
from framing.errors import FramingError
from framing.models.store import Model
from framing.monitoring import TRAITS, Seen
from framing.schema import Document, Floats
from framing.serving.batcher import Batcher, Found, Work
from framing.serving.drift import Drift
from framing.serving.live import Live
from framing.serving.metrics import Metrics
from framing.serving.problems import Refusal, busy
from framing.serving.requests import Options, Source
from framing.serving.settings import Limits

SHORT = 2_000
"""Characters that are split and composed in less time than a change of thread takes to pay."""
NEVER = 2.0
"""A threshold that no score reaches."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer and the model that gave it."""

    model: Model
    answer: dict[str, Any]


class Predictor:
    """Answers requests with the live model."""

    def __init__(self, live: Live, batcher: Batcher, limits: Limits, metrics: Metrics, drift: Drift) -> None:
        self.live, self.batcher, self.limits, self.metrics, self.drift = live, batcher, limits, metrics, drift
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="framing-text")

    async def answer(self, read: Callable[[], Sequence[Source]], options: Options, size: int) -> Answered:
        """The answer to the texts that `read` gives, of about `size` characters; raises Refusal past the time limit."""
        model = self.live.current.model
        limits = thresholds(model, options)
        try:
            async with asyncio.timeout(self.limits.request_seconds):
                texts, documents = await self._off(size, lambda: _split(read(), options.unit))
                found = await self._found(model, documents, explained(model, options, limits))
                rows = await self._off(size, lambda: _compose(model, texts, documents, found, options))
        except TimeoutError as error:
            raise busy("the answer took too long; send less at once") from error
        await self._off(size, lambda: self.drift.seen(model, _seen(model, found)))
        self.metrics.answered([source.text for source in texts], rows)
        return Answered(model, {"model": about(model), "documents": rows})

    async def _found(self, model: Model, documents: Sequence[Document], limits: Floats) -> Found:
        sentences = [sentence for document in documents for sentence in document.sentences]
        if len(sentences) > self.limits.sentences:
            raise Refusal(422, f"a request may hold {self.limits.sentences} sentences")
        if any(len(sentence.text) > self.limits.sentence_characters for sentence in sentences):
            raise Refusal(422, f"a sentence may hold {self.limits.sentence_characters} characters")
        if not sentences:
            return Found(np.zeros((0, len(model.labels))), [], np.zeros((0, len(TRAITS))))
        return await asyncio.wrap_future(self.batcher.submit(Work(model, sentences, limits)))

    async def _off(self, size: int, work: Callable[[], T]) -> T:
        if size <= SHORT:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def thresholds(model: Model, options: Options) -> Floats:
    """The thresholds of the answer; raises FramingError for labels that the model does not know."""
    doubt = options.doubt if isinstance(options.doubt, dict) else {}
    if {*(options.labels or ()), *options.thresholds, *doubt} - set(model.labels):
        raise FramingError(
            expected=f"labels among {list(model.labels)}", found="others", fix="GET /v1/taxonomy names them."
        )
    return limits_of(model, options.thresholds)


def explained(model: Model, options: Options, limits: Floats) -> Floats:
    """From which score on reasons are sought: never for labels, or answers, that show none."""
    shown = np.array(
        [options.evidence and (options.labels is None or label in options.labels) for label in model.labels]
    )
    return np.where(shown, limits, NEVER)


def _seen(model: Model, found: Found) -> Seen:
    """At the model's own thresholds, whatever the request asked for."""
    return Seen(found.traits, found.scores, model.decisions.decide(found.scores))


def _split(texts: Sequence[Source], unit: str) -> tuple[Sequence[Source], list[Document]]:
    return texts, to_documents([(source.id, source.text) for source in texts], unit=unit)


def _compose(
    model: Model, texts: Sequence[Source], documents: Sequence[Document], found: Found, options: Options
) -> list[dict[str, Any]]:
    limits, doubt = thresholds(model, options), doubt_of(model, options.doubt)
    rows, at = [], 0
    for source, document in zip(texts, documents, strict=True):
        end = at + len(document.sentences)
        row = compose(model, document, found.scores[at:end], found.spans[at:end], limits=limits, doubt=doubt)
        row["sentences"] = [_shown(sentence, options) for sentence in row["sentences"]]
        rows.append({"id": row["id"], "text": source.text, **row} if source.shown else row)
        at = end
    return rows


def _shown(sentence: dict[str, Any], options: Options) -> dict[str, Any]:
    """The sentence with the labels that were asked for."""
    abstained = sentence["abstained"] if options.abstain else []
    if options.labels is None:
        return {**sentence, "abstained": abstained}
    wanted = set(options.labels)
    return {
        **sentence,
        "frames": [frame for frame in sentence["frames"] if frame["label"] in wanted],
        "scores": {label: score for label, score in sentence["scores"].items() if label in wanted},
        "abstained": [label for label in abstained if label in wanted],
    }
