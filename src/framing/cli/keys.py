"""`framing keys`: who may ask the service."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="API keys of `framing serve`.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """API keys of `framing serve`."""


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Whose key it is")],
    keys: Annotated[Path, typer.Option(help="The file it is added to, by its hash only")] = Path("runs/keys"),
) -> None:
    """Make a key and print it, once."""
    from framing.cli.output import show
    from framing.serving.keys import make

    show(make(name, keys))
