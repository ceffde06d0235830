"""Runs judged on the same sentences: how far each is from the first, and whether chance alone would explain it.

Documents are drawn once for all runs (paired bootstrap), so that what makes a document hard for every run cancels out.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from framing.errors import FramingError
from framing.evaluation import intervals, metrics
from framing.evaluation.intervals import DRAWS, Interval
from framing.evaluation.report import Report, without_nan
from framing.schema import Floats, Hot

FIGURES = {"macro_f1": "macro F1", "micro_f1": "micro F1", "macro_ap": "mean AP"}
"""The figures that are compared beside F1 a label: name of the metric, name on the sheet."""
DETECTABLE = 2.8
"""Standard errors between zero and a true difference that a two-sided test at 5% finds with 80% power: 1.96 + 0.84."""
EXACT_BELOW = 25
"""Sentences that one run alone gets right, below which McNemar's test is the exact binomial one."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a run scored and decided on every sentence of a split; arrays are (n_sentences, n_labels)."""

    run_id: str
    report: Report
    ids: tuple[str, ...]
    documents: tuple[str, ...]
    gold: Hot
    scores: Floats
    decided: Hot

    @property
    def labels(self) -> tuple[str, ...]:
        """In taxonomy order."""
        return tuple(row.label for row in self.report.labels)


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two runs, and other minus reference with its paired interval."""

    reference: float
    other: float
    difference: Interval
    detectable: float
    """The true difference that would be found with 80% power at 5%: 2.8 bootstrap standard errors."""

    def parts(self) -> dict[str, float]:
        """What can be said of the difference, by name."""
        value, low, high = self.difference
        return {"difference": value, "low": low, "high": high, "detectable": self.detectable}


@dataclass(frozen=True, slots=True)
class LabelDifference:
    """F1 of one label in two runs, and McNemar's test on the sentences that one run alone gets right."""

    label: str
    support: int
    f1: Difference
    only_reference: int
    only_other: int
    p: float
    p_holm: float
    """`p` after Holm's correction over the labels of this pair of runs."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against the reference, on one split."""

    split: str
    reference: str
    other: str
    figures: dict[str, Difference]
    labels: tuple[LabelDifference, ...]

    def metrics(self) -> dict[str, float]:
        """Flat names for MLflow, as `test/versus_REFERENCE/OTHER/macro_f1`; figures that do not exist are left out."""
        flat = {f"{name}_{part}": value for name, d in self.figures.items() for part, value in d.parts().items()}
        flat = {name.removesuffix("_difference"): value for name, value in flat.items()}
        flat |= {f"f1/{row.label}": row.f1.difference.value for row in self.labels}
        reference, other = (name.replace("/", "_") for name in (self.reference, self.other))
        section = f"{self.split}/versus_{reference}/{other}"
        return {f"{section}/{name}": value for name, value in flat.items() if np.isfinite(value)}

    def to_record(self) -> dict[str, Any]:
        """As JSON values; a figure that does not exist is null, a difference is [value, low, high]."""
        record: dict[str, Any] = without_nan(asdict(self))
        return record

    def figure_rows(self) -> list[dict[str, Any]]:
        """One row a figure, for `mlflow.log_table`."""
        return [self._row(d) | {"figure": name} for name, d in self.figures.items()]

    def label_rows(self) -> list[dict[str, Any]]:
        """One row a label, for `mlflow.log_table`."""
        return [self._row(row.f1) | {k: v for k, v in asdict(row).items() if k != "f1"} for row in self.labels]

    def _row(self, d: Difference) -> dict[str, Any]:
        values = {"value_reference": d.reference, "value_other": d.other, **d.parts()}
        return {"reference": self.reference, "other": self.other, **values}


def compare(judgements: Sequence[Judgement], *, draws: int = DRAWS, seed: int = 0) -> list[Comparison]:
    """Every run but the first against the first; raises FramingError unless all judged the same sentences."""
    _check(judgements)
    n_documents = len(set(judgements[0].documents))
    weights = intervals.draw_documents(n_documents, draws, seed)
    point = [_drawn(one, np.ones((1, n_documents)))[0] for one in judgements]
    drawn = [_drawn(one, weights) for one in judgements]
    return [
        _comparison(judgements[0], judgements[k], _differences(point[0], point[k], drawn[k] - drawn[0]))
        for k in range(1, len(judgements))
    ]


def mcnemar(one: int, other: int) -> float:
    """The p of McNemar's test from the sentences that one run alone gets right, and those the other alone does.

    Exact below 25 such sentences, else chi-squared with continuity correction (Edwards 1948); 1 where there are none.
    It takes sentences as independent: the interval, which draws documents, is the more careful of the two.
    """
    from scipy.stats import binomtest, chi2

    n = one + other
    if n == 0:
        return 1.0
    if n < EXACT_BELOW:
        return float(binomtest(min(one, other), n, 0.5).pvalue)
    return float(chi2.sf(max(abs(one - other) - 1, 0) ** 2 / n, df=1))


def holm(p: Floats) -> Floats:
    """Holm's (1979) adjusted p, in the order given: below 5% means found at 5% over all tests together."""
    order = np.argsort(p, kind="stable")
    stepped = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return adjusted


def _check(judgements: Sequence[Judgement]) -> None:
    if len(judgements) < 2 or len({one.run_id for one in judgements}) < len(judgements):
        raise FramingError(
            expected="two or more different runs to compare",
            found=str([one.report.name for one in judgements]),
            fix="Name each run once; `mlflow ui` lists them.",
        )
    first = judgements[0]
    for other in judgements[1:]:
        asked = {
            "the data digest": (first.report.data_digest[:12], other.report.data_digest[:12]),
            "the labels": (first.labels, other.labels),
            "the sentence ids": (first.ids, other.ids),
        }
        for what, (here, there) in asked.items():
            if here != there:
                raise _unlike(what, first.report.name, other.report.name, here, there)


def _unlike(what: str, first: str, other: str, here: Sequence[str], there: Sequence[str]) -> FramingError:
    if isinstance(here, str):
        expected, found = here, str(there)
    else:
        missing, extra = sorted(set(here) - set(there)), sorted(set(there) - set(here))
        expected = f"{len(here)} of them"
        found = (
            f"{len(there)}, without {missing[:3]}, with {extra[:3]} besides" if missing or extra else "another order"
        )
    return FramingError(
        expected=f"{what} of run {other!r} to be those of {first!r} ({expected})",
        found=found,
        fix="Train both on one dataset with one taxonomy, then compare.",
    )


def _drawn(one: Judgement, weights: Floats) -> Floats:
    """The figures, then F1 a label, of each draw: shape (draws, 3 + n_labels)."""
    count = intervals.drawn_counts(one.gold, one.decided, one.documents, weights)
    f1 = metrics.f1(count)
    micro = metrics.f1(metrics.micro(count))[:, 0]
    precision = intervals.drawn_average_precision(one.gold, one.scores, one.documents, weights)
    return np.column_stack([intervals.row_means(f1), micro, intervals.row_means(precision), f1])


def _differences(reference: Floats, other: Floats, drawn: Floats) -> list[Difference]:
    low, high = intervals.bounds(drawn)
    error = np.full(len(reference), np.nan)
    some = np.isfinite(drawn).sum(axis=0) > 1
    error[some] = np.nanstd(drawn[:, some], axis=0, ddof=1)
    rows = np.stack([reference, other, other - reference, low, high, DETECTABLE * error], axis=1).tolist()
    return [Difference(a, b, Interval(value, lo, hi), least) for a, b, value, lo, hi, least in rows]


def _comparison(reference: Judgement, other: Judgement, differences: Sequence[Difference]) -> Comparison:
    right, also = reference.decided == reference.gold, other.decided == reference.gold
    only = [(right & ~also).sum(axis=0).tolist(), (also & ~right).sum(axis=0).tolist()]
    p = np.array([mcnemar(one, two) for one, two in zip(*only, strict=True)])
    support = reference.gold.sum(axis=0).tolist()
    columns = (reference.labels, support, differences[len(FIGURES) :], *only, p.tolist(), holm(p).tolist())
    labels = tuple(LabelDifference(*row) for row in zip(*columns, strict=True))
    figures = dict(zip(FIGURES, differences, strict=False))
    report = reference.report
    return Comparison(report.split, report.name, other.report.name, figures, labels)
