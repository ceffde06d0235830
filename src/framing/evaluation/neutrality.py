"""Does a model treat the sides alike? The same sentence with the sides exchanged must keep its labels.

A flip is a decision that changes. `signed` is the mean of p(first side speaks) - p(second side speaks) over sentences
whose party is one of the two, so that its sign names the side that is marked more readily.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from framing.evaluation.intervals import DRAWS, Interval, bounds, document_index, draw_documents
from framing.evaluation.sides import Lexicon
from framing.schema import Floats, Sentence

Score = Callable[[Sequence[str]], Floats]
Change = Callable[[Lexicon, str], str]
CHANGES: Mapping[str, Change] = {
    "swap": Lexicon.swap,
    "third parties": Lexicon.third_parties,
    "masked": Lexicon.masked,
    "places only": Lexicon.swap_places,
}


@dataclass(frozen=True, slots=True)
class Neutrality:
    """One way of changing names, one label (or all of them)."""

    change: str
    label: str
    sentences: int
    flips: Interval
    """Share of decisions that change."""
    moved: float
    """Mean of |dp|."""
    signed: Interval
    """Mean dp towards the first side; NaN for changes that exchange nothing."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sentences and their changed versions, with their documents and +1 / -1 / 0 for the side that speaks."""

    change: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    documents: tuple[str, ...]
    direction: tuple[int, ...]


def make_pairs(sentences: Sequence[Sentence], lexicons: Mapping[str, Lexicon], change: str) -> Pairs:
    """Every sentence that the lexicon of its own conflict changes in the way named."""
    rows = []
    for sentence in sentences:
        lexicon = lexicons.get(str(sentence.audit.get("conflict")))
        after = CHANGES[change](lexicon, sentence.text) if lexicon else sentence.text
        if lexicon and after != sentence.text:
            side = {lexicon.sides[0]: 1, lexicon.sides[1]: -1}.get(str(sentence.audit.get("party")), 0)
            rows.append((sentence.text, after, sentence.document, side))
    before, after_all, documents, direction = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Pairs(change, before, after_all, documents, direction)


def judge_pairs(
    pairs: Pairs, score: Score, thresholds: Sequence[float], labels: Sequence[str], *, draws: int = DRAWS, seed: int = 0
) -> list[Neutrality]:
    """A row for all labels together, then one a label; `score` gives calibrated scores (n_texts, n_labels)."""
    if not pairs.before:
        return []
    before, after = score(pairs.before), score(pairs.after)
    flipped = ((before >= np.array(thresholds)) != (after >= np.array(thresholds))).astype(np.float64)
    swaps = pairs.change in {"swap", "places only"}
    direction = np.array(pairs.direction, dtype=np.float64)[:, None] * swaps
    signed = np.where(direction != 0, direction * (before - after), np.nan)
    index = document_index(pairs.documents)
    weights = draw_documents(index.max() + 1, draws, seed)[:, index]
    moved = np.abs(before - after)
    rows = [("all labels", flipped.mean(1), moved.mean(1), signed.mean(1))]
    rows += [(label, flipped[:, k], moved[:, k], signed[:, k]) for k, label in enumerate(labels)]
    return [
        Neutrality(pairs.change, name, len(flips), _mean(flips, weights), float(way.mean()), _mean(side, weights))
        for name, flips, way, side in rows
    ]


def _mean(values: Floats, weights: Floats) -> Interval:
    """The mean of values that exist, with its bootstrap interval; `weights` is (draws, n_sentences)."""
    known = np.isfinite(values)
    if not known.any():
        return Interval(float("nan"), float("nan"), float("nan"))
    own = weights[:, known]
    total = own.sum(1)
    drawn = np.divide(own @ values[known], total, out=np.full(len(own), np.nan), where=total > 0)
    low, high = bounds(drawn[:, None])
    return Interval(float(values[known].mean()), float(low[0]), float(high[0]))
