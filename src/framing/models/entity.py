"""What names alone are worth: every word is taken away that is no name and no term of a side lexicon.

A model that does not beat it may have learnt who is spoken of, not how.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

from framing.models import reduced
from framing.models.linear import LinearClassifier
from framing.models.occlusion import Occluded
from framing.models.protocol import Progress
from framing.schema import WORD, Sentence

OPENING = re.compile(r"[.!?:]\W*$")
"""What stands before a word that is written with a capital because it opens a sentence or a quotation."""


class EntityClassifier:
    """`terms` are the words of the side lexicons; `strength` and `min_df` as in `linear`."""

    reads_audit: ClassVar[bool] = False

    def __init__(
        self,
        *,
        labels: Sequence[str],
        terms: Sequence[str] = (),
        strength: float = 4.0,
        min_df: int = 2,
        seed: int = 0,
    ) -> None:
        self.labels = tuple(labels)
        self.terms = frozenset(word for term in terms for word in WORD.findall(term))
        self.linear = LinearClassifier(labels=labels, strength=strength, min_df=min_df, seed=seed)

    def fit(self, train: Sequence[Sentence], validation: Sequence[Sentence], progress: Progress) -> Self:
        """Learn which words are names, then a linear model of them."""
        self.names_ = frozenset(name for s in train for name in capitals_inside(s.text))
        reduced.fit(self.linear, train, self.reduce, progress)
        return self

    def read(self, sentences: Sequence[Sentence]) -> Occluded:
        """Scores of the names, and reasons by leaving words out."""
        return reduced.read(self.linear, sentences, self.reduce)

    def reduce(self, text: str) -> str:
        """The names in order: capitals inside a sentence, words seen so in training, and lexicon terms."""
        inside = set(capitals_inside(text))
        known = self.names_ | self.terms | inside
        return reduced.joined(m[0] for m in WORD.finditer(text) if m[0] in known)

    def save(self, folder: Path) -> None:
        """`entity.json` and the linear model in `linear/`."""
        reduced.save(self.linear, folder, "entity", {"terms": sorted(self.terms), "names": sorted(self.names_)})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model that `save` wrote."""
        linear, state = reduced.load(folder, "entity")
        model = cls(labels=linear.labels, terms=state["terms"])
        model.linear, model.names_ = linear, frozenset(state["names"])
        return model


def capitals_inside(text: str) -> list[str]:
    """Words with a capital that do not open a sentence or a quotation."""
    return [
        m[0]
        for m in WORD.finditer(text)
        if m[0][0].isupper() and text[: m.start()].strip(" \"'“”‘’(") and not OPENING.search(text[: m.start()])
    ]
