"""`framing train`."""

from pathlib import Path
from typing import Annotated

import typer

from framing.errors import FramingError


def train(
    config: Annotated[Path | None, typer.Argument(help="A YAML file, as configs/train/linear.yaml")] = None,
    overrides: Annotated[list[str] | None, typer.Argument(help="key=value, dots reach into sections")] = None,
    seeds: Annotated[str | None, typer.Option(help="As 13,14,15: a nested run a seed, with mean and sd")] = None,
    resume: Annotated[str | None, typer.Option(help="Go on with a run that did not end, by its id")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")] = False,
) -> None:
    """Train one model, judge it and log the run to MLflow."""
    from framing import config as configs
    from framing.cli.output import print_outcome, print_seeds, say
    from framing.models import processes

    if (config is None) == (resume is None):
        raise FramingError(
            expected="either CONFIG or --resume RUN_ID", found="both or neither", fix="A run knows its own config."
        )
    if resume and seeds:
        raise FramingError(
            expected="--seeds or --resume", found="both", fix="Go on with the runs one by one, without --seeds."
        )
    if processes.count() > 1 and seeds:
        raise FramingError(
            expected="one process for --seeds",
            found=f"{processes.count()}",
            fix="Call it without torchrun.",
        )
    if config is None:
        _go_on(str(resume), json=json)
        return
    loaded = configs.load(config, overrides or ())
    if seeds is not None:
        from framing.seeds import train as run_seeds

        print_seeds(run_seeds(loaded, configs.seeds_in(seeds), say=say), as_json=json)
        return
    if processes.rank() > 0:
        from framing.pipeline import assist

        assist(loaded)
        return
    from framing.pipeline import train as run

    print_outcome(run(loaded, say=say), as_json=json)


def _go_on(run: str, *, json: bool) -> None:
    from framing import resuming
    from framing.cli.output import print_outcome, say
    from framing.models import processes

    if processes.rank() > 0:
        resuming.assist(run)
        return
    print_outcome(resuming.resume(run, say=say), as_json=json)
