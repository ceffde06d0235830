"""The report of one model on one split: every figure with its n, and an interval where it has one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np

from framing.errors import FramingError
from framing.evaluation import intervals, metrics, selective
from framing.evaluation.intervals import Interval
from framing.schema import Floats, Hot, Sentence, multi_hot

FORMAT = "2"
"""Goes up when a field of `Report` comes or goes: a run's tag `framing.report` says what its reports.json holds."""


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How one label fared. Without positives (`support` 0) recall, F1 and average precision are NaN."""

    label: str
    support: int
    decided: int
    precision: Interval
    recall: Interval
    f1: Interval
    average_precision: Interval
    brier: float
    calibration_error: float
    threshold: float
    coverage: float
    """Share of sentences on which the decision is not withheld."""
    selective_risk: float
    """Share of wrong decisions among those."""


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
    samples_f1: Interval
    """Mean F1 of sentences that have a label or were given one."""
    macro_ap: Interval
    calibration_error: float
    coverage: Interval
    """Share of sentences on which no decision is withheld."""
    selective_risk: Interval
    """Share of those with a wrong decision in any label."""
    risk_area: float
    """Mean risk over all coverages, from `selective.area`."""
    labels: tuple[LabelScore, ...]

    def metrics(self) -> dict[str, float]:
        """Flat names for MLflow, as `test/f1/liberation`; figures that do not exist (no positives) are left out."""
        named = {"calibration_error": self.calibration_error, "risk_area": self.risk_area}
        for name in INTERVALS:
            value, low, high = getattr(self, name)
            named |= {name: value, f"{name}_low": low, f"{name}_high": high}
        for row in self.labels:
            named[f"f1/{row.label}"] = row.f1.value
            named[f"ap/{row.label}"] = row.average_precision.value
        return {f"{self.split}/{name}": value for name, value in named.items() if np.isfinite(value)}

    def to_record(self) -> dict[str, Any]:
        """As JSON values; a figure that does not exist is null."""
        record: dict[str, Any] = without_nan(asdict(self))
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """From `to_record`; raises FramingError on a report of another version."""
        _check(cls, record)
        values = {k: _value(k, v, INTERVALS) for k, v in record.items() if k != "labels"}
        return cls(**values, labels=tuple(_label(row) for row in record["labels"]))

    def table(self) -> list[dict[str, Any]]:
        """One row a label, for `mlflow.log_table`: an interval becomes three columns."""
        return [_flat(asdict(row)) for row in self.labels]


INTERVALS = ("macro_f1", "micro_f1", "samples_f1", "macro_ap", "coverage", "selective_risk")
LABEL_INTERVALS = ("precision", "recall", "f1", "average_precision")


def judge(
    sentences: Sequence[Sentence],
    scores: Floats,
    decided: Hot,
    *,
    labels: Sequence[str],
    thresholds: Sequence[float],
    about: Mapping[str, str],
    doubt: Sequence[float] | None = None,
    draws: int = intervals.DRAWS,
    seed: int = 0,
) -> Report:
    """The report of calibrated `scores` and `decided`, both (n_sentences, n_labels), against the sentences' gold.

    `about` gives name, split and data_digest; `doubt` where each label's band of doubt begins (none: no band).
    """
    gold = multi_hot(sentences, labels)
    documents = [s.document for s in sentences]
    weights = intervals.draw_documents(len(set(documents)), draws, seed)
    own = np.asarray(thresholds, dtype=np.float64)
    answer = selective.answered(scores, own, own if doubt is None else np.asarray(doubt))
    columns, means = _spread(gold, decided, scores, documents, weights)
    columns |= _columns(gold, decided, scores, answer)
    means |= _selective(gold, decided, answer, documents, weights)
    risk = selective.risk_coverage((gold != decided).any(axis=1), selective.confidence(scores, decided))
    named: dict[str, Any] = {**about, **means}
    return Report(
        **named,
        sentences=len(sentences),
        documents=len(set(documents)),
        calibration_error=metrics.mean_over_labels(np.array(columns["calibration_error"])),
        risk_area=selective.area(risk),
        labels=tuple(
            LabelScore(label=label, threshold=float(own[k]), **{name: values[k] for name, values in columns.items()})
            for k, label in enumerate(labels)
        ),
    )


def _columns(gold: Hot, decided: Hot, scores: Floats, answer: Hot) -> dict[str, list[Any]]:
    """The figures of each label that have no interval."""
    return {
        "support": gold.sum(axis=0).tolist(),
        "decided": decided.sum(axis=0).tolist(),
        "brier": metrics.brier(gold, scores).tolist(),
        "calibration_error": metrics.calibration_error(gold, scores).tolist(),
        "coverage": selective.coverage(answer).tolist(),
        "selective_risk": selective.selective_risk(gold, decided, answer).tolist(),
    }


def _selective(gold: Hot, decided: Hot, answer: Hot, documents: Sequence[str], weights: Floats) -> dict[str, Interval]:
    """Coverage and risk of whole sentences."""
    whole = answer.all(axis=1)
    risk = np.where(whole, (gold != decided).any(axis=1), np.nan)
    values = {"coverage": np.asarray(whole, dtype=np.float64), "selective_risk": np.asarray(risk, dtype=np.float64)}
    return {name: intervals.mean_interval(value, documents, weights) for name, value in values.items()}


def _spread(
    gold: Hot, decided: Hot, scores: Floats, documents: Sequence[str], weights: Floats
) -> tuple[dict[str, list[Any]], dict[str, Interval]]:
    """The figures that have an interval: a list a label of each, and the means over labels or sentences."""
    count = metrics.counts(gold, decided)
    drawn = intervals.drawn_counts(gold, decided, documents, weights)
    ap = metrics.average_precision(gold, scores)
    drawn_ap = intervals.drawn_average_precision(gold, scores, documents, weights)
    columns: dict[str, list[Any]] = {
        "precision": intervals.by_label(metrics.precision(count), metrics.precision(drawn)),
        "recall": intervals.by_label(metrics.recall(count), metrics.recall(drawn)),
        "f1": intervals.by_label(metrics.f1(count), metrics.f1(drawn)),
        "average_precision": intervals.by_label(ap, drawn_ap),
    }
    macro, micro = intervals.pooled_f1(count, drawn)
    means = {
        "macro_f1": macro,
        "micro_f1": micro,
        "samples_f1": intervals.mean_interval(metrics.f1_by_sentence(gold, decided), documents, weights),
        "macro_ap": intervals.interval(metrics.mean_over_labels(ap), intervals.row_means(drawn_ap)),
    }
    return columns, means


def without_nan(value: Any) -> Any:
    """The same JSON value with null for every figure that does not exist."""
    if isinstance(value, dict):
        return {k: without_nan(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _check(form: Any, record: Mapping[str, Any]) -> None:
    known = {field.name for field in fields(form)}
    if other := sorted(known ^ set(record)):
        raise FramingError(
            expected=f"a report with the fields of this version, {sorted(known)}",
            found=f"{other} missing or unknown",
            fix="Train that run again, or read it with the version of framing that made it.",
        )


def _value(name: str, value: Any, spread: Sequence[str]) -> Any:
    if name in spread:
        return Interval(*(_number(v) for v in value))
    return _number(value)


def _number(value: Any) -> Any:
    return float("nan") if value is None else value


def _label(row: Mapping[str, Any]) -> LabelScore:
    _check(LabelScore, row)
    return LabelScore(**{k: _value(k, v, LABEL_INTERVALS) for k, v in row.items()})


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        flat |= (
            {name: value[0], f"{name}_low": value[1], f"{name}_high": value[2]}
            if name in LABEL_INTERVALS
            else {name: value}
        )
    return flat
