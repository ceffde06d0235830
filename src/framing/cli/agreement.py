"""`framing agreement`."""

from pathlib import Path
from typing import Annotated

import typer


def agreement(
    first: Annotated[Path, typer.Argument(help='A dataset folder, or a JSONL file of {"id", "labels"} rows')],
    second: Annotated[Path, typer.Argument(help="The other coder's")],
    taxonomy: Annotated[str, typer.Option(help="Name or file of the taxonomy")] = "conflict",
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Compare two coders: Krippendorff's alpha, positive agreement and Gwet's AC1 a label, with intervals."""
    from framing import taxonomy as taxonomies
    from framing.cli.output import show
    from framing.data.votes import paired, read_votes
    from framing.evaluation.agreement import agree
    from framing.evaluation.sheet import agreement_sheet

    known = taxonomies.load(taxonomy)
    one, other, documents = paired(read_votes(first, known), read_votes(second, known), known.ids())
    show(agreement_sheet(agree(one, other, documents, labels=known.ids()), documents, as_json=json))
