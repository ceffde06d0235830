"""The model that answers now, and the thread that follows the registry: load, warm, self-test, swap in one step."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from framing.answer import to_documents
from framing.errors import FramingError
from framing.models import backend as backends
from framing.models.example import COARSE, TEXT, TOLERANCE, check_example
from framing.models.store import Model
from framing.serving.metrics import Metrics

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """A model that passed its self-test."""

    model: Model
    backend: str = "fp32"
    certificate: Any = None
    since: float = field(default_factory=time.time)

    @property
    def version(self) -> str | None:
        """Its number in the registry; None for a model from a folder."""
        return self.model.facts.get("version")


class Registry(Protocol):
    """Where new versions come from (framing.tracking.following)."""

    def version(self) -> str | None:
        """The version that the alias points at now, or None."""
        ...

    def load(self, version: str) -> tuple[Model, Any]:
        """That version, and the certificate its run logged, if any."""
        ...


def admit(model: Model, *, backend: str = "fp32", certificate: Any = None) -> Served:
    """The model, warmed, in the backend asked for; raises FramingError where it does not answer its own example."""
    check_example(model, model.example, tolerance=TOLERANCE)
    chosen = backends.choose(model, backend)
    if chosen != backends.FP32:
        check_example(model, model.example, tolerance=COARSE)
    (document,) = to_documents([("example", TEXT)])
    _, reading = model.read(document.sentences)
    reading.explain(reading.scores >= 0.0)
    return Served(model, chosen, certificate)


class Live:
    """Holds what answers now. Reading `current` once a request makes every answer the work of one model."""

    def __init__(self, served: Served, metrics: Metrics) -> None:
        self.metrics = metrics
        self.refused: str | None = None
        self.registry_answers = True
        self.current = served
        self._announce(1)

    def swap(self, served: Served) -> None:
        """Answer with another model from the next request on."""
        self._announce(0)
        self.current = served
        self.refused = None
        self._announce(1)
        self.metrics.swaps.inc()

    def refuse(self, version: str) -> None:
        """Keep the model, and say that a version was not taken."""
        self.refused = version
        self.metrics.refused.inc()

    def state(self) -> dict[str, Any]:
        """For `/readyz`."""
        return {
            "status": "ready",
            "version": self.current.version,
            "refused": self.refused,
            "registry": "answers" if self.registry_answers else "does not answer",
        }

    def _announce(self, value: int) -> None:
        served = self.current
        names = (served.version or "none", served.model.kind, served.model.taxonomy, served.backend)
        self.metrics.model.labels(*names).set(value)


class Follower:
    """Polls the registry until stopped. A version that failed is tried again only after the alias moved."""

    def __init__(
        self,
        live: Live,
        registry: Registry,
        *,
        backend: str = "fp32",
        keep: Callable[[Served], None] = lambda served: None,
    ) -> None:
        """`keep` is called with every model that was taken."""
        self.live, self.registry, self.backend, self.keep = live, registry, backend, keep
        self._stop = threading.Event()

    def start(self, seconds: float) -> None:
        """Poll every so many seconds in a thread of its own, which ends with the process."""
        threading.Thread(target=self._run, args=(seconds,), name="framing-follower", daemon=True).start()

    def stop(self) -> None:
        """After the poll in progress, if any."""
        self._stop.set()

    def poll(self) -> None:
        """Look once; swap where the alias points at another version that passes."""
        try:
            version = self.registry.version()
        except Exception as error:  # whatever the store's client raises: serving goes on
            self.live.registry_answers = False
            self.live.metrics.registry_errors.inc()
            log.warning("the registry does not answer: %s", type(error).__name__)
            return
        self.live.registry_answers = True
        if version is None or version == self.live.current.version:
            self.live.refused = None
        elif version != self.live.refused:
            self._take(version)

    def _take(self, version: str) -> None:
        try:
            model, certificate = self.registry.load(version)
            served = admit(model, backend=self.backend, certificate=certificate)
        except Exception as error:  # a broken version may fail in any way: the old one goes on
            self.live.refuse(version)
            log.error("version %s is refused: %s", version, _reason(error))
            return
        self.live.swap(served)
        log.info("version %s answers", version)
        self.keep(served)

    def _run(self, seconds: float) -> None:
        while not self._stop.wait(seconds):
            self.poll()


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, FramingError) else type(error).__name__
