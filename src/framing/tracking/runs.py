"""What a training run leaves in MLflow, logged by explicit calls only (docs/decisions/0002-mlflow-store.md)."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from framing.evaluation.report import Report
from framing.tracking.environment import code_commit, package_versions

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from mlflow import MlflowClient

FINGERPRINT = "framing.fingerprint"
NOT_IN_KEYS = re.compile(r"[^\w\-. :/]")
"""MLflow refuses other characters in the name of a metric; PTC has labels with commas."""
DIGEST_LENGTH = 32
"""MLflow keeps at most 36 characters of a dataset digest; the whole hash goes into a tag."""


@contextmanager
def run(experiment_id: str, name: str, tags: Mapping[str, str]) -> Iterator[str]:
    """An open MLflow run, by id; marked FAILED where the block raises, KILLED on an interrupt."""
    import mlflow

    with mlflow.start_run(experiment_id=experiment_id, run_name=name, tags=dict(tags)) as active:
        try:
            yield str(active.info.run_id)
        except KeyboardInterrupt:
            mlflow.end_run("KILLED")
            raise


def finished(client: "MlflowClient", experiment_id: str, fingerprint: str) -> str | None:
    """The id of the newest finished run with this fingerprint."""
    found = client.search_runs(
        [experiment_id],
        filter_string=f"attributes.status = 'FINISHED' and tags.`{FINGERPRINT}` = '{fingerprint}'",
        order_by=["attributes.start_time DESC"],
        max_results=1,
    )
    return str(found[0].info.run_id) if found else None


def log_setting(config: Mapping[str, Any], *, facts: Mapping[str, str], taxonomy_yaml: str) -> None:
    """Config as flat parameters and as a file, facts as tags, taxonomy and package versions as artifacts."""
    import mlflow

    mlflow.log_params(_flatten(config))
    mlflow.log_dict(dict(config), "config.json")
    mlflow.log_text(taxonomy_yaml, "taxonomy.yaml")
    mlflow.log_dict(package_versions(), "packages.json")
    mlflow.set_tags({**facts, "framing.code_commit": code_commit()})


def log_dataset(name: str, digest: str, rows: Sequence[Mapping[str, Any]], context: str) -> Any:
    """The split as a dataset input; returns MLflow's dataset, which metrics are linked to.

    The digest is ours: MLflow's own ignores list columns, so that changed labels would not change it.
    """
    import mlflow
    import pandas as pd

    frame = pd.DataFrame({"id": [r["id"] for r in rows], "labels": [",".join(r["labels"]) for r in rows]})
    dataset = mlflow.data.from_pandas(frame, name=f"{name}/{context}", digest=digest[:DIGEST_LENGTH])
    mlflow.log_input(dataset, context=context, tags={"sha256": digest})
    return dataset


def log_report(report: Report, dataset: Any, model_id: str | None) -> None:
    """Metrics linked to model and data at step 0, and the table a label."""
    import mlflow
    import pandas as pd

    named = {NOT_IN_KEYS.sub("_", name): value for name, value in report.metrics().items()}
    mlflow.log_metrics(named, step=0, dataset=dataset, model_id=model_id)
    mlflow.log_table(pd.DataFrame(report.table()), f"{report.split}_labels.json")


def log_metrics(values: Mapping[str, float], model_id: str) -> None:
    """Metrics of a model at step 0; a figure that does not exist is left out."""
    import mlflow

    mlflow.log_metrics({k: v for k, v in values.items() if math.isfinite(v)}, step=0, model_id=model_id)


def log_figures(figures: Mapping[str, "Figure"]) -> None:
    """Every figure as `plots/NAME.png`."""
    import mlflow

    for name, figure in figures.items():
        mlflow.log_figure(figure, f"plots/{name}.png")


def log_text(text: str, name: str) -> None:
    """A text artifact."""
    import mlflow

    mlflow.log_text(text, name)


def describe(markdown: str) -> None:
    """The description that the run's page shows."""
    import mlflow

    mlflow.set_tag("mlflow.note.content", markdown)


def progress() -> Callable[[Mapping[str, float], int], None]:
    """A `Progress` that logs to the open run; figures that are not finite are left out, as MLflow distorts them."""
    import mlflow

    def log(values: Mapping[str, float], step: int) -> None:
        mlflow.log_metrics({k: v for k, v in values.items() if math.isfinite(v)}, step=step)

    return log


def read_artifact(client: "MlflowClient", run_id: str, name: str) -> str:
    """The text of a run's artifact."""
    import mlflow

    return str(mlflow.artifacts.load_text(f"{client.get_run(run_id).info.artifact_uri}/{name}"))


def _flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value if isinstance(value, str) else json.dumps(value)
    return flat
