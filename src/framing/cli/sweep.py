"""`framing sweep`."""

from pathlib import Path
from typing import Annotated

import typer


def sweep(
    config: Annotated[Path, typer.Argument(help="A YAML file, as configs/sweep/minilm.yaml")],
    trials: Annotated[int | None, typer.Option(min=1, help="Ended trials; default: as in the file")] = None,
    storage: Annotated[str | None, typer.Option(help="Database of the study; default: runs/sweeps.db")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Search for a better config, trial by trial; the same command goes on, also from several processes at once."""
    from json import dumps

    from framing import sweeping
    from framing.cli.output import say, show
    from framing.config import load_sweep

    found = sweeping.run(load_sweep(config), trials=trials, storage=storage, say=say)
    if json:
        best = {"trial": found.best.number, "value": found.best.value, "params": found.best.params}
        show(dumps({"run_id": found.run_id, "trials": len(found.trials), "best": best, "command": found.command}))
    else:
        show(f"{found.sheet()}\n{found.command}")
