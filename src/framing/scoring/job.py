"""`framing score`: plan, do what is left, say what was done. A manifest means that the output is complete.

OUTPUT holds `_plan.json` (what it is made of), a `part-00000.parquet` a part, `_errors/part-00000.jsonl` for rows that
could not be scored, and at last `_manifest.json`.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from framing.data.files import write_text
from framing.errors import FramingError
from framing.models import store as models
from framing.scoring import parts, plan
from framing.scoring.parts import ERRORS, MANIFEST, Progress
from framing.scoring.plan import Plan, Settings
from framing.scoring.scorer import Job
from framing.tracking import registry


def score(
    source: Path, out: Path, *, model: str, engine: str, workers: int, settings: Settings, progress: Progress
) -> dict[str, Any]:
    """Score a file or folder into the folder `out`; returns the manifest. What is done already is kept.

    `workers` 0 stands for a process a core. Raises FramingError for what cannot be read or written, and where `out` was
    made of another model, other settings or other files.
    """
    crew = parts.engine(engine, workers)
    parts.check_apart(source, out)
    with registry.located(model) as (folder, facts), parts.held(out):
        about = _identity(folder, facts)
        planned = plan.make(source, settings, {"model": about})
        parts.begin(out, planned)
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
            parts.do_rest(job, planned, job.out, crew, progress)
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


def _identity(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Which model it is: its files decide, the version is for people."""
    if not (folder / models.FACTS).is_file():
        models.load(folder)
    return {"digest": plan.folder_digest(folder), "version": facts.get("version"), "run_id": facts.get("run_id")}


def _finish(out: Path, planned: Plan) -> None:
    """Write the manifest; raises FramingError where no row could be scored."""
    totals: dict[str, Counter[str]] = {"bad": Counter(), "frames": Counter()}
    counts: Counter[str] = Counter()
    for part in planned.parts:
        found = parts.counted(out, part, planned.digest)
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
