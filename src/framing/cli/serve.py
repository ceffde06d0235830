"""`framing serve`."""

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.predict import CHAMPION


def serve(  # noqa: PLR0917 - a command line has as many options as it has
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is reachable from this machine only")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    model: Annotated[str, typer.Option(help="An MLflow model URI or a model folder; an alias is followed")] = CHAMPION,
    keys: Annotated[Path | None, typer.Option(help="File of API keys, from `framing keys new`")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes, each with its own model")] = 1,
    poll: Annotated[float, typer.Option(min=0, help="Seconds between looks at the alias; 0 for none")] = 10.0,
    batch: Annotated[int, typer.Option(min=1, max=4096, help="Sentences read together at most")] = 256,
    wait: Annotated[float, typer.Option(min=0, max=1, help="Seconds a batch waits for company")] = 0.0,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads a process; default: its share of cores")] = None,
    backend: Annotated[str, typer.Option(help="fp32, bf16, or auto: what a short self-test finds better")] = "fp32",
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds one request may take")] = 60.0,
    drift_log: Annotated[
        Path | None, typer.Option(help="Append features and scores of each request, without text, to this file")
    ] = None,
    drift_window: Annotated[
        int, typer.Option(min=100, help="Newest sentences of a process that /metrics compares with the reference")
    ] = 5_000,
) -> None:
    """Answer over HTTP; docs/serve.md has the endpoints."""
    import os

    from framing.data.corrections import PLACE
    from framing.serving.service import serve as run
    from framing.serving.settings import Limits, Settings
    from framing.tracking.store import home

    run(
        Settings(
            model=model,
            host=host,
            port=port,
            keys=str(keys) if keys else None,
            workers=workers,
            poll_seconds=poll,
            wait_seconds=wait,
            batch_sentences=batch,
            threads=threads or max(1, len(os.sched_getaffinity(0)) // workers),
            backend=backend,
            corrections=str(home() / PLACE),
            drift_log=str(drift_log.absolute()) if drift_log else None,
            drift_window=drift_window,
            limits=Limits(request_seconds=timeout),
        )
    )
