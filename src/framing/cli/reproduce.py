"""`framing reproduce`."""

from typing import Annotated

import typer


def reproduce(
    run_id: Annotated[str, typer.Argument(metavar="RUN_ID", help="A training run in MLflow")],
    scores_only: Annotated[
        bool, typer.Option("--scores-only", help="Judge the logged model again instead of training")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Train a run again from its record and compare every score; exit 2 where they differ."""
    from framing.cli.output import print_reproduction, say
    from framing.reproduce import reproduce as run
    from framing.reproduce import require

    result = run(run_id, scores_only=scores_only, say=say)
    print_reproduction(result, as_json=json)
    require(result)
