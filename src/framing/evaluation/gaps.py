"""Is one side's text marked wrongly, or rightly, more often than the other's? Rates by party on labelled text.

The false-positive gap is the share of wrongly given labels among those that are not there, first side less second; the
true-positive gap the share of found labels among those that are (Hardt, Price and Srebro 2016, equalised odds).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from framing.evaluation.intervals import DRAWS, Interval, bounds, draw_documents
from framing.evaluation.neutrality import ALL, ALL_LABELS, by_document, ratio
from framing.evaluation.sides import Lexicon
from framing.schema import Floats, Hot, Sentence

KINDS: Mapping[str, Callable[[Hot], Hot]] = {"false positives": np.logical_not, "true positives": np.asarray}
"""Which cells of the gold matrix a rate is a share of."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The rate of one kind for either side, and the difference with its interval.

    NaN where a side has no case; without bounds where it has cases in one document only.
    """

    kind: str
    conflict: str
    label: str
    first: float
    second: float
    first_cases: int
    second_cases: int
    difference: Interval


def sides_of(sentences: Sequence[Sentence], lexicons: Mapping[str, Lexicon]) -> list[int]:
    """+1, -1 or 0 for each sentence: the first side, the second, or neither.

    The lexicon of the conflict says which is which; without one, the order of the article's own sides.
    """
    found = []
    for sentence in sentences:
        party, sides = sentence.audit.get("party"), list(sentence.audit.get("sides") or ())[:2]
        if lexicon := lexicons.get(str(sentence.audit.get("conflict"))):
            found.append(lexicon.side(party))
        else:
            found.append((1, -1)[sides.index(party)] if party in sides else 0)
    return found


def judge_gaps(
    gold: Hot,
    decided: Hot,
    sides: Sequence[int],
    documents: Sequence[str],
    *,
    labels: Sequence[str],
    conflict: str = ALL,
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Gap]:
    """Per kind: all labels pooled, then one a label; without `labels` only the pooled gap."""
    rows: list[Gap] = []
    for kind, cells in KINDS.items():
        tallies = _tallies(cells(gold), decided, sides, documents)
        rows += _gaps((kind, conflict), [ALL_LABELS, *labels], tallies, draws, seed)
    return rows


def conflict_gaps(
    gold: Hot,
    decided: Hot,
    sides: Sequence[int],
    documents: Sequence[str],
    conflicts: Sequence[str],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Gap]:
    """The pooled gaps of each conflict in which both sides speak, in alphabetical order."""
    rows: list[Gap] = []
    for conflict in sorted(set(conflicts)):
        own = [k for k, each in enumerate(conflicts) if each == conflict]
        sides_here, documents_here = [sides[k] for k in own], [documents[k] for k in own]
        if {1, -1} <= set(sides_here):
            rows += judge_gaps(
                gold[own],
                decided[own],
                sides_here,
                documents_here,
                labels=(),
                conflict=conflict,
                draws=draws,
                seed=seed,
            )
    return rows


def _tallies(cells: Hot, decided: Hot, sides: Sequence[int], documents: Sequence[str]) -> Floats:
    """Hits and cases by side, shape (2 tallies, 2 sides, n_documents, 1 + n_labels); the pooled column comes first."""
    side = np.array(sides)[:, None]
    tallies = [
        by_document(np.where(side == sign, np.column_stack([found.sum(1), found]), 0), documents)
        for found in (cells & decided, cells)
        for sign in (1, -1)
    ]
    return np.stack(tallies).reshape(2, 2, *tallies[0].shape)


def _gaps(where: tuple[str, str], names: Sequence[str], tallies: Floats, draws: int, seed: int) -> list[Gap]:
    weights = draw_documents(tallies.shape[2], draws, seed)
    hits, cases = tallies.sum(axis=2)
    rates = ratio(hits, cases)
    drawn = ratio(weights @ tallies[0], weights @ tallies[1])
    several = ((tallies[1] > 0).sum(axis=1) > 1).all(axis=0)
    low, high = bounds(np.where(several, drawn[0] - drawn[1], np.nan))
    return [
        Gap(
            *where,
            name,
            first=float(rates[0, k]),
            second=float(rates[1, k]),
            first_cases=int(cases[0, k]),
            second_cases=int(cases[1, k]),
            difference=Interval(float(rates[0, k] - rates[1, k]), float(low[k]), float(high[k])),
        )
        for k, name in enumerate(names)
    ]
