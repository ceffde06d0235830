"""The score sheet: reports side by side as Markdown, which the terminal, MLflow and the README all show."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from framing.evaluation.agreement import Agreement
from framing.evaluation.comparison import DETECTABLE, FIGURES, Comparison, Difference
from framing.evaluation.intervals import Interval
from framing.evaluation.report import Report, without_nan


def score_sheet(reports: Sequence[Report]) -> str:
    """One row a model, then one row a label of the last report (the best, where the caller sorts so)."""
    first = reports[0]
    head = (
        f"n = {first.sentences} sentences in {first.documents} documents, split `{first.split}`, "
        f"data `{first.data_digest[:12]}`; brackets hold 95% bootstrap intervals by document.\n\n"
    )
    return head + models_table(reports) + "\n" + labels_table(reports[-1])


def models_table(reports: Sequence[Report]) -> str:
    """Macro F1, micro F1, mean average precision and calibration error, a row a model."""
    rows = [
        [
            r.name,
            _bracketed(r.macro_f1),
            _bracketed(r.micro_f1),
            _number(r.macro_ap),
            _number(r.calibration_error),
        ]
        for r in reports
    ]
    return _markdown(["model", "macro F1", "micro F1", "mean AP", "ECE"], rows)


def labels_table(report: Report) -> str:
    """Every label, also one without positives, with its support."""
    rows = []
    for row in report.labels:
        none = row.support == 0
        f1 = "n/a (0)" if none else _bracketed(row.f1)
        rows.append(
            [
                row.label,
                str(row.support),
                f1,
                _number(row.precision),
                "n/a" if none else _number(row.recall),
                "n/a" if none else _number(row.average_precision),
            ]
        )
    return _markdown([f"label ({report.name})", "n", "F1", "precision", "recall", "AP"], rows)


def agreement_sheet(rows: Sequence[Agreement], documents: Sequence[str], *, as_json: bool = False) -> str:
    """Two coders side by side, a row a label; a figure that does not exist is `n/a`, in JSON null."""
    if as_json:
        record = without_nan({"sentences": len(documents), "labels": [asdict(row) for row in rows]})
        return json.dumps(record, ensure_ascii=False, indent=1)
    head = (
        f"n = {len(documents)} sentences in {len(set(documents))} documents; brackets hold 95% intervals by document."
    )
    columns = ["label", "first", "second", "both", "alpha", "positive agreement", "AC1"]
    cells = [
        [r.label, str(r.first), str(r.second), str(r.both), *map(_bracketed, (r.alpha, r.positive, r.ac1))]
        for r in rows
    ]
    return f"{head}\n\n{_markdown(columns, cells)}"


def comparison_sheet(reports: Sequence[Report], comparisons: Sequence[Comparison], *, labels: bool = True) -> str:
    """Runs side by side: the figures of each, then every run against the first, by figure and (`labels`) by label."""
    first = reports[0]
    head = (
        f"n = {first.sentences} sentences in {first.documents} documents, split `{first.split}`, "
        f"data `{first.data_digest[:12]}`.\nDifferences are from `{first.name}`; brackets hold 95% bootstrap intervals "
        f"by document, paired for differences.\nDetectable: {DETECTABLE} bootstrap standard errors, the true "
        "difference found with 80% power at 5%. p: McNemar; Holm over the labels.\n\n"
    )
    tables = [models_table(reports)]
    for one in comparisons:
        tables += [_figures_table(one), *([_label_differences(one)] if labels else [])]
    return head + "\n".join(tables)


def _figures_table(one: Comparison) -> str:
    head = [f"{one.other} against {one.reference}", one.reference, one.other, "difference", "detectable"]
    return _markdown(head, [[FIGURES[name], *_differing(d)] for name, d in one.figures.items()])


def _label_differences(one: Comparison) -> str:
    only = [f"only {name} right" for name in (one.reference, one.other)]
    head = ["label", "n", one.reference, one.other, "F1 difference", "detectable", *only, "p", "p (Holm)"]
    rows = [
        [
            row.label,
            str(row.support),
            *(_differing(row.f1) if row.support else ["n/a (0)"] * 4),
            str(row.only_reference),
            str(row.only_other),
            _number(row.p),
            _number(row.p_holm),
        ]
        for row in one.labels
    ]
    return _markdown(head, rows)


def _differing(d: Difference) -> list[str]:
    value, low, high = (f"{part:+.3f}" if np.isfinite(part) else "n/a" for part in d.difference)
    return [_number(d.reference), _number(d.other), f"{value} [{low}, {high}]", _number(d.detectable)]


def _bracketed(value: Interval) -> str:
    return f"{_number(value.value)} [{_number(value.low)}, {_number(value.high)}]"


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "n/a"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(str(row[k])) for row in [head, *rows]) for k in range(len(head))]
    lines = [head, ["-" * w for w in widths], *rows]
    padded = ["| " + " | ".join(str(c).ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join(padded) + "\n"
