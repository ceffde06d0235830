"""How decisions of the gate are printed."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framing.evaluation.gate import Reason
    from framing.tracking.history import Entry


def decision_sheet(entry: "Entry") -> str:
    """What was decided on one run, and every rule that was asked."""
    return "\n".join([*_lines(entry.reasons), _head(entry)])


def history_sheet(entries: "Sequence[Entry]") -> str:
    """Every decision, oldest first, each with the rules that failed."""
    if not entries:
        return "no decision yet"
    return "\n".join(line for entry in entries for line in _told(entry))


def _told(entry: "Entry") -> Iterator[str]:
    yield f"{entry.time}  {_head(entry)} (by {entry.by})"
    failed = [reason for reason in entry.reasons if not reason.ok]
    yield from (f"    {line}" for line in _lines(failed))


def _head(entry: "Entry") -> str:
    run = f"run {entry.run} ({entry.run_id[:8]}), version {entry.version}"
    before = f"; champion before: version {entry.former}" if entry.former else ""
    why = f"; why: {entry.why}" if entry.why else ""
    word = "champion already" if entry.decision == "unchanged" else entry.decision
    return f"{word}: {run}{before}{why}"


def _lines(reasons: "Sequence[Reason]") -> list[str]:
    width = max((len(reason.rule) for reason in reasons), default=0)
    return [f"{'ok  ' if r.ok else 'FAIL'}  {r.rule:<{width}}  {r.expected}: {r.found}" for r in reasons]
