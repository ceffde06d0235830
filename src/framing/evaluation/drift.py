"""How far live input has moved from the input that a model was judged on: histograms, an index and a test a feature.

The population stability index (Siddiqi 2006, *Credit Risk Scorecards*) is the sum over bins of
(live - reference) * ln(live / reference), of shares. The test is Pearson's chi-square of two samples over these bins.
Bins that expect too little of either sample are first joined with their neighbours, so that neither rests on bins that
are empty by chance. Sentences of one document are alike: p-values are therefore somewhat too small.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from framing.evaluation.bounds import Bounds
from framing.evaluation.comparison import holm
from framing.evaluation.report import without_nan
from framing.evaluation.tables import markdown, number
from framing.schema import Floats

Counts = npt.NDArray[np.int64]
Verdict = Literal["ok", "watch", "drift", "few"]

BINS = 10
"""Of traits whose range is not known beforehand: tenths of the reference."""
SCORES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
"""Inner edges for calibrated scores, most of which are small: frames are rare."""
DECISION = (0.5,)
EXPECTED = 5.0
"""Sentences that a bin must expect of either sample: Cochran's (1954) rule for chi-square."""
ABSENT = 0.5
"""Added to every bin before the index, which has no value for an empty one."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """`counts` has one entry more than `edges`; bin k holds `edges[k - 1] <= value < edges[k]`."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    mean: float

    def count(self, values: Floats) -> Counts:
        """Values a bin; NaN is in none."""
        known = values[~np.isnan(values)]
        return np.bincount(np.searchsorted(self.edges, known, side="right"), minlength=len(self.edges) + 1)


@dataclass(frozen=True, slots=True)
class Reference:
    """The input that a model was judged on. `center` is its mean direction among embeddings; empty without them."""

    split: str
    sentences: int
    features: Mapping[str, Histogram]
    center: tuple[float, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "split": self.split,
            "sentences": self.sentences,
            "features": {
                name: {"edges": h.edges, "counts": h.counts, "mean": h.mean} for name, h in self.features.items()
            },
            "center": self.center,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """From `to_record`."""
        features = {
            name: Histogram(tuple(row["edges"]), tuple(row["counts"]), row["mean"])
            for name, row in record["features"].items()
        }
        return cls(record["split"], record["sentences"], features, tuple(record["center"]))


@dataclass(frozen=True, slots=True)
class Shift:
    """One feature: its mean in the reference and live, the index, the test, and what they amount to."""

    feature: str
    reference: float
    live: float
    sentences: int
    psi: float
    p: float
    """After Holm's correction over the features judged together; NaN where too few sentences were seen."""
    verdict: Verdict

    def to_record(self) -> dict[str, Any]:
        """As JSON values; a figure that does not exist is null."""
        record: dict[str, Any] = without_nan({name: getattr(self, name) for name in self.__dataclass_fields__})
        return record


def refer(observed: Mapping[str, Floats], *, split: str, sentences: int, center: Floats) -> Reference:
    """The reference that observed features make; one without any value is left out."""
    known = {name: values[~np.isnan(values)] for name, values in observed.items()}
    features = {name: _histogram(name, values) for name, values in known.items() if len(values)}
    return Reference(split, sentences, features, tuple(float(x) for x in center))


def compare(reference: Reference, observed: Mapping[str, Floats], bounds: Bounds) -> tuple[Shift, ...]:
    """A shift for each feature of the reference, in its order."""
    found = [(name, h, _values(observed, name)) for name, h in reference.features.items()]
    judged = np.array([len(values) >= bounds.sentences for _, _, values in found], dtype=np.bool_)
    counts = [(np.array(h.counts), h.count(values)) for _, h, values in found]
    p = np.full(len(found), math.nan)
    p[judged] = holm(np.array([p_value(*pair) for pair, yes in zip(counts, judged, strict=True) if yes]))
    rows = []
    for (name, h, values), pair, value in zip(found, counts, p, strict=True):
        mean, index = float(values.mean()) if len(values) else math.nan, psi(*pair)
        rows.append(Shift(name, h.mean, mean, len(values), index, float(value), _verdict(index, value, bounds)))
    return tuple(rows)


def drifted(shifts: tuple[Shift, ...]) -> bool:
    """Whether any feature drifts."""
    return any(shift.verdict == "drift" for shift in shifts)


def psi(reference: Counts, live: Counts) -> float:
    """The population stability index of two histograms over the same bins; 0 where one bin is all that can be told."""
    table = joined(reference, live) + ABSENT
    old, new = table / table.sum(axis=1, keepdims=True)
    return float(((new - old) * np.log(new / old)).sum())


def p_value(reference: Counts, live: Counts) -> float:
    """Chi-square of two samples; 1 where one bin is all that can be told."""
    from scipy.stats import chi2_contingency

    table = joined(reference, live)
    return float(chi2_contingency(table).pvalue) if table.shape[1] > 1 else 1.0


def joined(reference: Counts, live: Counts) -> Floats:
    """Both histograms as rows (2, n_bins), neighbours joined until each bin expects enough of either.

    What is left at the end goes to the last bin.
    """
    table = np.array([reference, live], dtype=np.float64)
    least = table.sum(axis=1).min() / max(table.sum(), 1.0)
    bins: list[Floats] = []
    open_ = np.zeros(2)
    for column in table.T:
        open_ = open_ + column
        if open_.sum() * least >= EXPECTED:
            bins.append(open_)
            open_ = np.zeros(2)
    if not bins:
        return np.asarray(table.sum(axis=1, keepdims=True))
    bins[-1] = bins[-1] + open_
    return np.stack(bins, axis=1)


def drift_sheet(shifts: tuple[Shift, ...], reference: Reference) -> str:
    """Markdown for the terminal, the largest shift first."""
    head = ["feature", "reference", "live", "n", "PSI", "p", "verdict"]
    ranked = sorted(shifts, key=lambda shift: -shift.psi)
    rows = [
        [s.feature, number(s.reference), number(s.live), str(s.sentences), number(s.psi), number(s.p), s.verdict]
        for s in ranked
    ]
    return f"{markdown(head, rows)}reference: {reference.sentences} sentences of the {reference.split} split"


def _histogram(name: str, values: Floats) -> Histogram:
    kind = name.partition("/")[0]
    edges = {"score": SCORES, "rate": DECISION}.get(kind) or _tenths(values)
    empty = Histogram(edges, (), float(values.mean()))
    return Histogram(edges, tuple(int(n) for n in empty.count(values)), empty.mean)


def _tenths(values: Floats) -> tuple[float, ...]:
    """Edges that part the values into tenths; equal values share a bin, and all that are equal get one of their own."""
    edges = np.unique(np.quantile(values, np.arange(1, BINS) / BINS))
    inner = edges[edges > values.min()]
    return tuple(float(edge) for edge in inner) or (float(np.nextafter(values.max(), math.inf)),)


def _values(observed: Mapping[str, Floats], name: str) -> Floats:
    values = observed.get(name, np.zeros(0))
    return np.asarray(values[~np.isnan(values)])


def _verdict(index: float, p: float, bounds: Bounds) -> Verdict:
    if math.isnan(p):
        return "few"
    if p >= bounds.p or index < bounds.watch:
        return "ok"
    return "drift" if index >= bounds.drift else "watch"
