"""`framing evaluate`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Split(StrEnum):
    """Which part of the dataset is judged."""

    train = "train"
    validation = "validation"
    test = "test"


def evaluate(  # noqa: PLR0917 - a command line has as many options as it has
    model: Annotated[str, typer.Argument(help="An MLflow model URI, as models:/framing@champion, or a model folder")],
    dataset: Annotated[Path, typer.Argument(help="A dataset folder")],
    sides: Annotated[bool, typer.Option("--sides", help="Exchange the sides: the side-neutrality certificate")] = False,
    behaviour: Annotated[bool, typer.Option("--behaviour", help="Run the behaviour tests")] = False,
    split: Annotated[Split, typer.Option(help="The split that is judged")] = Split.test,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    out: Annotated[Path | None, typer.Option(help="Also write sheet.md and the JSON files into this folder")] = None,
    taxonomy: Annotated[str | None, typer.Option(help="Name or file of the labels; default: the model's")] = None,
) -> None:
    """Judge a model on a dataset: score sheet, side-neutrality, behaviour."""
    from framing import probing
    from framing import taxonomy as taxonomies
    from framing.cli.output import print_evaluated
    from framing.data import dataset as datasets
    from framing.tracking.registry import load

    loaded = load(model)
    known = taxonomies.load(taxonomy or loaded.taxonomy.split("/", maxsplit=1)[0])
    data = datasets.load(dataset, known).restricted(loaded.labels)
    evaluated = probing.evaluate(loaded, data, split, with_sides=sides, with_behaviour=behaviour)
    print_evaluated(evaluated, as_json=json, out=out)
