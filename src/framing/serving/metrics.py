"""What the service counts, for Prometheus. No text, and no word of a client's, ever becomes a label."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client's own variable: a folder where the workers of one service add up their counts."""
MEDIA = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
SENTENCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
DRIFT_BINS = "framing_drift_live"
CHARACTERS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)


class Metrics:
    """Counters, histograms and gauges of one service."""

    def __init__(self) -> None:
        self.registry = r = CollectorRegistry()
        self.requests = Counter("framing_requests", "Requests answered", ["path", "status"], registry=r)
        self.errors = Counter("framing_errors", "Faults of the service (5xx)", ["path"], registry=r)
        self.seconds = Histogram("framing_request_seconds", "Time to answer", ["path"], buckets=SECONDS, registry=r)
        self.batch = Histogram("framing_batch_sentences", "Sentences read together", buckets=SENTENCES, registry=r)
        self.queued = Gauge("framing_queued_sentences", "Sentences waiting", registry=r, multiprocess_mode="livesum")
        self.characters = Histogram("framing_input_characters", "Length of a text", buckets=CHARACTERS, registry=r)
        self.sentences = Counter("framing_sentences", "Sentences answered", registry=r)
        self.decisions = Counter("framing_label_decisions", "Sentences given the label", ["label"], registry=r)
        self.abstentions = Counter("framing_abstentions", "Sentences in doubt about the label", ["label"], registry=r)
        self.model = Gauge(
            "framing_model_info",
            "1 for the version that answers, 0 for those before it",
            ["version", "kind", "taxonomy", "backend"],
            registry=r,
            multiprocess_mode="livemax",
        )
        self.swaps = Counter("framing_model_swaps", "Versions taken into service", registry=r)
        self.refused = Counter("framing_model_refused", "Versions refused by the self-test", registry=r)
        self.drift = Gauge(
            DRIFT_BINS,
            "Newest sentences in each bin of the model's reference",
            ["version", "feature", "bin"],
            registry=r,
            multiprocess_mode="livesum",
        )
        self.drift_log_errors = Counter("framing_drift_log_errors", "Lines that the log did not take", registry=r)
        self.registry_errors = Counter("framing_registry_errors", "Polls of the registry that failed", registry=r)

    def read(self, batch: int, queued: int) -> None:
        """A batch was read."""
        self.batch.observe(batch)
        self.queued.set(queued)

    def answered(self, texts: Sequence[str], documents: Sequence[Mapping[str, Any]]) -> None:
        """An answer was made."""
        for text in texts:
            self.characters.observe(len(text))
        for document in documents:
            self.sentences.inc(len(document["sentences"]))
            for sentence in document["sentences"]:
                for frame in sentence["frames"]:
                    self.decisions.labels(frame["label"]).inc()
                for label in sentence["abstained"]:
                    self.abstentions.labels(label).inc()

    def request(self, path: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self.requests.labels(path, str(status)).inc()
        self.seconds.labels(path).observe(seconds)
        if status >= 500:
            self.errors.labels(path).inc()

    def page(self, derive: Callable[[CollectorRegistry], Iterable[Metric]] = lambda together: ()) -> bytes:
        """The counts of all workers and what `derive` makes of them, in Prometheus' text format."""
        together = self.registry
        if folder := os.environ.get(MULTIPROCESS):
            forget_dead(Path(folder))
            together = CollectorRegistry()
            MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        derived = CollectorRegistry()
        derived.register(_Derived(list(derive(together))))
        return generate_latest(together) + generate_latest(derived)


class _Derived(Collector):
    def __init__(self, metrics: Sequence[Metric]) -> None:
        self.metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def forget_dead(folder: Path) -> None:
    """Remove what workers that ended, or were killed, last said of their present state; their counts stay."""
    for path in folder.glob("gauge_live*_*.db"):
        try:
            os.kill(int(path.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            path.unlink(missing_ok=True)
