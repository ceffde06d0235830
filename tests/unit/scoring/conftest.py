import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from framing.scoring import job
from framing.scoring.plan import Settings

SENTENCES = (
    "The army said on Monday that it had liberated hamlet 5.",
    "It was a planned regrouping near hamlet 3, a spokesman said.",
    "Rain fell on the hamlet for most of the morning.",
)


def texts(n: int) -> list[dict[str, Any]]:
    """Documents of two sentences."""
    return [{"id": f"d{k}", "text": f"{SENTENCES[k % 3]} {SENTENCES[(k + 1) % 3]}"} for k in range(n)]


def write_lines(path: Path, rows: Sequence[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def read_parts(out: Path) -> list[dict[str, Any]]:
    from pyarrow import parquet

    return [row for path in sorted(out.glob("part-*.parquet")) for row in parquet.read_table(path).to_pylist()]


def bad_rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(out.glob("_errors/*.jsonl")) for line in path.read_text().splitlines()]


@pytest.fixture
def run(champion: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Score with the champion; returns the manifest."""

    def run(
        source: Path, *, out: str = "out", engine: str = "local", workers: int = 1, rows: int = 4, **more: Any
    ) -> Any:
        model = more.pop("model", "models:/framing@champion")
        settings = Settings(more.pop("unit", "article"), rows=rows, **more)
        return job.score(
            source,
            tmp_path / out,
            model=str(model),
            engine=engine,
            workers=workers,
            settings=settings,
            progress=lambda done, total: None,
        )

    return run
