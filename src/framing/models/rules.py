"""What a keyword list gets: the taxonomy's cues, each label scored by how often its cues were right in training."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from framing.models.hints import Hints
from framing.models.protocol import Progress, Span
from framing.schema import Floats, Hot, Sentence, multi_hot


class RulesClassifier:
    """`cues` are regular expressions by label, matched without regard to case."""

    reads_audit: ClassVar[bool] = False

    def __init__(self, *, labels: Sequence[str], cues: Mapping[str, Sequence[str]]) -> None:
        self.labels = tuple(labels)
        self.cues = {label: tuple(cues.get(label, ())) for label in self.labels}
        self._hints = Hints(self.labels, self.cues)

    def fit(self, train: Sequence[Sentence], validation: Sequence[Sentence], progress: Progress) -> Self:
        """Learn how often a label is right with and without a cue (add-one smoothing)."""
        hot, matched = multi_hot(train, self.labels), self._hints.matched([s.text for s in train])
        self.with_cue_: Floats = ((hot & matched).sum(axis=0) + 1) / (matched.sum(axis=0) + 2)
        self.without_cue_: Floats = ((hot & ~matched).sum(axis=0) + 1) / ((~matched).sum(axis=0) + 2)
        return self

    def read(self, sentences: Sequence[Sentence]) -> "Matches":
        """Scores by cue, and the cues themselves as reasons."""
        texts = [s.text for s in sentences]
        scores = np.where(self._hints.matched(texts), self.with_cue_, self.without_cue_)
        return Matches(self.labels, self._hints.patterns, texts, scores)

    def save(self, folder: Path) -> None:
        """`rules.json`."""
        state = {
            "labels": self.labels,
            "cues": self.cues,
            "with_cue": self.with_cue_.tolist(),
            "without_cue": self.without_cue_.tolist(),
        }
        (folder / "rules.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """From `rules.json`."""
        state = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
        model = cls(labels=state["labels"], cues=state["cues"])
        model.with_cue_, model.without_cue_ = np.array(state["with_cue"]), np.array(state["without_cue"])
        return model


class Matches:
    """The reading of the rules: a cue is its own reason; without one, the whole sentence is."""

    def __init__(
        self, labels: Sequence[str], patterns: Sequence[re.Pattern[str]], texts: Sequence[str], scores: Floats
    ) -> None:
        self.labels, self.patterns, self.texts, self.scores = tuple(labels), patterns, texts, scores

    def explain(self, wanted: Hot) -> list[list[Span]]:
        """Every match of a wanted label's cues."""
        return [
            [span for k in np.flatnonzero(row) for span in self._spans(text, int(k))]
            for text, row in zip(self.texts, wanted, strict=True)
        ]

    def _spans(self, text: str, k: int) -> list[Span]:
        found = [Span(self.labels[k], *m.span()) for m in self.patterns[k].finditer(text) if m[0].strip()]
        whole = [Span(self.labels[k], text.index(text.strip()[0]), len(text.rstrip()))] if text.strip() else []
        return found or whole
