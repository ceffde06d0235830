"""`framing label`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.score import Engine
from framing.errors import FramingError


class Way(StrEnum):
    """How votes become labels."""

    majority = "majority"
    dawid_skene = "dawid-skene"


def label(  # noqa: PLR0917 - a command line has as many options as it has
    pool: Annotated[Path, typer.Argument(help="JSONL rows with `text`, also .gz: unlabelled sentences")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the labelled records go, .jsonl or .jsonl.gz")],
    functions: Annotated[
        Path | None, typer.Option(help="Your Python file of functions f(sentence); it is RUN, so name only your own")
    ] = None,
    aggregate: Annotated[Way, typer.Option(help="How votes become labels")] = Way.majority,
    gold: Annotated[Path | None, typer.Option(help="A dataset folder that functions and labels are judged on")] = None,
    analysis: Annotated[bool, typer.Option("--analysis", help="Also print a row a function")] = False,
    taxonomy: Annotated[str, typer.Option(help="Name or file of the taxonomy")] = "conflict",
    engine: Annotated[
        Engine | None,
        typer.Option(help="For a file or folder of any length and form, as score; --out is a folder then"),
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes of the engine; 0: one a core")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Give unlabelled sentences weak labels by the taxonomy's cues and your own functions."""
    from framing import labelling
    from framing import taxonomy as taxonomies
    from framing.cli.output import say, show
    from framing.data import dataset
    from framing.data.weak.functions import Voters, read_functions

    if engine:
        if gold or analysis or aggregate is not Way.majority:
            raise FramingError(
                expected="with --engine no --gold, no --analysis and majority vote",
                found="another wish",
                fix="Label a sample without --engine to judge the functions.",
            )
        label_parts(
            pool, out, taxonomy=taxonomy, functions=functions, engine=engine.value, workers=workers, as_json=json
        )
        return
    known = taxonomies.load(taxonomy)
    judged = dataset.load(gold, known) if gold else None
    voters = Voters(known, read_functions(functions) if functions else ())
    done = labelling.label_pool(pool, out, voters, taxonomy=known.name, aggregate=aggregate.value, gold=judged, say=say)
    show(done.to_json() if json else done.sheet(analysis=analysis))


def label_parts(
    pool: Path, out: Path, *, taxonomy: str, functions: Path | None, engine: str, workers: int, as_json: bool
) -> None:
    """Label on an engine, and say what was done."""
    from framing.cli.output import progress_bar, show, to_json
    from framing.preparing import weak
    from framing.scoring.sources import Columns

    with progress_bar() as bar:
        manifest = weak.label(
            pool,
            out,
            taxonomy=taxonomy,
            functions=functions,
            columns=Columns(),
            engine=engine,
            workers=workers,
            progress=lambda done, total: bar("rows", done, total),
        )
    show(to_json(manifest) if as_json else weak.sheet(manifest, out))
