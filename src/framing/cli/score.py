"""`framing score`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.predict import CHAMPION, Unit


class Engine(StrEnum):
    """Where the work is done."""

    local = "local"
    spark = "spark"


def score(  # noqa: PLR0917 - a command line has as many options as it has
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="Parquet, JSONL, CSV or TSV (also .gz), or a folder")],
    out: Annotated[Path, typer.Argument(metavar="OUTPUT", help="A folder; what an earlier job did there is kept")],
    model: Annotated[str, typer.Option(help="An MLflow model URI or a model folder")] = CHAMPION,
    engine: Annotated[Engine, typer.Option(help="local processes, or a Spark session")] = Engine.local,
    workers: Annotated[int, typer.Option(help="Processes, each with a model; 0: one a core")] = 0,
    unit: Annotated[Unit, typer.Option(help="sentence: take each text as one sentence")] = Unit.article,
    text: Annotated[str, typer.Option(help="The column of the text")] = "text",
    id_: Annotated[str, typer.Option("--id", help="The column of the id, where there is one")] = "id",
    part_rows: Annotated[int, typer.Option(help="Input rows a part; 0: 256 articles or 4096 sentences")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Score files of any length into partitioned Parquet; a job that was stopped goes on where it was."""
    from framing.cli.output import progress_bar, show, to_json
    from framing.scoring import job
    from framing.scoring.plan import Settings
    from framing.scoring.sources import Columns

    with progress_bar() as bar:
        manifest = job.score(
            source,
            out,
            model=model,
            engine=engine.value,
            workers=workers,
            settings=Settings(unit.value, Columns(text, id_), part_rows),
            progress=lambda done, total: bar("rows", done, total),
        )
    show(to_json(manifest) if json else job.sheet(manifest, out))
