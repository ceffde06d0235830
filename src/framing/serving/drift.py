"""Live input in the bins of the model's reference: counts of the newest sentences, their shift for Prometheus, a log.

Only counts are kept, of two halves of a window: when one half is full, the older one is forgotten.
"""

import json
import logging
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric

from framing.errors import FramingError
from framing.evaluation.drift import Counts, Reference, psi
from framing.models.store import Model
from framing.monitoring import Seen, to_line, together
from framing.serving.metrics import DRIFT_BINS, Metrics

log = logging.getLogger(__name__)
TOGETHER = 64
"""Sentences that are counted together, which takes as long as counting one."""


class Window:
    """Counts a feature and bin of the newest `sentences`, or down to half as many."""

    def __init__(self, reference: Reference, sentences: int) -> None:
        self.reference, self.half = reference, max(sentences // 2, 1)
        self._older, self._newer, self._size = self._none(), self._none(), 0

    def add(self, features: Mapping[str, np.ndarray], sentences: int) -> None:
        """Count the sentences of one request."""
        if self._size >= self.half:
            self._older, self._newer, self._size = self._newer, self._none(), 0
        for name, histogram in self.reference.features.items():
            self._newer[name] += histogram.count(features[name])
        self._size += sentences

    def counts(self) -> dict[str, Counts]:
        """Sentences a bin."""
        return {name: self._older[name] + self._newer[name] for name in self.reference.features}

    def _none(self) -> dict[str, Counts]:
        return {name: np.zeros(len(h.counts), dtype=np.int64) for name, h in self.reference.features.items()}


class Drift:
    """What the live model meets. Answers of a model that was replaced meanwhile are not counted."""

    def __init__(self, live: Callable[[], Model], metrics: Metrics, *, window: int, path: Path | None) -> None:
        """`path`: a log that every worker appends to, a line a request, without text."""
        self.live, self.metrics, self.window, self.path = live, metrics, window, path
        self._lock = threading.Lock()
        self._model: Model | None = None
        self._window: Window | None = None
        self._waiting: list[Seen] = []
        self._size = 0
        self._published: dict[str, Counts] = {}

    def seen(self, model: Model, found: Seen) -> None:
        """Count, and log, the sentences of one request."""
        if not len(found.scores) or model is not self.live():
            return
        if self.path is not None:
            self._append(self.path, model, found)
        with self._lock:
            if model is not self._model:
                self._begin(model)
            self._waiting.append(found)
            self._size += len(found.scores)
            if self._size >= TOGETHER:
                self._count(model)

    def gauges(self, registry: CollectorRegistry) -> Iterator[Metric]:
        """The index a feature and the number of sentences, of the counts of all workers in `registry`."""
        model = self.live()
        if not model.reference:
            return
        with self._lock:
            if model is self._model:
                self._count(model)
        reference = Reference.from_record(model.reference)
        counts = _summed(registry, _version(model))
        index = GaugeMetricFamily("framing_drift_psi", "Population stability index of live input", labels=["feature"])
        seen = GaugeMetricFamily("framing_drift_sentences", "Live sentences behind the index", labels=["feature"])
        for name, histogram in reference.features.items():
            live = np.array([counts[name, k] for k in range(len(histogram.counts))])
            index.add_metric([name], psi(np.array(histogram.counts), live))
            seen.add_metric([name], int(live.sum()))
        yield from (index, seen)

    def _begin(self, model: Model) -> None:
        """Forget what another model met."""
        self._model = model
        self._window = Window(Reference.from_record(model.reference), self.window) if model.reference else None
        self._waiting, self._size, self._published = [], 0, {}

    def _count(self, model: Model) -> None:
        """Count what waits, and set the gauges that it changed; all of them for a model that was not there before."""
        if self._window is not None and self._size:
            self._window.add(together(model, self._waiting).features(model.labels), self._size)
            counts, before = self._window.counts(), self._published
            for name, now in counts.items():
                for k in np.flatnonzero(now != before.get(name, -1)):
                    self.metrics.drift.labels(_version(model), name, str(k)).set(int(now[k]))
            self._published = counts
        self._waiting, self._size = [], 0

    def _append(self, path: Path, model: Model, found: Seen) -> None:
        """One write of one whole line; a log that cannot be written is counted and does not stop the answer."""
        line = f"{json.dumps(to_line(model, found), ensure_ascii=False)}\n".encode()
        try:
            append(path, line)
        except OSError as error:
            self.metrics.drift_log_errors.inc()
            log.warning("the drift log cannot be written: %s", error.strerror)


def append(path: Path, line: bytes) -> None:
    """Add bytes to a file in one write, which no other process's write can part; raises OSError."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(file, line) < len(line):
            raise OSError(0, "a part of a line was written")
    finally:
        os.close(file)


def check_log(path: Path) -> None:
    """Raises FramingError where the log cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        append(path, b"")
    except OSError as error:
        raise FramingError(
            expected=f"a log {path} that can be written",
            found=error.strerror or "an error",
            fix="Name another file with --drift-log.",
        ) from error


def _version(model: Model) -> str:
    return str(model.facts.get("version") or "none")


def _summed(registry: CollectorRegistry, version: str) -> Mapping[tuple[str, int], int]:
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for metric in registry.collect():
        for sample in metric.samples if metric.name == DRIFT_BINS else ():
            if sample.labels["version"] == version:
                counts[sample.labels["feature"], int(sample.labels["bin"])] += int(sample.value)
    return counts
