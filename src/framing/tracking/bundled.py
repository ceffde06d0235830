"""The model in the box: what answers before anything is trained, and what a first candidate has to beat."""

import json
import logging
from pathlib import Path
from typing import Any

from framing.shipped import shipped
from framing.tracking import runs, store

log = logging.getLogger(__name__)
NAME = "bundled"
HOME = "models/bundled"


def folder() -> Path:
    """Where the bundled model lies; raises FramingError where an installation lacks it."""
    return shipped(HOME)


def certificate(model: Path) -> Any:
    """The side-neutrality certificate beside a model, or None."""
    path = model / runs.SIDES
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def announce() -> None:
    """Say once, on standard error, that the bundled model stands in for a champion."""
    log.warning("%s has no champion: the bundled model answers (docs/bundled.md)", store.uri())
