"""How commands print: results on standard output, progress on standard error."""

import gc
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from framing.data.download import Bar
    from framing.evaluation.drift import Reference, Shift
    from framing.pipeline import Outcome
    from framing.probing import Evaluated
    from framing.reproduce import Reproduction
    from framing.seeds import Seeds
    from framing.sweeping import Swept

COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")


@contextmanager
def starting() -> Iterator[None]:
    """Import and load without the garbage collector, which finds nothing then and takes a third of a cold start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def say(line: str) -> None:
    """One line of progress."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def show(text: str) -> None:
    """A result."""
    print(text)  # noqa: T201


def to_json(value: Any) -> str:
    """A result for programs."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def facts_of(facts: Mapping[str, Any], *, as_json: bool) -> str:
    """One fact a line, or JSON."""
    return to_json(facts) if as_json else "\n".join(f"{key}: {value}" for key, value in facts.items())


def confirm() -> Callable[[str], bool] | None:
    """A question with yes or no on the terminal; None where nobody could answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    import typer

    return lambda question: typer.confirm(question, err=True)


@contextmanager
def progress_bar() -> Iterator["Bar"]:
    """Shows how far the work is, on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress, TaskID

    tasks: dict[str, TaskID] = {}
    progress = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())

    def bar(name: str, done: int, total: int | None) -> None:
        progress.start()
        if name not in tasks:
            tasks[name] = progress.add_task(name, total=total)
        progress.update(tasks[name], completed=done, total=total)

    try:
        yield bar
    finally:
        progress.stop()


def print_outcome(outcome: "Outcome", *, as_json: bool) -> None:
    """The score sheet of a run, or its reports as JSON."""
    from framing.evaluation.sheet import score_sheet

    if as_json:
        show(json.dumps({"run_id": outcome.run_id, "test": outcome.test.to_record()}, ensure_ascii=False))
    else:
        show(score_sheet([*outcome.baselines, outcome.test], outcome.ceilings))
        show(f"run {outcome.run_id}")


def print_seeds(found: "Seeds", *, as_json: bool) -> None:
    """Scores by seed with mean and standard deviation, or as JSON with the reports."""
    from dataclasses import asdict

    from framing.seeds import sheet

    if as_json:
        each = [
            {"seed": seed, "run_id": one.run_id, "test": one.test.to_record()}
            for seed, one in zip(found.seeds, found.outcomes, strict=True)
        ]
        record = {"run_id": found.run_id, "spread": [asdict(row) for row in found.spread], "seeds": each}
        show(json.dumps(record, ensure_ascii=False))
    else:
        show(sheet(found.seeds, found.outcomes, found.spread))
        show(f"run {found.run_id}")


def print_swept(swept: "Swept", *, as_json: bool) -> None:
    """The trials and the command that trains the best one, or as JSON."""
    from dataclasses import asdict

    from framing.sweeping import sheet

    show(to_json(asdict(swept)) if as_json else sheet(swept).rstrip("\n"))


def print_evaluated(evaluated: "Evaluated", *, as_json: bool, out: Path | None) -> None:
    """Score sheet, certificate and behaviour, or all of them as one JSON object; with `out` also into files."""
    from framing.data.files import write_text

    record = evaluated.to_record()
    sheet = evaluated.sheet()
    if out:
        for name, part in record.items():
            write_text(out / f"{name}.json", json.dumps(part, ensure_ascii=False, indent=1) + "\n")
        write_text(out / "sheet.md", sheet)
    show(json.dumps(record, ensure_ascii=False) if as_json else sheet.rstrip("\n"))


def print_reproduction(result: "Reproduction", *, as_json: bool) -> None:
    """One line, or with `as_json` everything."""
    if as_json:
        from framing.evaluation.report import without_nan

        show(json.dumps(without_nan(result.to_record()), ensure_ascii=False))
    elif result.holds:
        how = "trained again" if result.retrained else "judged again"
        changed = f"; changed since: {', '.join(result.changed)}" if result.changed else ""
        show(f"run {result.run_id} {how}: {result.scores} scores, largest difference {result.largest:.2g}{changed}")


def print_shifts(shifts: "tuple[Shift, ...]", reference: "Reference", *, others: int, as_json: bool) -> None:
    """The shift of every feature, or JSON."""
    from framing.evaluation.drift import drift_sheet, drifted

    if others:
        say(f"{others} lines of other models are left out")
    if as_json:
        record = {"drift": drifted(shifts), "split": reference.split, "sentences": reference.sentences}
        show(to_json({**record, "features": [shift.to_record() for shift in shifts]}))
    else:
        show(drift_sheet(shifts, reference))


def print_answer(answered: Mapping[str, Any], form: str) -> None:
    """`json` one object; `jsonl` one document a line, with the model in each; `pretty` for people."""
    if form == "json":
        show(json.dumps(answered, ensure_ascii=False, indent=1))
    elif form == "jsonl":
        for document in answered["documents"]:
            show(json.dumps({"model": answered["model"], **document}, ensure_ascii=False))
    else:
        _print_pretty(answered)


def _print_pretty(answered: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    for document in answered["documents"]:
        console.print(f"\n[bold]{escape(str(document['id']))}[/]")
        for sentence in document["sentences"]:
            console.print(f"{sentence['index'] + 1:>4}  ", _underlined(sentence), end="\n", sep="")
            for line in _frame_lines(sentence):
                console.print(f"      [dim]{escape(line)}[/]")
    model = answered["model"]
    version = f" version {model['version']}" if model["version"] else ""
    console.print(f"\n[dim]{model['name']}{version} ({model['kind']}), labels {model['taxonomy']}[/]")


def _underlined(sentence: Mapping[str, Any]) -> Any:
    from rich.text import Text

    text = Text(sentence["text"])
    for colour, frame in zip(_cycle(COLOURS), sentence["frames"], strict=False):
        for span in frame["evidence"]:
            text.stylize(f"underline {colour}", span["start"], span["end"])
    return text


def _cycle(values: Sequence[str]) -> Iterator[str]:
    while True:
        yield from values


def _frame_lines(sentence: Mapping[str, Any]) -> Iterator[str]:
    for frame in sentence["frames"]:
        spans = frame["evidence"]
        words = "; ".join(f"“{span['text']}”" for span in spans)
        who = spans[0] if spans else sentence
        source = f", {who['source']}" if who["source"] else ""
        yield f"{frame['label']} {frame['score']:.2f}: {words} ({who['voice']}, {who['distance']}{source})"
    if sentence["abstained"]:
        yield f"in doubt: {', '.join(sentence['abstained'])}"
