"""Runs of the store compared: found, read, set against the first, and logged as a run that links to them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from framing.data.files import check_absent, new_folder
from framing.errors import FramingError
from framing.evaluation.comparison import Comparison, Judgement, compare
from framing.evaluation.comparison_plots import comparison_figures
from framing.evaluation.comparison_sheet import comparison_sheet
from framing.evaluation.report import Report
from framing.schema import Hot
from framing.tracking import runs, store
from framing.tracking.lookup import find_run

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from mlflow import MlflowClient
    from mlflow.entities import Run

KIND = "comparison"
SPLIT = "test"
SCORES = runs.scores_file(SPLIT)
SHORT_ID = 8


@dataclass(frozen=True, slots=True)
class Compared:
    """Runs side by side, and the run that their comparison was logged as; the first is the reference."""

    run_id: str
    judgements: tuple[Judgement, ...]
    comparisons: tuple[Comparison, ...]

    def sheet(self) -> str:
        """As Markdown."""
        return comparison_sheet([one.report for one in self.judgements], self.comparisons)

    def summary(self) -> str:
        """The sheet without the labels: it stays short enough for a run's description."""
        return comparison_sheet([one.report for one in self.judgements], self.comparisons, labels=False)

    def to_json(self) -> str:
        """One JSON object: the runs, then every run but the first against the first."""
        compared = [{"run_id": one.run_id, "name": one.report.name} for one in self.judgements]
        comparisons = [one.to_record() for one in self.comparisons]
        return json.dumps({"run_id": self.run_id, "runs": compared, "comparisons": comparisons}, ensure_ascii=False)


def compare_runs(names: Sequence[str], *, out: Path | None = None, say: Callable[[str], None] = print) -> Compared:
    """Compare runs by id, beginning of an id, or name; with `out`, leave the pages in that new folder as well."""
    if out is not None:
        check_absent(out)
    client = store.connect()
    found = [find_run(client, name) for name in names]
    read = [_read(client, run) for run in found]
    judgements = _told_apart([judgement for judgement, _ in read])
    say(f"comparing {', '.join(one.report.name for one in judgements)}")
    comparisons = tuple(compare(judgements))
    models = [model for _, model in read]
    with runs.run(found[0].info.experiment_id, *_name_and_tags(judgements, models)) as run_id:
        compared = Compared(run_id, judgements, comparisons)
        runs.link(client, run_id, models=models, dataset_of=found[0], context=SPLIT)
        figures = comparison_figures(judgements, comparisons)
        _log(compared, figures)
    if out is not None:
        _save(compared, figures, out)
    return compared


def _read(client: "MlflowClient", run: "Run") -> tuple[Judgement, str]:
    """What a run logged about the test split, and the id of its model."""
    record = json.loads(_artifact(client, run, runs.REPORT))
    report = Report.from_record(record[SPLIT])
    rows = [json.loads(line) for line in _artifact(client, run, SCORES).splitlines()]
    if not rows or not {"document", "gold", "decided"} <= set(rows[0]):
        raise _unreadable(run, f"one without documents, gold and decisions in {SCORES}")
    labels = [row.label for row in report.labels]
    judgement = Judgement(
        run_id=str(run.info.run_id),
        report=report,
        ids=tuple(row["id"] for row in rows),
        documents=tuple(row["document"] for row in rows),
        gold=_hot(rows, "gold", labels),
        scores=np.array([row["scores"] for row in rows], dtype=np.float64),
        decided=_hot(rows, "decided", labels),
    )
    return judgement, record["model_id"]


def _artifact(client: "MlflowClient", run: "Run", name: str) -> str:
    from mlflow.exceptions import MlflowException

    try:
        return runs.read_artifact(client, run.info.run_id, name)
    except MlflowException as error:
        raise _unreadable(run, f"one without {name}") from error


def _unreadable(run: "Run", found: str) -> FramingError:
    return FramingError(
        expected=f"run {run.info.run_name!r} ({run.info.run_id}) to be a finished training run",
        found=found,
        fix="Train it again with `framing train`, or name another run.",
    )


def _hot(rows: Sequence[Mapping[str, Any]], field: str, labels: Sequence[str]) -> Hot:
    return np.array([[label in row[field] for label in labels] for row in rows], dtype=np.bool_)


def _told_apart(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Runs of one name get the beginning of their id behind it."""
    names = [one.report.name for one in judgements]
    return tuple(
        replace(one, report=replace(one.report, name=f"{name} {one.run_id[:SHORT_ID]}"))
        if names.count(name) > 1
        else one
        for one, name in zip(judgements, names, strict=True)
    )


def _name_and_tags(judgements: Sequence[Judgement], models: Sequence[str]) -> tuple[str, dict[str, str]]:
    name = " ".join(["compare", *(one.report.name for one in judgements)])
    return name, {
        "framing.kind": KIND,
        "framing.compared_runs": ",".join(one.run_id for one in judgements),
        "framing.compared_models": ",".join(models),
        "framing.data_digest": judgements[0].report.data_digest,
    }


def _log(compared: Compared, figures: "Mapping[str, Figure]") -> None:
    for one in compared.comparisons:
        runs.log_values(one.metrics())
    runs.log_table([row for one in compared.comparisons for row in one.figure_rows()], "comparison_figures.json")
    runs.log_table([row for one in compared.comparisons for row in one.label_rows()], "comparison_labels.json")
    runs.log_figures(figures)
    runs.log_text(compared.sheet(), "comparison.md")
    runs.describe(f"{compared.summary()}\nLabels in `comparison.md`, tables in `comparison_*.json`, plots in `plots/`.")


def _save(compared: Compared, figures: "Mapping[str, Figure]", out: Path) -> None:
    with new_folder(out) as folder:
        (folder / "comparison.md").write_text(compared.sheet(), encoding="utf-8")
        (folder / "comparison.json").write_text(compared.to_json() + "\n", encoding="utf-8")
        for name, figure in figures.items():
            figure.savefig(folder / f"{name}.png")
