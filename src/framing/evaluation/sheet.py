"""The score sheet: reports side by side as Markdown, which the terminal, MLflow and the README all show."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from framing.evaluation.agreement import Agreement
from framing.evaluation.report import Report, without_nan
from framing.evaluation.tables import bracketed, markdown, number


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
            bracketed(r.macro_f1),
            bracketed(r.micro_f1),
            number(r.macro_ap),
            number(r.calibration_error),
        ]
        for r in reports
    ]
    return markdown(["model", "macro F1", "micro F1", "mean AP", "ECE"], rows)


def labels_table(report: Report) -> str:
    """Every label, also one without positives, with its support."""
    rows = []
    for row in report.labels:
        none = row.support == 0
        f1 = "n/a (0)" if none else bracketed(row.f1)
        rows.append(
            [
                row.label,
                str(row.support),
                f1,
                number(row.precision),
                "n/a" if none else number(row.recall),
                "n/a" if none else number(row.average_precision),
            ]
        )
    return markdown([f"label ({report.name})", "n", "F1", "precision", "recall", "AP"], rows)


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
        [r.label, str(r.first), str(r.second), str(r.both), *map(bracketed, (r.alpha, r.positive, r.ac1))] for r in rows
    ]
    return f"{head}\n\n{markdown(columns, cells)}"
