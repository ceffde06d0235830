"""`framing train`."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    config: Annotated[Path, typer.Argument(help="A YAML file, as configs/train/linear.yaml")],
    overrides: Annotated[list[str] | None, typer.Argument(help="key=value, dots reach into sections")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")] = False,
) -> None:
    """Train one model, judge it and log the run to MLflow."""
    from framing import config as configs
    from framing.cli.output import print_outcome, say
    from framing.pipeline import train as run

    outcome = run(configs.load(config, overrides or ()), say=say)
    print_outcome(outcome, as_json=json)
