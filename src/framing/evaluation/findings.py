"""Everything an evaluator reads about one model on one split: what the score sheet, report.html and the card show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from framing.evaluation.ceiling import Ceiling
from framing.evaluation.mistakes import Mistake
from framing.evaluation.rationales import EvidenceScore
from framing.evaluation.report import Report
from framing.evaluation.selective import Curve
from framing.evaluation.slices import SliceScore
from framing.schema import Floats, Hot

BASELINES = ("prior", "metadata", "topic", "entity", "rules", "linear")
"""Kinds whose newest run on the same data stands beside every model, in this order."""
BINS = 10


class Bin(NamedTuple):
    """Scores of like height, all labels pooled."""

    mean_score: float
    positives: float
    """Share of them that are gold."""
    scores: int


@dataclass(frozen=True, slots=True)
class Findings:
    """The report of a model with what it has to be read beside."""

    report: Report
    baselines: Sequence[Report]
    ceilings: Sequence[Ceiling]
    slices: Sequence[SliceScore]
    mistakes: Sequence[Mistake]
    reliability: Sequence[Bin]
    risk: Curve
    evidence: Sequence[EvidenceScore] = ()
    """A row a label and their mean; empty where gold has no evidence."""


def reliability_bins(gold: Hot, scores: Floats) -> list[Bin]:
    """Mean score and share of positives in ten bins of equal width; empty bins are left out."""
    flat, truth = scores.ravel(), gold.ravel()
    place: np.ndarray = np.clip((flat * BINS).astype(int), 0, BINS - 1)
    parts = [place == b for b in range(BINS)]
    return [Bin(float(flat[p].mean()), float(truth[p].mean()), int(p.sum())) for p in parts if p.any()]
