"""Does a model treat the sides alike? The same sentence with the sides exchanged must keep its labels.

A flip is a decision that changes. `signed` is the mean of p(first side speaks) - p(second side speaks) over sentences
whose party is one of the two, so that its sign names the side that is marked more readily.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from framing.evaluation.intervals import DRAWS, Interval, bounds, document_index, draw_documents
from framing.evaluation.sides import Lexicon
from framing.schema import Floats, Hot, Sentence

Score = Callable[[Sequence[Sentence]], Floats]
"""Calibrated scores, shape (n_sentences, n_labels)."""
Change = Callable[[Lexicon, str], str]
SWAP, PLACES = "swap", "places only"
CHANGES: Mapping[str, Change] = {
    SWAP: Lexicon.swap,
    "third parties": Lexicon.third_parties,
    "masked": Lexicon.masked,
    PLACES: Lexicon.swap_places,
}
ALL = "all"
ALL_LABELS, ANY_LABEL = "all labels", "any label"
"""Over sentences and labels; and over sentences, where one changed decision counts, or the greatest |dp|."""
DIRECTIONS = {ALL: 0, "first": 1, "second": -1}
"""Whose sentences a row counts: everyone's, or those of the first or the second side of the lexicon."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence before and after its names were changed."""

    before: Sentence
    after: Sentence
    conflict: str
    side: int
    """+1 where the first side of the lexicon speaks, -1 where the second does, else 0."""


@dataclass(frozen=True, slots=True)
class Neutrality:
    """What one change did to one label (or all, or any of them) in the sentences of one direction or conflict."""

    change: str
    conflict: str
    direction: str
    label: str
    sentences: int
    documents: int
    flips: Interval
    """Share of decisions that change."""
    moved: float
    """Mean of |dp|."""
    signed: Interval
    """Mean dp towards the first side; NaN where nothing is exchanged or neither side speaks."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change did, as matrices (n_sentences, n_labels)."""

    flipped: Floats
    moved: Floats
    signed: Floats


def make_pairs(sentences: Sequence[Sentence], lexicons: Mapping[str, Lexicon], change: str) -> list[Pair]:
    """Every sentence that the lexicon of its own conflict changes in the way named."""
    pairs = []
    for sentence in sentences:
        lexicon = lexicons.get(str(sentence.audit.get("conflict")))
        text = CHANGES[change](lexicon, sentence.text) if lexicon else sentence.text
        if lexicon and text != sentence.text:
            side = lexicon.side(sentence.audit.get("party"))
            pairs.append(Pair(sentence, replace(sentence, text=text, evidence=()), lexicon.conflict, side))
    return pairs


def shift(before: Floats, after: Floats, thresholds: Sequence[float], sides: Sequence[int]) -> Shift:
    """Flips, |dp| and dp towards the first side; `sides` is 0 where a sentence has no sign."""
    limits, sign = np.array(thresholds), np.array(sides, dtype=np.float64)[:, None]
    flipped = ((before >= limits) != (after >= limits)).astype(np.float64)
    return Shift(flipped, np.abs(before - after), np.where(sign != 0, sign * (before - after), np.nan))


def judge_pairs(
    pairs: Sequence[Pair],
    before: Floats,
    after: Floats,
    *,
    change: str,
    thresholds: Sequence[float],
    labels: Sequence[str],
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Neutrality]:
    """Rows for everyone and each direction (all labels, any label, each label), and all and any label a conflict."""
    sides = [pair.side for pair in pairs]
    found = shift(before, after, thresholds, sides if change in {SWAP, PLACES} else [0] * len(pairs))
    documents = [pair.before.document for pair in pairs]
    groups = [
        (ALL, direction, [side in {0, each} for each in sides], [ALL_LABELS, ANY_LABEL, *labels])
        for direction, side in DIRECTIONS.items()
    ]
    groups += [
        (conflict, ALL, [pair.conflict == conflict for pair in pairs], [ALL_LABELS, ANY_LABEL])
        for conflict in sorted({pair.conflict for pair in pairs})
    ]
    return [
        Neutrality(change, conflict, direction, *columns)
        for conflict, direction, chosen, names in groups
        if any(chosen)
        for columns in _columns(found, np.array(chosen), documents, names, draws=draws, seed=seed)
    ]


def means(values: Floats, documents: Sequence[str], *, draws: int, seed: int) -> list[Interval]:
    """The mean of each column over rows that have a value, with its bootstrap interval by document.

    One document says nothing of others: its bounds are NaN.
    """
    known = np.isfinite(values)
    total, count = by_document(np.where(known, values, 0.0), documents), by_document(known, documents)
    weights = draw_documents(len(total), draws, seed)
    low, high = bounds(np.where((count > 0).sum(0) > 1, ratio(weights @ total, weights @ count), np.nan))
    point = ratio(total.sum(0), count.sum(0))
    return [Interval(float(v), float(a), float(b)) for v, a, b in zip(point, low, high, strict=True)]


def by_document(values: Floats | Hot, documents: Sequence[str]) -> Floats:
    """Rows summed document by document, shape (n_documents, ...), in order of first appearance."""
    index = document_index(documents)
    sums = np.zeros((index.max() + 1, *values.shape[1:]))
    np.add.at(sums, index, values)
    return sums


def ratio(top: Floats, bottom: Floats) -> Floats:
    """`top / bottom`; NaN where there is nothing below."""
    return np.asarray(np.divide(top, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0))


def _columns(
    found: Shift, chosen: Hot, documents: Sequence[str], names: Sequence[str], *, draws: int, seed: int
) -> Iterator[tuple[str, int, int, Interval, float, Interval]]:
    own = [document for document, one in zip(documents, chosen, strict=True) if one]
    flips = means(_with_summaries(found.flipped[chosen]), own, draws=draws, seed=seed)
    moved = _with_summaries(found.moved[chosen]).mean(0)
    signed = means(_with_summaries(found.signed[chosen], any_label=False), own, draws=draws, seed=seed)
    for name, flip, move, sign in zip(names, flips, moved, signed, strict=False):
        yield name, len(own), len(set(own)), flip, float(move), sign


def _with_summaries(values: Floats, *, any_label: bool = True) -> Floats:
    """The mean over labels, the maximum (a sign has none), then each label."""
    most = values.max(1) if any_label else np.full(len(values), np.nan)
    return np.column_stack([values.mean(1), most, values])
