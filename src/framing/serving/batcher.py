"""One thread reads with the model; what queued while it was busy is read together, a slice of each request in turn."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import NamedTuple

import numpy as np

from framing.models.protocol import Span
from framing.models.store import Model
from framing.monitoring import TRAITS, traits
from framing.schema import Floats, Sentence
from framing.serving.problems import busy


class Found(NamedTuple):
    """Scores (n_sentences, n_labels), the spans of each sentence, and its traits (framing.monitoring)."""

    scores: Floats
    spans: list[list[Span]]
    traits: Floats


class Work:
    """The sentences of one request, read in slices; `done` gets its `Found`."""

    def __init__(self, model: Model, sentences: Sequence[Sentence], limits: Floats) -> None:
        """`limits`: scores that reach them are explained; above 1 for a label that needs no reasons."""
        self.model, self.sentences, self.limits = model, sentences, limits
        self.done: Future[Found] = Future()
        self.scores = np.zeros((len(sentences), len(model.labels)))
        self.spans: list[list[Span]] = [[] for _ in sentences]
        self.traits = np.zeros((len(sentences), len(TRAITS)))
        self.taken = 0


class Slice(NamedTuple):
    """Sentences `start` to `stop` of some work."""

    work: Work
    start: int
    stop: int


class Batcher:
    """A queue of work and the thread that empties it; started by the first request."""

    def __init__(
        self,
        *,
        batch_sentences: int = 256,
        wait_seconds: float = 0.0,
        queued_sentences: int = 50_000,
        observe: Callable[[int, int], None] = lambda batch, queued: None,
    ) -> None:
        """`observe(sentences of the batch, sentences still queued)` is called for every batch."""
        self.batch_sentences = batch_sentences
        self.wait_seconds = wait_seconds
        self.queued_sentences = queued_sentences
        self.observe = observe
        self._queue: deque[Work] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.queued = 0

    def submit(self, work: Work) -> "Future[Found]":
        """The future of what the model finds; raises Refusal (503) where too much is queued."""
        with self._changed:
            if self._closed:
                raise busy("the service is shutting down")
            if self.queued + len(work.sentences) > self.queued_sentences:
                raise busy("too many sentences are queued")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="framing-model", daemon=True)
                self._thread.start()
            self.queued += len(work.sentences)
            self._queue.append(work)
            self._changed.notify()
        return work.done

    def open(self) -> None:
        """Take work again after `close`; a new batcher is open."""
        self._closed, self._thread = False, None

    def close(self) -> None:
        """Read what was taken, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            read_batch(batch)
            self.observe(sum(s.stop - s.start for s in batch), self.queued)

    def _next(self) -> list[Slice]:
        """The next batch; empty where the service closes and nothing is left."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._queue or self._closed)
                if self.wait_seconds and not self._closed:
                    self._changed.wait_for(lambda: self.queued >= self.batch_sentences, timeout=self.wait_seconds)
                if (batch := self._take()) or self._closed:
                    return batch

    def _take(self) -> list[Slice]:
        """As many sentences as a batch holds, of one model, first come first served; the rest goes to the back."""
        batch: list[Slice] = []
        room = self.batch_sentences
        while self._queue and room > 0 and (not batch or self._queue[0].model is batch[0].work.model):
            work = self._queue.popleft()
            left = len(work.sentences) - work.taken
            if work.done.done():  # given up by the client, or failed on an earlier slice
                self.queued -= left
                continue
            size = min(left, room)
            batch.append(Slice(work, work.taken, work.taken + size))
            work.taken += size
            self.queued -= size
            room -= size
            if size < left:
                self._queue.append(work)
                break
        return batch


def read_batch(batch: Sequence[Slice]) -> None:
    """Fill in what the model finds; where it fails, each work is tried alone, and only one at fault fails."""
    try:
        _read(batch)
    except Exception as error:  # whatever a model raises belongs to the request that caused it
        if len(batch) > 1:
            for one in batch:
                read_batch([one])
        elif not batch[0].work.done.done():
            batch[0].work.done.set_exception(error)


def _read(batch: Sequence[Slice]) -> None:
    model = batch[0].work.model
    sentences = [sentence for s in batch for sentence in s.work.sentences[s.start : s.stop]]
    limits = np.concatenate([np.tile(s.work.limits, (s.stop - s.start, 1)) for s in batch])
    scores, reading = model.read(sentences)
    wanted = scores >= limits
    spans = reading.explain(wanted) if wanted.any() else [[] for _ in sentences]
    seen = traits(model, sentences, reading)
    at = 0
    for work, start, stop in batch:
        size = stop - start
        work.scores[start:stop], work.spans[start:stop] = scores[at : at + size], spans[at : at + size]
        work.traits[start:stop] = seen[at : at + size]
        at += size
        if stop == len(work.sentences) and not work.done.done() and work.done.set_running_or_notify_cancel():
            work.done.set_result(Found(work.scores, work.spans, work.traits))
