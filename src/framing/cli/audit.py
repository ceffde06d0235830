"""`framing data audit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from framing.auditing import Audit
    from framing.data.dataset import Dataset


def audit(
    dataset: Annotated[Path, typer.Argument(help="A dataset folder")],
    taxonomy: Annotated[str, typer.Option(help="Name or file of its taxonomy")] = "conflict",
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    out: Annotated[Path | None, typer.Option(help="Also write audit.json, audit.md, likely_errors.jsonl there")] = None,
    mlflow: Annotated[bool, typer.Option("--mlflow", help="Also log the audit as an MLflow run")] = False,
) -> None:
    """Look for what is wrong with labels: disagreement, contradictions, likely errors, shortcuts."""
    from framing import auditing
    from framing import taxonomy as taxonomies
    from framing.cli.output import say
    from framing.data import dataset as datasets

    known = taxonomies.load(taxonomy)
    data = datasets.load(dataset, known)
    _keep(auditing.audit(data, known.ids(), say=say), data, as_json=json, out=out, in_mlflow=mlflow)


def _keep(found: "Audit", data: "Dataset", *, as_json: bool, out: Path | None, in_mlflow: bool) -> None:
    import json

    from framing.auditing import audit_sheet, error_lines
    from framing.cli.output import say, show
    from framing.data.files import write_text
    from framing.tracking.audits import log_audit

    record, sheet = found.to_record(), audit_sheet(found)
    if out:
        write_text(out / "audit.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
        write_text(out / "audit.md", sheet + "\n")
        write_text(out / "likely_errors.jsonl", error_lines(found, data))
    if in_mlflow:
        run_id = log_audit(found.dataset, found.digest, record=record, sheet=sheet, metrics=found.metrics())
        say(f"logged as run {run_id}")
    show(json.dumps(record, ensure_ascii=False) if as_json else sheet)
