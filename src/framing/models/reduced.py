"""A baseline that reads only some of the words: what `linear` learns from a text of which the rest was taken away."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from framing.models.linear import LinearClassifier
from framing.models.occlusion import Occluded
from framing.models.protocol import Progress
from framing.schema import Sentence

Reduce = Callable[[str], str]
NOTHING = "__nothing__"
"""Stands for a text of which no word is left, so that even a corpus of such texts has a vocabulary."""


def fit(linear: LinearClassifier, sentences: Sequence[Sentence], reduce: Reduce, progress: Progress) -> None:
    """Fit `linear` on what `reduce` leaves of each text."""
    linear.fit(_texts(sentences, reduce), [], progress)


def read(linear: LinearClassifier, sentences: Sequence[Sentence], reduce: Reduce) -> Occluded:
    """Scores of what is left, and reasons by leaving words of the whole text out."""
    return Occluded(
        linear.labels, [s.text for s in sentences], lambda texts: linear.score_texts([reduce(text) for text in texts])
    )


def joined(words: Iterable[str]) -> str:
    """The words that are left as a text."""
    return " ".join(words) or NOTHING


def save(linear: LinearClassifier, folder: Path, name: str, state: dict[str, Any]) -> None:
    """`NAME.json` with `state`, and the linear model in `linear/`."""
    (folder / "linear").mkdir()
    linear.save(folder / "linear")
    (folder / f"{name}.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")


def load(folder: Path, name: str) -> tuple[LinearClassifier, dict[str, Any]]:
    """What `save` wrote."""
    state: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return LinearClassifier.load(folder / "linear"), state


def _texts(sentences: Sequence[Sentence], reduce: Reduce) -> list[Sentence]:
    return [replace(s, text=reduce(s.text), evidence=()) for s in sentences]
