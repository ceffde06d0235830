"""Every decision of the gate and every rollback, kept as numbered tags of the registered model.

There they outlive runs and versions, and a tracking server keeps them like a local store does.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from framing.evaluation.gate import Reason
from framing.tracking import registry

if TYPE_CHECKING:
    from mlflow import MlflowClient

PREFIX = "gate.history."
DIGITS = 6
LONGEST_TAG = 5000
"""Characters MLflow's SQL store has for a tag of a registered model."""
CLIPS = (120, 60, 30)
"""Characters kept of what a rule expected and found: the first with which the tag is short enough."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision: `promoted`, `forced`, `refused`, `rolled back`, or `unchanged` (champion already; not kept)."""

    time: str
    decision: str
    run_id: str
    run: str
    version: str
    former: str | None
    """The version that was champion."""
    by: str
    why: str
    reasons: tuple[Reason, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "reasons": [asdict(reason) for reason in self.reasons]}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """From `to_record`."""
        return cls(**{**record, "reasons": tuple(Reason(**reason) for reason in record["reasons"])})

    def to_tag(self) -> str:
        """Compact JSON that fits into a tag."""
        texts = [self._clipped(clip) for clip in CLIPS]
        return next((text for text in texts if len(text) <= LONGEST_TAG), texts[-1])

    def _clipped(self, clip: int) -> str:
        short = tuple(replace(r, expected=_clip(r.expected, clip), found=_clip(r.found, clip)) for r in self.reasons)
        return json.dumps(replace(self, reasons=short).to_record(), ensure_ascii=False, separators=(",", ":"))


def append(client: "MlflowClient", entry: Entry) -> None:
    """Add an entry; the caller holds the `mutex`."""
    number = max((int(key.removeprefix(PREFIX)) for key in _tags(client)), default=0) + 1
    client.set_registered_model_tag(registry.NAME, f"{PREFIX}{number:0{DIGITS}}", entry.to_tag())


def entries(client: "MlflowClient") -> list[Entry]:
    """Oldest first."""
    return [Entry.from_record(json.loads(text)) for _, text in sorted(_tags(client).items())]


def _tags(client: "MlflowClient") -> dict[str, str]:
    from mlflow.exceptions import MlflowException

    try:
        tags = client.get_registered_model(registry.NAME).tags
    except MlflowException:
        return {}
    return {key: value for key, value in tags.items() if key.startswith(PREFIX)}


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
