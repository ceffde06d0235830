"""`framing compare`."""

from pathlib import Path
from typing import Annotated

import typer


def compare(
    runs: Annotated[list[str], typer.Argument(help="Run ids, beginnings of ids, or names; the first is the reference")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    out: Annotated[Path | None, typer.Option(help="Also leave sheet, JSON and plots in this new folder")] = None,
) -> None:
    """Compare runs judged on the same sentences, and log the comparison as a run of its own."""
    from framing.cli.output import say, show
    from framing.tracking.comparing import compare_runs

    compared = compare_runs(runs, out=out, say=say)
    show(compared.to_json() if json else f"{compared.sheet()}\nrun {compared.run_id}")
