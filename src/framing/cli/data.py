"""`framing data`: build, check and describe datasets."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Build, check and describe datasets.", no_args_is_help=True)


class Form(StrEnum):
    """What readers' corrections become."""

    votes = "votes"
    records = "records"


@app.command()
def build(  # noqa: PLR0917 - a command line has as many options as it has
    source: Annotated[str, typer.Argument(help="A gold folder (articles/*.txt), or the name of a public corpus")],
    root: Annotated[Path | None, typer.Option(help="Where a public corpus was unpacked")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the dataset goes; a gold folder is built in place")] = None,
    taxonomy: Annotated[str, typer.Option(help="Name or file of the taxonomy of a gold folder")] = "conflict",
    by: Annotated[str, typer.Option(help="Split by article, conflict or period")] = "article",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 2 where the compiled files are stale")
    ] = False,
) -> None:
    """Compile gold articles, or convert a public corpus, into a dataset."""
    from framing.cli.output import show
    from framing.data import corpora, gold

    if source in corpora.CORPORA:
        show(corpora.convert(source, root=root, out=out, by=by))
    else:
        show(gold.compile_folder(Path(source), taxonomy, check=check, by=by, out=out))


@app.command()
def stats(
    folder: Annotated[Path, typer.Argument(help="A dataset folder")],
    taxonomy: Annotated[str, typer.Option(help="Name or file of its taxonomy")] = "conflict",
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Count sentences, labels, voices and sides."""
    from framing import taxonomy as taxonomies
    from framing.cli.output import show
    from framing.data import dataset
    from framing.data import stats as statistics

    known = taxonomies.load(taxonomy)
    show(statistics.describe(dataset.load(folder, known), known, as_json=json))


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="The corpus, as conflict_real")],
    source: Annotated[Path | None, typer.Option("--from", help="Take the files from this folder instead")] = None,
    out: Annotated[Path | None, typer.Option(help="Dataset folder; default runs/datasets/NAME")] = None,
    host: Annotated[str | None, typer.Option(help="Another host that serves the same paths")] = None,
    by: Annotated[str, typer.Option(help="Split by article, conflict or period")] = "article",
) -> None:
    """Download a corpus from its pinned source and build its dataset."""
    from framing.cli.output import say, show
    from framing.data import corpora

    show(corpora.fetch(name, source=source, out=out or Path("runs/datasets") / name, host=host, say=say, by=by))


@app.command()
def corrections(
    form: Annotated[
        Form, typer.Option("--format", help="votes for `framing agreement`, or dataset records")
    ] = Form.votes,
    inbox: Annotated[Path | None, typer.Option(help="The inbox; default runs/corrections/inbox.jsonl")] = None,
    out: Annotated[Path | None, typer.Option(help="Write a JSONL file instead of printing")] = None,
) -> None:
    """Export what readers disputed in the page, one row a sentence."""
    from framing.cli.output import show
    from framing.data import corrections as readers
    from framing.data.files import to_json, write_jsonl
    from framing.tracking.store import home

    rows = readers.export(readers.read(inbox or home() / readers.PLACE), form=form)
    if out:
        write_jsonl(out, rows)
    show(f"{len(rows)} sentences to {out}" if out else "\n".join(to_json(row) for row in rows))
