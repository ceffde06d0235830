"""The shortcut detector: outlet, conflict, topic, year and length, not a word. Text that does not beat it is not read.

Only this model sees `audit`; see `framing.schema.blind`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from framing.models import logistic
from framing.models.occlusion import WholeSentences
from framing.models.protocol import Progress
from framing.schema import Floats, Sentence, multi_hot

FIELDS = ("outlet", "conflict", "topic", "source_type")
LENGTHS = (10, 15, 20, 25, 30, 40)
"""Word counts that part the length bins: about the sextiles of agency copy."""


class MetadataClassifier:
    """Logistic regression over what is known about a sentence without reading it."""

    reads_audit: ClassVar[bool] = True

    def __init__(self, *, labels: Sequence[str], strength: float = 1.0, seed: int = 0) -> None:
        self.labels = tuple(labels)
        self.strength = strength
        self.seed = seed

    def fit(self, train: Sequence[Sentence], validation: Sequence[Sentence], progress: Progress) -> Self:
        """Learn which outlets, conflicts, years and lengths go with which label."""
        self.columns_ = sorted({fact for s in train for fact in _facts(s)})
        self.weights_, self.intercepts_ = logistic.fit(
            self._features(train), multi_hot(train, self.labels), strength=self.strength, seed=self.seed
        )
        return self

    def read(self, sentences: Sequence[Sentence]) -> WholeSentences:
        """Scores from the audit fields; an unknown value counts for nothing."""
        scores = logistic.score(self._features(sentences), self.weights_, self.intercepts_)
        return WholeSentences(self.labels, sentences, scores)

    def save(self, folder: Path) -> None:
        """`metadata.json` and `weights.safetensors`."""
        logistic.save(folder / "weights.safetensors", self.weights_, self.intercepts_)
        state = {"labels": self.labels, "strength": self.strength, "seed": self.seed}
        (folder / "metadata.json").write_text(json.dumps({**state, "columns": self.columns_}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model that `save` wrote."""
        state = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
        columns = state.pop("columns")
        model = cls(**state)
        model.columns_ = columns
        model.weights_, model.intercepts_ = logistic.load(folder / "weights.safetensors")
        return model

    def _features(self, sentences: Sequence[Sentence]) -> Floats:
        column = {fact: k for k, fact in enumerate(self.columns_)}
        features = np.zeros((len(sentences), len(self.columns_)))
        for row, sentence in enumerate(sentences):
            features[row, [column[fact] for fact in _facts(sentence) if fact in column]] = 1.0
        return features


def _facts(sentence: Sentence) -> list[str]:
    facts = [f"{name}={sentence.audit[name]}" for name in FIELDS if sentence.audit.get(name)]
    if date := str(sentence.audit.get("date") or ""):
        facts.append(f"year={date[:4]}")
    words = len(sentence.text.split())
    return [*facts, f"length={sum(words > least for least in LENGTHS)}"]
