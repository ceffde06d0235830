"""`framing serve`."""

from typing import Annotated

import typer

from framing.cli.predict import CHAMPION


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is reachable from this machine only")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    model: Annotated[str, typer.Option(help="An MLflow model URI or a model folder")] = CHAMPION,
) -> None:
    """Answer POST /v1/predict over HTTP."""
    from framing.serving import app
    from framing.tracking.registry import load

    app.serve(load(model), host=host, port=port)
