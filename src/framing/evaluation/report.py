"""The report of one model on one split: every figure with its n, and an interval where it has one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from framing.evaluation import intervals, metrics
from framing.evaluation.intervals import Interval
from framing.schema import Floats, Hot, Sentence, multi_hot


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How one label fared. Without positives (`support` 0) recall, F1 and average precision are NaN."""

    label: str
    support: int
    decided: int
    precision: float
    recall: float
    f1: Interval
    average_precision: float
    brier: float
    calibration_error: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Report:
    """A model judged on a split."""

    name: str
    split: str
    data_digest: str
    sentences: int
    documents: int
    macro_f1: Interval
    micro_f1: Interval
    macro_ap: float
    calibration_error: float
    labels: tuple[LabelScore, ...]

    def metrics(self) -> dict[str, float]:
        """Flat names for MLflow, as `test/f1/liberation`; figures that do not exist (no positives) are left out."""
        named = {
            "macro_f1": self.macro_f1.value,
            "macro_f1_low": self.macro_f1.low,
            "macro_f1_high": self.macro_f1.high,
            "micro_f1": self.micro_f1.value,
            "micro_f1_low": self.micro_f1.low,
            "micro_f1_high": self.micro_f1.high,
            "macro_ap": self.macro_ap,
            "calibration_error": self.calibration_error,
        }
        for row in self.labels:
            named[f"f1/{row.label}"] = row.f1.value
            named[f"ap/{row.label}"] = row.average_precision
        return {f"{self.split}/{name}": value for name, value in named.items() if np.isfinite(value)}

    def to_record(self) -> dict[str, Any]:
        """As JSON values; a figure that does not exist is null."""
        record: dict[str, Any] = without_nan(asdict(self))
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """From `to_record`."""
        fields = {
            **record,
            "macro_f1": _interval(record["macro_f1"]),
            "micro_f1": _interval(record["micro_f1"]),
        }
        fields["labels"] = tuple(_label(row) for row in record["labels"])
        numbers: dict[str, Any] = {k: _number(v) if v is None else v for k, v in fields.items()}
        return cls(**numbers)

    def table(self) -> list[dict[str, Any]]:
        """One row a label, for `mlflow.log_table`."""
        return [
            {**asdict(row), "f1": row.f1.value, "f1_low": row.f1.low, "f1_high": row.f1.high} for row in self.labels
        ]


def judge(
    sentences: Sequence[Sentence],
    scores: Floats,
    decided: Hot,
    *,
    labels: Sequence[str],
    thresholds: Sequence[float],
    about: Mapping[str, str],
    draws: int = intervals.DRAWS,
    seed: int = 0,
) -> Report:
    """The report of calibrated `scores` and `decided`, both (n_sentences, n_labels), against the sentences' gold.

    `about` gives name, split and data_digest.
    """
    gold = multi_hot(sentences, labels)
    documents = [s.document for s in sentences]
    count = metrics.counts(gold, decided)
    by_label, macro, micro = intervals.f1_intervals(gold, decided, documents, draws=draws, seed=seed)
    columns = {
        "precision": metrics.precision(count),
        "recall": metrics.recall(count),
        "average_precision": metrics.average_precision(gold, scores),
        "brier": metrics.brier(gold, scores),
        "calibration_error": metrics.calibration_error(gold, scores),
        "threshold": np.asarray(thresholds),
    }
    rows = tuple(
        LabelScore(
            label=label,
            support=int(gold[:, k].sum()),
            decided=int(decided[:, k].sum()),
            f1=by_label[k],
            **{name: float(values[k]) for name, values in columns.items()},
        )
        for k, label in enumerate(labels)
    )
    return Report(
        **about,
        sentences=len(sentences),
        documents=len(set(documents)),
        macro_f1=macro,
        micro_f1=micro,
        macro_ap=metrics.mean_over_labels(columns["average_precision"]),
        calibration_error=metrics.mean_over_labels(columns["calibration_error"]),
        labels=rows,
    )


def without_nan(value: Any) -> Any:
    """The same JSON value with null for every figure that does not exist."""
    if isinstance(value, dict):
        return {k: without_nan(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _interval(values: Sequence[float | None]) -> Interval:
    return Interval(*(_number(v) for v in values))


def _label(row: Mapping[str, Any]) -> LabelScore:
    rest: dict[str, Any] = {k: _number(v) if v is None else v for k, v in row.items() if k != "f1"}
    return LabelScore(f1=_interval(row["f1"]), **rest)
