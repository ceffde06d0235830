"""How the service runs: plain values that travel to worker processes as JSON."""

import json
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may ask for, and what all may ask for together; docs/serve.md has the table."""

    body_bytes: int = 4 * 1024 * 1024
    sentences: int = 10_000
    """Of one request: minutes of a transformer's time on two cores."""
    sentence_characters: int = 5_000
    """Some 800 words. Evidence by leaving words out takes time that grows with the square of it."""
    queued_sentences: int = 50_000
    requests: int = 512
    """In work at once, of all clients."""
    requests_of_a_key: int = 128
    request_seconds: float = 60.0
    body_seconds: float = 10.0
    shutdown_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What `framing serve` was told."""

    model: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    keys: str | None = None
    workers: int = 1
    poll_seconds: float = 10.0
    wait_seconds: float = 0.0
    """A batch waits so long for company. 0 takes what queued while the model was busy, which measured best."""
    batch_sentences: int = 256
    threads: int = 1
    backend: str = "fp32"
    kept: str | None = None
    """Folder where workers keep the model they serve, so that a new one starts while the store is down."""
    corrections: str | None = None
    """The inbox of readers' corrections; without one none are taken."""
    drift_log: str | None = None
    """Where the features of each request are appended, without text."""
    drift_window: int = 5_000
    """Newest sentences of one process that are compared with the model's reference."""
    limits: Limits = field(default_factory=Limits)

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        record = json.loads(text)
        return cls(**{**record, "limits": Limits(**record["limits"])})
