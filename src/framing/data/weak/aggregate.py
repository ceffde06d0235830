"""From votes to labels, one label at a time: majority vote, or the model of Dawid and Skene (1979).

Dawid and Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28.
EM needs only how often each pattern of votes occurs, so a pool of any length is one table. `crowd-kit` has the same
model but wants every vote in memory as a data frame (docs/weak.md).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, get_args

import numpy as np

from framing.data.weak.functions import Ballot
from framing.schema import Floats

Aggregate = Literal["majority", "dawid-skene"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
Pattern = tuple[tuple[int, bool], ...]
"""Who voted and how, by function number; abstention is absence."""
Patterns = dict[int, Counter[Pattern]]
"""How often each pattern occurs, by label number."""
ROUNDS = 100
STILL = 1e-6
"""EM ends when no score moves by more than this."""
RIGHT, WRONG = 2.0, 1.0
"""Answers added to every count: a function is presumed right, two to one, until its votes tell. Most cues can only say
yes, and without that presumption their votes tell nothing: the likelihood is the same with the labels exchanged."""


class LabelModel(Protocol):
    """Gives a label's score in [0, 1] from its votes."""

    def score(self, label: int, pattern: Pattern) -> float:
        """The score of one label; `pattern` has at least one vote."""
        ...


class Majority:
    """The share of the votes that are for the label; a tie is no label."""

    def score(self, label: int, pattern: Pattern) -> float:
        """Votes for, over votes cast."""
        return sum(yes for _, yes in pattern) / len(pattern)


class Fitted(NamedTuple):
    """One label's truth: how often it holds, and by function P(votes for it | it does not hold, it holds)."""

    prior: float
    functions: tuple[int, ...]
    says_yes: Floats
    """Shape (2, n_functions): row 0 where the label does not hold, row 1 where it does."""


class DawidSkene:
    """A label's functions weighed by the error rates that explain their votes best; abstention is a missing answer."""

    def __init__(self, patterns: Mapping[int, Mapping[Pattern, int]]) -> None:
        self.labels = {label: fit(counted) for label, counted in patterns.items()}

    def score(self, label: int, pattern: Pattern) -> float:
        """P(label | votes); a label or function that was not seen in fitting says nothing."""
        fitted = self.labels.get(label)
        if fitted is None:
            return 0.5
        yes, no = _matrices([[vote for vote in pattern if vote[0] in fitted.functions]], fitted.functions)
        return float(_posterior(fitted.prior, fitted.says_yes, yes, no)[0])


def is_given(score: float, pattern: Pattern) -> bool:
    """Whether the sentence gets the label: a score over one half, and a function that is for it."""
    return score > 0.5 and any(yes for _, yes in pattern)


def by_label(ballots: Iterable[Ballot]) -> dict[int, Pattern]:
    """The pattern of votes on every label that has any."""
    found: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for ballot in ballots:
        found[ballot.label].append((ballot.function, ballot.yes))
    return {label: tuple(votes) for label, votes in found.items()}


def fit(counted: Mapping[Pattern, int], rounds: int = ROUNDS) -> Fitted:
    """EM from the majority's answers, a tie counting half."""
    patterns, weight = list(counted), np.array(list(counted.values()), dtype=np.float64)
    functions = tuple(sorted({function for pattern in patterns for function, _ in pattern}))
    yes, no = _matrices(patterns, functions)
    voted_yes, voted_no = yes.sum(axis=1), no.sum(axis=1)
    holds = np.where(voted_yes > voted_no, 1.0, np.where(voted_yes < voted_no, 0.0, 0.5))
    for _ in range(rounds):
        prior, says_yes = _rates(holds, weight, yes, no)
        before, holds = holds, _posterior(prior, says_yes, yes, no)
        if np.abs(holds - before).max() < STILL:
            break
    return Fitted(prior, functions, says_yes)


def _rates(holds: Floats, weight: Floats, yes: Floats, no: Floats) -> tuple[float, Floats]:
    """The M step: the label's frequency, and each function's answers in either case."""
    cases = np.stack([(1 - holds) * weight, holds * weight])
    says_yes, says_no = cases @ yes + [[WRONG], [RIGHT]], cases @ no + [[RIGHT], [WRONG]]
    prior = (cases[1].sum() + 1) / (weight.sum() + 2)
    return float(prior), np.asarray(says_yes / (says_yes + says_no))


def _posterior(prior: float, says_yes: Floats, yes: Floats, no: Floats) -> Floats:
    """The E step: P(label holds | votes) of every pattern, by Bayes' rule in logarithms."""
    rates = np.log(says_yes), np.log1p(-says_yes)
    evidence = yes @ (rates[0][1] - rates[0][0]) + no @ (rates[1][1] - rates[1][0])
    return np.asarray(1 / (1 + np.exp(-(evidence + np.log(prior) - np.log1p(-prior)))))


def _matrices(patterns: Sequence[Sequence[tuple[int, bool]]], functions: Sequence[int]) -> tuple[Floats, Floats]:
    """Votes for and votes against, both (n_patterns, n_functions)."""
    column = {function: k for k, function in enumerate(functions)}
    yes, no = np.zeros((2, len(patterns), len(functions)))
    for row, pattern in enumerate(patterns):
        for function, is_yes in pattern:
            (yes if is_yes else no)[row, column[function]] = 1.0
    return yes, no
