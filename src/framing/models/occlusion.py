"""Reasons for models that have none of their own: take a word away and see how far the score falls.

Li, Monroe and Jurafsky (2016), "Understanding Neural Networks through Representation Erasure", arXiv:1612.08220.
"""

from collections.abc import Callable, Sequence

import numpy as np

from framing.models.protocol import Span
from framing.schema import WORD, Floats, Hot, Sentence, words

SHARE = 0.5
"""Neighbours of the strongest word belong to the evidence while they carry at least this share of its fall."""


class WholeSentences:
    """The reading of a model that knows no words: its reason is the sentence as a whole."""

    def __init__(self, labels: Sequence[str], sentences: Sequence[Sentence], scores: Floats) -> None:
        self.labels, self.sentences, self.scores = tuple(labels), sentences, scores

    def explain(self, wanted: Hot) -> list[list[Span]]:
        """One span from the first to the last word."""
        return [
            [Span(self.labels[k], *_extent(s.text)) for k in np.flatnonzero(row) if WORD.search(s.text)]
            for s, row in zip(self.sentences, wanted, strict=True)
        ]


class Occluded:
    """The reading of a model that scores plain texts: `explain` scores each text again without each of its words."""

    def __init__(
        self,
        labels: Sequence[str],
        texts: Sequence[str],
        score: Callable[[Sequence[str]], Floats],
        *,
        scores: Floats | None = None,
    ) -> None:
        """`scores`: what `score(texts)` gives, where that is known already."""
        self.labels, self.texts, self._score = tuple(labels), texts, score
        self.scores = score(texts) if scores is None else scores

    def explain(self, wanted: Hot) -> list[list[Span]]:
        """The word whose loss costs most, with the neighbours that cost at least half as much."""
        return [self._explain(text, row) for text, row in zip(self.texts, wanted, strict=True)]

    def _explain(self, text: str, row: np.ndarray) -> list[Span]:
        spans = words(text)
        columns = np.flatnonzero(row)
        if not spans or not len(columns):
            return []
        without = self._score([text[:a] + text[b:] for a, b in spans])
        whole = self._score([text])[0]
        return [Span(self.labels[k], *_around_peak(spans, whole[k] - without[:, k])) for k in columns]


def _around_peak(spans: Sequence[tuple[int, int]], falls: Floats) -> tuple[int, int]:
    first = last = int(np.argmax(falls))
    least = SHARE * falls[first]
    while first > 0 and falls[first - 1] >= least > 0:
        first -= 1
    while last + 1 < len(spans) and falls[last + 1] >= least > 0:
        last += 1
    return spans[first][0], spans[last][1]


def _extent(text: str) -> tuple[int, int]:
    spans = words(text)
    return spans[0][0], spans[-1][1]
