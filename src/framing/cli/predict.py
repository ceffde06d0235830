"""`framing predict`."""

from enum import StrEnum
from typing import Annotated

import typer

CHAMPION = "models:/framing@champion"


class Form(StrEnum):
    """How the answer is printed."""

    pretty = "pretty"
    json = "json"
    jsonl = "jsonl"


class Unit(StrEnum):
    """What one text is."""

    article = "article"
    sentence = "sentence"


def predict(
    files: Annotated[list[str], typer.Argument(help="Text, HTML or JSONL files, or - for standard input")],
    model: Annotated[str, typer.Option(help="An MLflow model URI, `bundled`, or a model folder")] = CHAMPION,
    form: Annotated[Form, typer.Option("--format", help="pretty for people, json or jsonl for programs")] = Form.pretty,
    unit: Annotated[Unit, typer.Option(help="sentence: take each text as one sentence")] = Unit.article,
) -> None:
    """Label every sentence: frames, the words that carry them, who is speaking."""
    from framing.cli.output import print_answer, starting

    with starting():
        from framing.answer import answer, to_documents
        from framing.data.articles import read_articles
        from framing.tracking.registry import load

        articles = [article for name in files for article in read_articles(name)]
        loaded = load(model)
    print_answer(answer(loaded, to_documents(articles, unit=unit)), form)
