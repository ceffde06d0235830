"""`framing promote` and `framing rollback`."""

from typing import TYPE_CHECKING, Annotated

import typer

from framing.errors import FramingError

if TYPE_CHECKING:
    from framing.tracking.history import Entry


def promote(  # noqa: PLR0917 - a command line has as many options as it has
    run: Annotated[str | None, typer.Argument(help="A finished run: id, beginning of its id, or name")] = None,
    force: Annotated[bool, typer.Option("--force", help="Promote whatever the gate finds; needs --why")] = False,
    why: Annotated[str, typer.Option(help="The reason, which is recorded")] = "",
    policy: Annotated[str, typer.Option(help="A shipped policy or a .yaml file")] = "default",
    history: Annotated[bool, typer.Option("--history", help="Print every decision so far instead")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Make a run champion if it passes the gate; exit status 2, with all reasons, if it is refused."""
    from framing.config import load_policy
    from framing.tracking import promotion, store

    if history:
        _print_history(run, as_json=json)
        return
    if run is None:
        raise FramingError(expected="a run or --history", found="neither", fix="Name a run: id, beginning, or name.")
    promotion.check_why("always" if force else "never", why)
    bounds, client = load_policy(policy), store.connect()
    entry = promotion.promote(client, run, bounds, force="always" if force else "never", why=why)
    print_entry(entry, as_json=json)
    raise typer.Exit(2 if entry.decision == "refused" else 0)


def rollback(
    why: Annotated[str, typer.Option(help="The reason, which is recorded")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Make the previous champion champion again."""
    from framing.tracking import promotion, store

    print_entry(promotion.rollback(store.connect(), why), as_json=json)


def print_entry(entry: "Entry", *, as_json: bool) -> None:
    """What was decided, for people or programs."""
    import json

    from framing.cli.decisions import decision_sheet
    from framing.cli.output import show

    show(json.dumps(entry.to_record(), ensure_ascii=False) if as_json else decision_sheet(entry))


def _print_history(run: str | None, *, as_json: bool) -> None:
    import json

    from framing.cli.decisions import history_sheet
    from framing.cli.output import show
    from framing.tracking import store
    from framing.tracking.history import entries

    if run is not None:
        raise FramingError(expected="either a run or --history", found="both", fix="Leave one of them out.")
    found = entries(store.connect())
    records = [entry.to_record() for entry in found]
    show(json.dumps(records, ensure_ascii=False, indent=1) if as_json else history_sheet(found))
