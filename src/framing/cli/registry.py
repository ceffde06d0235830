"""`framing registry`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Versions of the registered model `framing`.", no_args_is_help=True)


@app.callback()
def registry() -> None:
    """Versions of the registered model `framing`."""


@app.command("import-bundled")
def import_bundled(
    dataset: Annotated[Path, typer.Argument(help="The dataset folder that it is judged on")] = Path(
        "data/conflict_frames"
    ),
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Judge the bundled model, register it, and make it champion where there is none or where it passes the gate."""
    from framing.bundle import adopt
    from framing.cli.output import say
    from framing.cli.promote import print_entry

    print_entry(adopt(dataset, say=say), as_json=json)


@app.command()
def unlock() -> None:
    """Take the lock of a registry that machines share from a promotion that died with it."""
    from framing.cli.output import show
    from framing.tracking import mutex, store

    held = mutex.unlock(store.connect())
    show("nobody held the registry" if held is None else f"let go: it was held by {held}")
