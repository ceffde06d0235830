"""`framing sweep`."""

from pathlib import Path
from typing import Annotated

import typer


def sweep(
    config: Annotated[Path, typer.Argument(help="A YAML file, as configs/sweep/linear.yaml")],
    overrides: Annotated[list[str] | None, typer.Argument(help="key=value of the config that it begins with")] = None,
    trials: Annotated[int | None, typer.Option(min=1, help="Trials of the study that shall end")] = None,
    storage: Annotated[str | None, typer.Option(help="Database of the study; default: the MLflow store's")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the trials as JSON")] = False,
) -> None:
    """Search for the settings of a model with the best validation score; the same command goes on, or helps."""
    from framing import space
    from framing.cli.output import print_swept, say
    from framing.sweeping import sweep as run

    print_swept(run(space.load(config, overrides or ()), trials=trials, storage=storage, say=say), as_json=json)
