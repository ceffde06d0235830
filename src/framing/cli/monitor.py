"""`framing monitor`."""

from pathlib import Path
from typing import Annotated

import typer

from framing.cli.predict import CHAMPION


def monitor(
    log: Annotated[Path, typer.Argument(help="A log of `framing serve --drift-log`, or a file of texts to score")],
    model: Annotated[str, typer.Option(help="An MLflow model URI or a model folder: the one that answered")] = CHAMPION,
    config: Annotated[str, typer.Option(help="Shipped bounds or a .yaml file")] = "default",
    window: Annotated[int | None, typer.Option(min=1, help="Only the last so many sentences")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Compare live input with what the model was judged on; exit status 1 where a feature drifts."""
    from framing.cli.output import print_shifts
    from framing.config import load_bounds
    from framing.evaluation.drift import compare, drifted
    from framing.monitoring import read_stream, reference_of
    from framing.tracking.registry import load

    bounds, loaded = load_bounds(config), load(model)
    reference = reference_of(loaded)
    stream = read_stream(log, loaded, window=window)
    shifts = compare(reference, stream.seen.features(loaded.labels), bounds)
    print_shifts(shifts, reference, others=stream.others, as_json=json)
    raise typer.Exit(1 if drifted(shifts) else 0)
