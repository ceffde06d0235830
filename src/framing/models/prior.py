"""The floor: every sentence gets each label's frequency in the training data."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from framing.models.occlusion import WholeSentences
from framing.models.protocol import Progress
from framing.schema import Floats, Sentence, multi_hot


class PriorClassifier:
    """Label frequencies, whatever the sentence says."""

    reads_audit: ClassVar[bool] = False

    def __init__(self, *, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)

    def fit(self, train: Sequence[Sentence], validation: Sequence[Sentence], progress: Progress) -> Self:
        """Count."""
        self.frequencies_: Floats = multi_hot(train, self.labels).mean(axis=0)
        return self

    def read(self, sentences: Sequence[Sentence]) -> WholeSentences:
        """The same row for every sentence."""
        return WholeSentences(self.labels, sentences, np.tile(self.frequencies_, (len(sentences), 1)))

    def save(self, folder: Path) -> None:
        """`prior.json`."""
        state = {"labels": self.labels, "frequencies": self.frequencies_.tolist()}
        (folder / "prior.json").write_text(json.dumps(state), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """From `prior.json`."""
        state = json.loads((folder / "prior.json").read_text(encoding="utf-8"))
        model = cls(labels=state["labels"])
        model.frequencies_ = np.array(state["frequencies"], dtype=np.float64)
        return model
