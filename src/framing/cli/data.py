"""`framing data`: fetch, build, mix, check and describe datasets."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from framing.cli.score import Engine

app = typer.Typer(help="Fetch, build, mix, check and describe datasets.", no_args_is_help=True)

By = Annotated[
    str | None,
    typer.Option(
        help="Split by article, outlet, event, conflict, period, time, corpus or random; by default a gold folder by "
        "article, a corpus as it was published"
    ),
]
AllowLeaks = Annotated[bool, typer.Option("--allow-leaks", help="Permit --by random; the dataset is marked leaky")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]


@app.command("list")
def list_(json: AsJson = False) -> None:
    """List the corpora: title, licence, and how to get each."""
    from framing.cli.output import facts_of, show, to_json
    from framing.data import corpora

    rows = corpora.listed()
    show(to_json(rows) if json else "\n\n".join(facts_of(row, as_json=False) for row in rows))


class Form(StrEnum):
    """What readers' corrections become."""

    votes = "votes"
    records = "records"


@app.command()
def build(  # noqa: PLR0917 - a command line has as many options as it has
    source: Annotated[
        str, typer.Argument(help="A gold folder (articles/*.txt), a corpus, or a JSONL file of records to stream")
    ],
    root: Annotated[Path | None, typer.Option(help="Where a corpus lies; default the cache")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the dataset goes; a gold folder is built in place")] = None,
    taxonomy: Annotated[
        str, typer.Option(help="Name or file of the taxonomy of a gold folder, a JSONL file or your own data")
    ] = "conflict",
    columns: Annotated[
        str, typer.Option(help="Columns of your own data (`generic`), as text=body,labels=tags,document=url")
    ] = "",
    by: By = None,
    allow_leaks: AllowLeaks = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 2 where the compiled files are stale")
    ] = False,
    engine: Annotated[
        Engine | None, typer.Option(help="For a folder of Parquet files larger than memory; train is streamed then")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes of the engine; 0: one a core")] = 0,
    held: Annotated[int, typer.Option(help="With --engine: about how many sentences validation and test get each")] = (
        10_000
    ),
    json: AsJson = False,
) -> None:
    """Compile gold articles, convert a corpus, stream a JSONL file, or split Parquet files into a dataset."""
    from framing import taxonomy as taxonomies
    from framing.cli.output import show, to_json
    from framing.data import corpora, gold, streaming

    if engine:
        show(
            _build_parts(
                Path(source),
                out,
                taxonomy=taxonomy,
                held=held,
                engine=engine.value,
                workers=workers,
                as_json=json,
            )
        )
    elif source == "generic":
        show(
            corpora.convert_generic(
                root=root,
                out=out,
                columns=columns,
                taxonomy=taxonomy,
                by=by,
                allow_leaks=allow_leaks,
                as_json=json,
            )
        )
    elif source in corpora.CORPORA:
        show(corpora.convert(source, root=root, out=out, by=by, allow_leaks=allow_leaks, as_json=json))
    elif source.endswith(".jsonl"):
        folder = out or Path("runs/datasets") / Path(source).stem
        facts = streaming.build_file(Path(source), taxonomies.load(taxonomy), out=folder, by=by or "article")
        show(to_json(facts) if json else f"{folder}: built, digest {facts['digest'][:12]}")
    else:
        show(
            gold.compile_folder(
                Path(source), taxonomy, check=check, by=by, out=out, allow_leaks=allow_leaks, as_json=json
            )
        )


def _build_parts(
    source: Path, out: Path | None, *, taxonomy: str, held: int, engine: str, workers: int, as_json: bool
) -> str:
    from framing.cli.output import progress_bar, to_json
    from framing.preparing import build as preparing

    folder = out or Path("runs/datasets") / source.name
    with progress_bar() as bar:
        facts = preparing.build(
            source, folder, taxonomy=taxonomy, held=held, engine=engine, workers=workers, progress=bar
        )
    sentences = facts["stream"]["sentences"]
    told = f"{folder}: built, {sentences} sentences to stream from {folder / 'train'}, digest {facts['digest'][:12]}"
    return to_json(facts) if as_json else told


@app.command()
def mix(  # noqa: PLR0917 - a command line has as many options as it has
    folders: Annotated[list[Path], typer.Argument(help="Dataset folders; what two hold is kept from the first")],
    out: Annotated[Path, typer.Option(help="Where the mixture goes")],
    by: Annotated[
        str, typer.Option(help="As for build; corpus tests on the last folder, first keeps the first's splits")
    ] = "article",
    map_: Annotated[Path | None, typer.Option("--map", help="YAML of `their label: our label`")] = None,
    allow_leaks: AllowLeaks = False,
    json: AsJson = False,
) -> None:
    """Make one dataset of several, every document once, splits drawn anew."""
    from framing.cli.output import show
    from framing.data.mix import mix as mix_folders

    built = mix_folders(folders, out=out, by=by, map_file=map_, allow_leaks=allow_leaks)
    show(built.describe(as_json=json))


@app.command()
def check(
    source: Annotated[str, typer.Argument(help="A dataset folder, or the name of a corpus")],
    root: Annotated[Path | None, typer.Option(help="Where the corpus lies; default the cache")] = None,
    taxonomy: Annotated[str | None, typer.Option(help="Name or file of the taxonomy of a folder")] = None,
    json: AsJson = False,
) -> None:
    """Check a dataset (digests, ids, leaks) or a copy of a corpus (counts against its card)."""
    from framing.cli.output import facts_of, show
    from framing.data import checks, corpora, leaks

    if source in corpora.CORPORA:
        show(facts_of(corpora.check(source, root=root), as_json=json))
        return
    facts, found = checks.check_folder(Path(source), taxonomy)
    if json:
        show(facts_of({**facts, "leaks": found.to_record()}, as_json=True))
    else:
        show(f"{facts_of(facts, as_json=False)}\n{found.describe()}")
    if not facts["leaky"]:
        leaks.refuse(found, source)


@app.command()
def stats(
    folder: Annotated[Path, typer.Argument(help="A dataset folder")],
    taxonomy: Annotated[str, typer.Option(help="Name or file of its taxonomy")] = "conflict",
    json: AsJson = False,
) -> None:
    """Count sentences, labels, voices and sides."""
    from framing import taxonomy as taxonomies
    from framing.cli.output import show
    from framing.data import dataset
    from framing.data import stats as statistics

    known = taxonomies.load(taxonomy)
    show(statistics.describe(dataset.load(folder, known), known, as_json=json))


@app.command()
def fetch(  # noqa: PLR0917 - a command line has as many options as it has
    name: Annotated[str, typer.Argument(help="The corpus, as conflict_real")],
    source: Annotated[Path | None, typer.Option("--from", help="Take the files from this folder instead")] = None,
    out: Annotated[Path | None, typer.Option(help="Dataset folder; default runs/datasets/NAME")] = None,
    host: Annotated[str | None, typer.Option(help="Another host that serves the same paths")] = None,
    by: By = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the corpus' licence; it is remembered")
    ] = False,
    json: AsJson = False,
) -> None:
    """Download a corpus from its pinned source and build its dataset."""
    from framing.cli.output import confirm, progress_bar, say, show
    from framing.data import corpora

    with progress_bar() as bar:
        said = corpora.fetch(
            name,
            source=source,
            out=out or Path("runs/datasets") / name,
            host=host,
            say=say,
            by=by,
            accepted=accept_licence,
            ask=confirm(),
            bar=bar,
            as_json=json,
        )
    show(said)


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
