"""The command `framing`: 0 on success, 2 for a user's mistake in one line, 1 for our fault."""

import sys
from typing import NoReturn

import typer

from framing.cli import (
    agreement,
    audit,
    compare,
    data,
    evaluate,
    export,
    keys,
    label,
    monitor,
    predict,
    promote,
    registry,
    reproduce,
    score,
    serve,
    sweep,
    train,
)
from framing.errors import FramingError

app = typer.Typer(
    help="Train, judge and serve classifiers of framing in war reporting.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("train")(train.train)
app.command("sweep")(sweep.sweep)
app.command("predict")(predict.predict)
app.command("evaluate")(evaluate.evaluate)
app.command("serve")(serve.serve)
app.command("monitor")(monitor.monitor)
app.command("promote")(promote.promote)
app.command("rollback")(promote.rollback)
app.command("reproduce")(reproduce.reproduce)
app.command("compare")(compare.compare)
app.command("export")(export.export)
app.command("score")(score.score)
app.command("label")(label.label)
app.command("agreement")(agreement.agreement)
data.app.command("audit")(audit.audit)
app.add_typer(data.app, name="data")
app.add_typer(keys.app, name="keys")
app.add_typer(registry.app, name="registry")


def run() -> None:
    """The entry point."""
    try:
        app()
    except FramingError as error:
        _end(error)
    except Exception as error:
        from framing.tracking.store import refusal

        told = refusal(error)
        if told is None:
            raise
        _end(told)


def _end(error: FramingError) -> NoReturn:
    print(f"framing: {error}", file=sys.stderr)  # noqa: T201
    sys.exit(2)


if __name__ == "__main__":
    run()
