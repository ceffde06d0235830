"""The reading of an encoder's evidence head: which words its token logits point at."""

from collections.abc import Sequence

import numpy as np

from framing.models.protocol import Span
from framing.schema import Floats, Hot, words

INSIDE = 0.0
"""A token is inside evidence from this logit on: its own even chance."""
NEAR_BEST = 2.0
"""Where no token is inside, those within this many logits of the best stand for it."""


def pooled_scores(logits: Sequence[Floats], offsets: Sequence[np.ndarray], temperature: float, n_labels: int) -> Floats:
    """Sentence scores (n_sentences, n_labels): `losses.pool` over the tokens that stand for text.

    A sentence without any is scored by its first token.
    """
    pooled = np.zeros((len(logits), n_labels))
    for row, (found, place) in enumerate(zip(logits, offsets, strict=True)):
        real = place[:, 1] > place[:, 0]
        kept = (found[real] if real.any() else found[:1]) / temperature
        best = kept.max(axis=0)
        pooled[row] = temperature * (best + np.log(np.exp(kept - best).sum(axis=0)))
    return np.asarray(1 / (1 + np.exp(-pooled)))


def mean_of_tokens(hidden: np.ndarray, mask: np.ndarray) -> Floats:
    """Embeddings (B, width): means of hidden states (B, T, width) where the mask (B, T) is 1.

    By NumPy: torch's threads would still be spinning when those of a graph begin the next batch.
    """
    weights = mask / mask.sum(axis=1, keepdims=True)
    return np.asarray(np.matmul(weights[:, None, :].astype(hidden.dtype), hidden)[:, 0], dtype=np.float64)


class TokenReading:
    """The reading of the evidence head: its reasons are the runs of tokens with the highest logits."""

    def __init__(
        self,
        labels: Sequence[str],
        texts: Sequence[str],
        scores: Floats,
        logits: Sequence[Floats],
        offsets: Sequence[np.ndarray],
        *,
        embeddings: Floats,
    ) -> None:
        self.labels, self.texts, self.scores = tuple(labels), texts, scores
        self._logits, self._offsets = logits, offsets
        self.embeddings = embeddings

    def explain(self, wanted: Hot) -> list[list[Span]]:
        """Whole words, a span for each run of tokens inside evidence, or around the best where none is."""
        return [
            [Span(self.labels[k], a, b) for k in np.flatnonzero(row) for a, b in self._runs(n, int(k))]
            for n, row in enumerate(wanted)
        ]

    def _runs(self, n: int, k: int) -> list[tuple[int, int]]:
        real = self._offsets[n][:, 1] > self._offsets[n][:, 0]
        logits, offsets = self._logits[n][real, k], self._offsets[n][real]
        spans = words(self.texts[n])
        if not len(logits) or not spans:
            return []
        chosen = logits >= min(INSIDE, logits.max())
        if logits.max() < INSIDE:
            chosen = _around(int(logits.argmax()), logits >= logits.max() - NEAR_BEST)
        inside = {w for (a, b) in offsets[chosen] for w, (c, d) in enumerate(spans) if a < d and c < b}
        return _merge(spans, sorted(inside)) or [spans[0]]


def _around(best: int, near: np.ndarray) -> np.ndarray:
    """Only the unbroken run of `near` that holds `best`."""
    chosen = np.zeros(len(near), dtype=np.bool_)
    first = last = best
    while first > 0 and near[first - 1]:
        first -= 1
    while last + 1 < len(near) and near[last + 1]:
        last += 1
    chosen[first : last + 1] = True
    return chosen


def _merge(spans: Sequence[tuple[int, int]], inside: Sequence[int]) -> list[tuple[int, int]]:
    """Character spans of runs of word numbers; one missing word does not break a run."""
    runs: list[tuple[int, int]] = []
    previous = None
    for w in inside:
        if previous is not None and w - previous <= 2:
            runs[-1] = (runs[-1][0], spans[w][1])
        else:
            runs.append(spans[w])
        previous = w
    return runs
