"""The score sheet: reports side by side as Markdown, which the terminal, MLflow and the README all show."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from framing.evaluation.agreement import Agreement
from framing.evaluation.ceiling import Ceiling
from framing.evaluation.rationales import EvidenceScore
from framing.evaluation.report import Report, without_nan
from framing.evaluation.slices import SliceScore
from framing.evaluation.tables import bracketed, markdown, number


def score_sheet(
    reports: Sequence[Report], ceilings: Sequence[Ceiling] = (), evidence: Sequence[EvidenceScore] = ()
) -> str:
    """One row a model and a coder, then a row a label of the last report (the best, where the caller sorts so)."""
    first = reports[0]
    head = (
        f"n = {first.sentences} sentences in {first.documents} documents, split `{first.split}`, "
        f"data `{first.data_digest[:12]}`; brackets hold 95% bootstrap intervals by document.\n\n"
    )
    tables = [models_table(reports, ceilings), labels_table(reports[-1])]
    return head + "\n".join([*tables, evidence_table(evidence)] if evidence else tables)


def models_table(reports: Sequence[Report], ceilings: Sequence[Ceiling] = ()) -> str:
    """Macro F1, micro F1, mean average precision and calibration error, a row a model; coders have only F1."""
    rows = [
        [
            r.name,
            bracketed(r.macro_f1),
            bracketed(r.micro_f1),
            bracketed(r.macro_ap),
            number(r.calibration_error),
        ]
        for r in reports
    ]
    rows += [
        [f"coder {c.by} (n = {c.sentences})", bracketed(c.macro_f1), bracketed(c.micro_f1), "n/a", "n/a"]
        for c in ceilings
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
                bracketed(row.precision),
                "n/a" if none else bracketed(row.recall),
                "n/a" if none else bracketed(row.average_precision),
            ]
        )
    return markdown([f"label ({report.name})", "n", "F1", "precision", "recall", "AP"], rows)


def slices_table(rows: Sequence[SliceScore]) -> str:
    """A row a slice, with its size and its gap to the rest."""
    cells = [
        [f"{r.slice}: {r.value}", str(r.sentences), str(r.documents), *map(bracketed, (r.macro_f1, r.micro_f1, r.gap))]
        for r in rows
    ]
    return markdown(["slice", "n", "documents", "macro F1", "micro F1", "gap"], cells)


def evidence_table(rows: Sequence[EvidenceScore]) -> str:
    """A row a label and their mean: the model's words against gold's, and the deletion test."""
    cells = [
        [r.label, str(r.gold), bracketed(r.token_f1), bracketed(r.span_f1), str(r.deleted), bracketed(r.deletion)]
        for r in rows
    ]
    return markdown(["evidence", "n", "token F1", "span F1", "n deleted", "deletion"], cells)


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
