"""What a model costs: the size of its folder, and how long one sentence takes."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from framing.models.store import Model
from framing.schema import Sentence

WARM_UP = 3
"""Sentences read before the clock counts: first calls allocate."""
TIMED = 20
"""Sentences timed: enough for a median, a quarter of a second for a small encoder."""


def folder_bytes(folder: Path) -> int:
    """The bytes of all files under `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def milliseconds(model: Model, sentences: Sequence[Sentence]) -> float:
    """Median milliseconds a sentence, read one at a time; `sentences` must not be empty."""
    timed = [_seconds(model, sentence) for sentence in [*sentences[:WARM_UP], *sentences[:TIMED]]]
    return 1000 * median(timed[min(WARM_UP, len(sentences)) :])


def _seconds(model: Model, sentence: Sentence) -> float:
    began = time.perf_counter()
    model.read([sentence])
    return time.perf_counter() - began
