"""`framing score`: plan, do what is left, say what was done. A manifest means that the output is complete.

OUTPUT holds `_plan.json` (what it is made of), a `part-XXXXX.parquet` a part, `_errors/part-XXXXX.jsonl` for rows that
could not be scored, and at last `_manifest.json`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from framing.data.files import check_absent, to_json, write_text
from framing.errors import FramingError
from framing.models import store as models
from framing.scoring import local, plan, scorer
from framing.scoring.local import Done
from framing.scoring.plan import Part, Plan, Settings
from framing.scoring.scorer import ERRORS, Job
from framing.tracking import registry

PLAN = "_plan.json"
MANIFEST = "_manifest.json"
LOCK = ".lock"
Engine = Callable[[Job, Sequence[Part], int, Done], None]
Progress = Callable[[int, int], None]
"""Called with the rows that are done, and all."""


def score(
    source: Path, out: Path, *, model: str, engine: str, workers: int, settings: Settings, progress: Progress
) -> dict[str, Any]:
    """Score a file or folder into the folder `out`; returns the manifest. What is done already is kept.

    `workers` 0 stands for a process a core. Raises FramingError for what cannot be read or written, and where `out` was
    made of another model, other settings or other files.
    """
    run, workers = _engine(engine), _workers(workers)
    _check_apart(source, out)
    with registry.located(model) as (folder, facts), _held(out):
        about = _identity(folder, facts)
        planned = plan.make(source, settings, about)
        _begin(out, planned)
        if not (out / MANIFEST).is_file():
            job = Job(
                planned.root.resolve(),
                out.resolve(),
                planned.settings,
                planned.digest,
                folder.resolve(),
                about["digest"],
                tuple(facts.items()),
            )
            _score_rest(job, planned, run, workers, progress)
            _finish(out, planned)
    manifest: dict[str, Any] = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def sheet(manifest: Mapping[str, Any], out: Path) -> str:
    """What was done, for the terminal."""
    counts, bad = manifest["counts"], manifest["counts"]["bad"]
    frames = ", ".join(f"{label} {n}" for label, n in counts["frames"].items()) or "none"
    lines = [
        f"{out}: {counts['documents']} documents, {counts['sentences']} sentences in {manifest['parts']} parts",
        f"frames: {frames}",
    ]
    if bad:
        reasons = ", ".join(f"{reason} {n}" for reason, n in bad.items())
        lines.append(f"{sum(bad.values())} rows not scored, see {out / ERRORS}: {reasons}")
    if manifest["ignored"]:
        lines.append(f"{len(manifest['ignored'])} files not read, see {out / MANIFEST}")
    return "\n".join(lines)


def _engine(name: str) -> Engine:
    if name not in ENGINES:
        raise FramingError(expected=f"an engine among {sorted(ENGINES)}", found=repr(name), fix="Correct --engine.")
    return ENGINES[name]


def _spark(job: Job, parts: Sequence[Part], workers: int, done: Done) -> None:
    from framing.scoring import spark

    spark.run(job, parts, workers, done)


ENGINES: dict[str, Engine] = {"local": local.run, "spark": _spark}


def _workers(workers: int) -> int:
    if workers < 0:
        raise FramingError(expected="one worker or more", found=str(workers), fix="Correct --workers.")
    return workers or local.cores()


def _check_apart(source: Path, out: Path) -> None:
    if out.resolve().is_relative_to(source.resolve()):
        raise FramingError(expected=f"OUTPUT outside {source}", found=str(out), fix="Name another folder.")


def _identity(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Which model it is: its files decide, the version is for people."""
    if not (folder / models.FACTS).is_file():
        models.load(folder)
    return {"digest": plan.folder_digest(folder), "version": facts.get("version"), "run_id": facts.get("run_id")}


@contextmanager
def _held(out: Path) -> Iterator[None]:
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


def _begin(out: Path, planned: Plan) -> None:
    """Note the plan, or compare it with the one that was begun; remove what a killed job left half written."""
    path = out / PLAN
    if path.is_file():
        begun = json.loads(path.read_text(encoding="utf-8"))
        if other := sorted(key for key in {*begun, *planned.record} if begun.get(key) != planned.record.get(key)):
            version = begun["model"]["version"]
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


def _score_rest(job: Job, planned: Plan, run: Engine, workers: int, progress: Progress) -> None:
    left = [part for part in planned.parts if scorer.counted(job.out, part, job.plan) is None]
    rows = planned.rows - sum(part.rows for part in left)
    progress(rows, planned.rows)

    def done(part: Part) -> None:
        nonlocal rows
        rows += part.rows
        progress(rows, planned.rows)

    if left:
        run(job, left, workers, done)


def _finish(out: Path, planned: Plan) -> None:
    """Write the manifest; raises FramingError where no row could be scored."""
    totals: dict[str, Counter[str]] = {"bad": Counter(), "frames": Counter()}
    counts: Counter[str] = Counter()
    for part in planned.parts:
        found = scorer.counted(out, part, planned.digest)
        assert found is not None, f"{part.name} is not there"
        counts.update({name: found[name] for name in ("rows", "documents", "sentences")})
        for name, total in totals.items():
            total.update(found[name])
    if counts["rows"] and not counts["documents"]:
        raise FramingError(
            expected=f"rows with a text in {planned.settings.columns.text!r}",
            found=f"none among {counts['rows']}: {', '.join(totals['bad'])}",
            fix="Name the column with --text, another OUTPUT, and see the reasons in _errors.",
        )
    manifest = {
        "plan": planned.digest,
        "model": planned.record["model"],
        "parts": len(planned.parts),
        "counts": {**counts, **{name: dict(total.most_common()) for name, total in totals.items()}},
        "ignored": list(planned.ignored),
    }
    write_text(out / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
