"""What a model is worth when it may say "don't know" (El-Yaniv and Wiener 2010): coverage and selective risk.

A decision is withheld where its score lies in the label's band of doubt. Risk is the share of wrong decisions among
those that were answered; a sentence is wrong where one of its answered labels is.
"""

from typing import NamedTuple

import numpy as np

from framing.schema import Floats, Hot


class Curve(NamedTuple):
    """Risk against coverage, both (n_steps,), from the surest sentence alone to all of them."""

    coverage: Floats
    risk: Floats


def answered(scores: Floats, thresholds: Floats, doubt: Floats) -> Hot:
    """Which decisions are not withheld; `doubt` is where each label's band begins, up to its threshold."""
    return np.asarray((scores < doubt) | (scores >= thresholds))


def coverage(answer: Hot) -> Floats:
    """Share of sentences on which the label is answered, (n_labels,)."""
    return np.asarray(answer.mean(axis=0), dtype=np.float64)


def selective_risk(gold: Hot, decided: Hot, answer: Hot) -> Floats:
    """Share of wrong decisions among the answered ones, (n_labels,); NaN where a label is never answered."""
    wrong, given = ((gold != decided) & answer).sum(0), answer.sum(0)
    return np.asarray(np.divide(wrong, given, out=np.full(len(given), np.nan), where=given > 0))


def confidence(scores: Floats, decided: Hot) -> Floats:
    """How sure the least sure decision of each sentence is, (n_sentences,): the score if decided, else 1 - score."""
    return np.asarray(np.where(decided, scores, 1 - scores).min(axis=1), dtype=np.float64)


def risk_coverage(wrong: Hot, confidence: Floats) -> Curve:
    """The share of wrong sentences among the surest ones, step by step; equally sure ones join together.

    `wrong` marks sentences, shape (n_sentences,).
    """
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    ends = np.flatnonzero(np.append(ranked[:-1] != ranked[1:], True)[: len(ranked)])
    taken = ends + 1
    return Curve(taken / max(len(wrong), 1), np.cumsum(wrong[order])[ends] / taken)


def area(curve: Curve) -> float:
    """Mean risk over all coverages (AURC, Geifman et al. 2019): lower is better; NaN without sentences."""
    steps = np.diff(curve.coverage, prepend=0.0)
    return float(curve.risk @ steps) if len(steps) else float("nan")
