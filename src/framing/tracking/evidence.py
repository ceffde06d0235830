"""What the gate asks about a run, read from the run's tags and artifacts. What a run did not log is None."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from framing.errors import FramingError
from framing.evaluation.facts import Behaviour, Budget, Facts, Rows, Sides, SliceScore
from framing.evaluation.intervals import Interval
from framing.evaluation.report import Report
from framing.schema import Hot
from framing.tracking import runs

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

SCORES = runs.scores_file("test")
T = TypeVar("T")
log = logging.getLogger(__name__)


def read(client: "MlflowClient", run: "Run", *, baselines: Sequence[str] = (), strict: bool = False) -> Facts:
    """Facts of a run, and the rows of the newest run of each kind in `baselines` on the same data.

    A file that this version cannot understand is refused with `strict`, otherwise warned of and left out.
    """
    files = _Files(client, run, strict)
    report = files.json(runs.REPORT, lambda record: Report.from_record(record["test"]))
    tags = run.data.tags
    return Facts(
        run_id=str(run.info.run_id),
        name=str(run.info.run_name),
        report=report,
        rows=files.text(SCORES, lambda text: _rows(text, report)),
        leaky=tags.get(runs.LEAKY) == "true",
        sides=files.json(runs.SIDES, _sides),
        behaviour=files.json("behaviour.json", lambda r: Behaviour(float(r["pass_rate"]), int(r["cases"]))),
        slices=files.json("slices.json", _slices),
        budget=files.json(runs.BUDGET, lambda r: Budget(int(r["bytes"]), float(r["milliseconds"]))),
        baselines=dict(_baselines(client, run, baselines)),
    )


def model_id(client: "MlflowClient", run_id: str) -> str:
    """The id of the model that the run logged."""
    return str(json.loads(runs.read_artifact(client, run_id, runs.REPORT))["model_id"])


class _Files:
    """A run's artifacts; one that is absent is None."""

    def __init__(self, client: "MlflowClient", run: "Run", strict: bool) -> None:
        self.client, self.run_id, self.strict = client, str(run.info.run_id), strict
        self.names = {item.path for item in client.list_artifacts(self.run_id)}

    def text(self, name: str, parse: Callable[[str], T]) -> T | None:
        if name not in self.names:
            return None
        text = runs.read_artifact(self.client, self.run_id, name)
        try:
            return parse(text)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            unclear = FramingError(
                expected=f"{name} of run {self.run_id} as this version of framing writes it",
                found=f"{type(error).__name__}: {error}",
                fix="Train the run again.",
            )
            if self.strict:
                raise unclear from error
            log.warning("%s", unclear)
            return None

    def json(self, name: str, parse: Callable[[Any], T]) -> T | None:
        return self.text(name, lambda text: parse(json.loads(text)))


def _baselines(client: "MlflowClient", run: "Run", kinds: Sequence[str]) -> Iterator[tuple[str, Rows]]:
    digest = run.data.tags.get(runs.DATA, "")
    for kind in kinds:
        found = runs.newest(client, run.info.experiment_id, {runs.KIND: kind, runs.DATA: digest})
        if found and (rows := read(client, client.get_run(found)).rows):
            yield kind, rows


def _rows(text: str, report: Report | None) -> Rows | None:
    """None where the run was logged before decisions stood beside the scores."""
    records = [json.loads(line) for line in text.splitlines()]
    if report is None or not records or "decided" not in records[0]:
        return None
    labels = tuple(row.label for row in report.labels)
    return Rows(
        labels,
        tuple(str(r["id"]) for r in records),
        tuple(str(r["document"]) for r in records),
        _hot([r["gold"] for r in records], labels),
        _hot([r["decided"] for r in records], labels),
    )


def _hot(named: Sequence[Sequence[str]], labels: Sequence[str]) -> Hot:
    import numpy as np

    return np.array([[label in row for label in labels] for row in named], dtype=np.bool_)


def _sides(record: Mapping[str, Any]) -> Sides:
    value, low, high = (_number(v) for v in record["signed"])
    return Sides(_number(record["flip_rate"][0]), Interval(value, low, high), int(record["sentences"]))


def _slices(rows: Sequence[Mapping[str, Any]]) -> dict[str, SliceScore]:
    return {
        f"{row['slice']}={row['value']}": SliceScore(int(row["sentences"]), _number(row["micro_f1"][0])) for row in rows
    }


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
