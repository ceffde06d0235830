"""The score sheet: reports side by side as Markdown, which the terminal, MLflow and the README all show."""

from collections.abc import Sequence

import numpy as np

from framing.evaluation.intervals import Interval
from framing.evaluation.report import Report


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


def _bracketed(value: Interval) -> str:
    return f"{_number(value.value)} [{_number(value.low)}, {_number(value.high)}]"


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "n/a"


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(str(row[k])) for row in [head, *rows]) for k in range(len(head))]
    lines = [head, ["-" * w for w in widths], *rows]
    padded = ["| " + " | ".join(str(c).ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join(padded) + "\n"
