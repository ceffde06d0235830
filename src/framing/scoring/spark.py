"""The engine `spark`: the same parts, on the executors of a Spark session (`framing[spark]`, Java 17 or later).

Each row of a data frame is a part; an executor's Python worker keeps what it loaded from one part to the next. Input,
output and model must lie where all of them see the same paths. Spark does a failed part again.
"""

import json
import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from framing.data.files import to_json
from framing.errors import FramingError
from framing.scoring.local import TRIES, Done, threads_for
from framing.scoring.plan import Part, Task, Worker

if TYPE_CHECKING:
    import pyarrow

RESULT = "id long, failed string"


def run(task: Task, parts: Sequence[Part], workers: int, done: Done) -> None:
    """Do the parts; raises FramingError where Spark or Java is missing, or a part cannot be done."""
    session = _session(workers)
    threads = threads_for(workers)

    def score(batches: "Iterator[pyarrow.RecordBatch]") -> "Iterator[pyarrow.RecordBatch]":
        from pyarrow import RecordBatch

        for batch in batches:
            numbers = batch.column("id").to_pylist()
            failed = [_do(task, threads, parts[number]) for number in numbers]
            yield RecordBatch.from_pydict({"id": numbers, "failed": failed})

    numbers = session.range(0, len(parts), 1, len(parts))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # Spark warns of pandas 3, which takes no part in this
        results = numbers.mapInArrow(score, RESULT).collect()
    for row in results:
        if row.failed:
            raise FramingError(**json.loads(row.failed))
        done(parts[row.id])


def _do(task: Task, threads: int, part: Part) -> str:
    """On an executor; a user's mistake comes back as JSON, as it stays one however often the part is tried."""
    try:
        _loaded(task, threads).work(part)
    except FramingError as error:
        return to_json({"expected": error.expected, "found": error.found, "fix": error.fix})
    return ""


@lru_cache(maxsize=1)
def _loaded(task: Task, threads: int) -> Worker:
    return task.worker(threads)


def _session(workers: int) -> Any:
    """The session that there is, or that spark-submit set up; else one on this machine."""
    try:
        from pyspark import SparkConf
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise FramingError(expected="pyspark", found="none", fix="Install it: pip install 'framing[spark]'.") from error
    if not SparkSession.getActiveSession() and not shutil.which("java"):
        raise FramingError(expected="Java 17 or later", found="no `java`", fix="Install openjdk-17-jre-headless.")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = SparkConf()
    own = {} if settings.contains("spark.master") else _on_this_machine(workers)
    for name, value in {"spark.app.name": "framing score", "spark.ui.enabled": "false", **own}.items():
        settings.setIfMissing(name, value)
    return SparkSession.builder.config(conf=settings).getOrCreate()


def _on_this_machine(workers: int) -> dict[str, str]:
    """Reachable from nowhere else."""
    return {
        "spark.master": f"local[{workers},{TRIES}]",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
    }
