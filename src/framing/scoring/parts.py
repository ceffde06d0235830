"""What every job over parts does: hold its folder, note the plan, do what is left on an engine, count what is done.

A folder holds `_plan.json` (what it is made of), a `part-00000.parquet` a part, each with its counts and the digest of
the plan, and at last `_manifest.json`: a folder with a manifest is complete.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from framing.data.files import check_absent, to_json, write_jsonl, write_text
from framing.errors import FramingError
from framing.scoring import local
from framing.scoring.local import Done
from framing.scoring.plan import Part, Plan, Task

PLAN = "_plan.json"
MANIFEST = "_manifest.json"
ERRORS = "_errors"
LOCK = ".lock"
KEY = "framing"
Run = Callable[[Task, Sequence[Part], int, Done], None]
Progress = Callable[[int, int], None]
"""Called with the rows that are done, and all."""


class Engine(NamedTuple):
    """Where the work is done, and by how many."""

    run: Run
    workers: int


def engine(name: str, workers: int) -> Engine:
    """The engine of that name with so many workers, one a core for 0; raises FramingError."""
    if name not in ENGINES:
        raise FramingError(expected=f"an engine among {sorted(ENGINES)}", found=repr(name), fix="Correct --engine.")
    if workers < 0:
        raise FramingError(expected="one worker or more", found=str(workers), fix="Correct --workers.")
    return Engine(ENGINES[name], workers or local.cores())


def _spark(task: Task, parts: Sequence[Part], workers: int, done: Done) -> None:
    from framing.scoring import spark

    spark.run(task, parts, workers, done)


ENGINES: dict[str, Run] = {"local": local.run, "spark": _spark}


@contextmanager
def held(out: Path) -> Iterator[None]:
    """The folder, for this job alone; raises FramingError where other files lie there, or another job is at work."""
    if not (out / PLAN).is_file() and not (out / LOCK).is_file():
        check_absent(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / LOCK, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise FramingError(
            expected=f"{out} for itself", found="another job that writes it", fix="Wait for it."
        ) from error
    except OSError as error:
        found = error.strerror or "an error"
        raise FramingError(expected=f"a place to write {out}", found=found, fix="Check the folder.") from error
    try:
        yield
    finally:
        lock.release()


def begin(out: Path, planned: Plan) -> None:
    """Note the plan, or compare it with the one that was begun; remove what a killed job left half written."""
    path = out / PLAN
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if other := sorted(key for key in {*kept, *planned.record} if kept.get(key) != planned.record.get(key)):
            version = kept.get("model", {}).get("version")
            raise FramingError(
                expected=f"what {out} was begun with"
                + (f" (model version {version})" if "model" in other and version else ""),
                found=f"another {' and '.join(other)}",
                fix="Name another OUTPUT, or remove that one.",
            )
    else:
        write_text(path, to_json(planned.record))
    for leftover in out.glob(".part-*.tmp"):
        leftover.unlink()


def do_rest(task: Task, planned: Plan, out: Path, engine: Engine, progress: Progress) -> None:
    """Do the parts that are not there yet."""
    left = [part for part in planned.parts if counted(out, part, planned.digest) is None]
    rows = planned.rows - sum(part.rows for part in left)
    progress(rows, planned.rows)

    def done(part: Part) -> None:
        nonlocal rows
        rows += part.rows
        progress(rows, planned.rows)

    if left:
        engine.run(task, left, engine.workers, done)


@contextmanager
def written(out: Path, part: Part, bad: Sequence[Mapping[str, Any]]) -> Iterator[Path]:
    """A temporary name for a part's file, which gets its own where the block ends well; before it, its `bad` rows do.

    Raises FramingError for what the system cannot read or write.
    """
    temporary = out / f".{part.name}.{os.getpid()}.tmp"
    try:
        yield temporary
        if bad:
            write_jsonl(out / ERRORS / f"{Path(part.name).stem}.jsonl", bad)
        temporary.replace(out / part.name)
    except OSError as error:
        raise FramingError(
            expected=f"to read {part.slices[0].file} and to write {part.name}",
            found=error.strerror or str(error),
            fix="Run it again then.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def note_counts(writer: Any, plan: str, counts: Mapping[str, Any]) -> None:
    """Write a part's counts into the footer of its Parquet file, before it is closed."""
    writer.add_key_value_metadata({KEY: to_json({"plan": plan, "counts": counts})})


def counted(out: Path, part: Part, plan: str) -> dict[str, Any] | None:
    """What was counted in a part that is done; None for one that is not, or is not whole, or is of another plan."""
    from pyarrow import ArrowException, parquet

    with suppress(FileNotFoundError, ArrowException):
        kept = json.loads((parquet.read_metadata(out / part.name).metadata or {}).get(KEY.encode(), "{}"))
        if kept.get("plan") == plan:
            counts: dict[str, Any] = kept["counts"]
            return counts
    return None


def check_apart(source: Path, out: Path) -> None:
    """Raise FramingError where the output would lie in the input."""
    if out.resolve().is_relative_to(source.resolve()):
        raise FramingError(expected=f"OUTPUT outside {source}", found=str(out), fix="Name another folder.")
