"""What a training run leaves in MLflow, logged by explicit calls only (docs/decisions/0002-mlflow-store.md)."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from framing.errors import FramingError, first_line
from framing.evaluation.report import Report
from framing.tracking import store
from framing.tracking.environment import code_commit, package_versions

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from mlflow import MlflowClient
    from mlflow.entities import Run

FINGERPRINT, COMMIT = "framing.fingerprint", "framing.code_commit"
KIND, DATA, SPLIT, FORMAT = "framing.kind", "framing.data_digest", "framing.split_digest", "framing.report"
LEAKY, STOPPED, STREAM = "framing.leaky", "framing.stopped", "framing.stream_digest"
"""Tags by which runs find each other."""
CONFIG, TAXONOMY, PACKAGES = "config.json", "taxonomy.yaml", "packages.json"
REPORT, CARD, BUDGET, SIDES = "reports.json", "README.md", "budget.json", "sides.json"
"""Artifacts that other modules read again."""
NOT_IN_KEYS = re.compile(r"[^\w\-. :/]")
"""MLflow refuses other characters in the name of a metric; PTC has labels with commas."""
DIGEST_LENGTH = 32
"""MLflow keeps at most 36 characters of a dataset digest; the whole hash goes into a tag."""


class StoppedError(Exception):
    """Raised in an open run that is given up on purpose: it ends KILLED."""


@contextmanager
def run(experiment_id: str, name: str, tags: Mapping[str, str], *, into: str | None = None) -> Iterator[str]:
    """An open MLflow run, by id: the run `into`, or a new one, nested where another is open.

    It ends FAILED where the block raises, KILLED if interrupted or stopped, with the reason as a tag. Raises
    FramingError, with the way to go on, where the store or the disk fails.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    nested, run_id = mlflow.active_run() is not None, into
    try:
        with mlflow.start_run(into, experiment_id, name, nested=nested, tags=dict(tags)) as active:
            run_id = str(active.info.run_id)
            with _with_reason():
                yield run_id
    except (OSError, MlflowException) as error:
        raise FramingError(
            expected=f"to read and write the run {run_id} in {store.uri()}",
            found=first_line(error),
            fix=f"What it logged is kept. Mend that; `framing train --resume {run_id}` goes on with a training run.",
        ) from error


@contextmanager
def _with_reason() -> Iterator[None]:
    import mlflow

    try:
        yield
    except (KeyboardInterrupt, StoppedError) as reason:
        mlflow.set_tag(STOPPED, str(reason) or "interrupted")
        mlflow.end_run("KILLED")
        raise
    except FramingError as reason:
        mlflow.set_tag(STOPPED, str(reason))
        raise


def scores_file(split: str) -> str:
    """The artifact with every score and decision of a split by sentence id."""
    return f"{split}_scores.jsonl"


def finished(client: "MlflowClient", experiment_id: str, fingerprint: str) -> str | None:
    """The id of the newest finished run with this fingerprint."""
    return newest(client, experiment_id, {FINGERPRINT: fingerprint})


def newest(client: "MlflowClient", experiment_id: str, tags: Mapping[str, str]) -> str | None:
    """The id of the newest finished run with all these tags."""
    wanted = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
    found = client.search_runs(
        [experiment_id],
        filter_string=f"attributes.status = 'FINISHED' and {wanted}",
        order_by=["attributes.start_time DESC"],
        max_results=1,
    )
    return str(found[0].info.run_id) if found else None


def log_setting(config: Mapping[str, Any], *, facts: Mapping[str, str], taxonomy_yaml: str) -> None:
    """Config as flat parameters and as a file, facts as tags, taxonomy and package versions as artifacts."""
    import mlflow

    log_config(config)
    mlflow.log_text(taxonomy_yaml, TAXONOMY)
    mlflow.log_dict(package_versions(), PACKAGES)
    mlflow.set_tags({**facts, COMMIT: code_commit()})


def log_config(config: Mapping[str, Any]) -> None:
    """The config as flat parameters and as a file."""
    import mlflow

    mlflow.log_params(_flatten(config))
    mlflow.log_dict(dict(config), CONFIG)


def log_dataset(name: str, digest: str, rows: Sequence[Mapping[str, Any]], context: str) -> Any:
    """The split as a dataset input; returns MLflow's dataset, which metrics are linked to.

    The digest is ours: MLflow's own ignores list columns, so that changed labels would not change it.
    """
    import mlflow
    import pandas as pd

    frame = pd.DataFrame({"id": [r["id"] for r in rows], "labels": [",".join(r["labels"]) for r in rows]})
    dataset = mlflow.data.from_pandas(frame, name=f"{name}/{context}", digest=digest[:DIGEST_LENGTH])
    _again_where_another_was_first(lambda: mlflow.log_input(dataset, context=context, tags={"sha256": digest}))
    return dataset


def _again_where_another_was_first(write: Callable[[], None]) -> None:
    """Write, and once more where the store says BAD_REQUEST.

    MLflow looks whether a dataset is there and then inserts it: of two runs that log the same data at the same moment,
    one breaks the constraint of the table, and finds the dataset there when it asks again.
    """
    from mlflow.exceptions import MlflowException

    try:
        write()
    except MlflowException as error:
        if error.error_code != "BAD_REQUEST":
            raise
        write()


def log_report(report: Report, dataset: Any, model_id: str | None) -> None:
    """Metrics linked to model and data at step 0, and the table a label."""
    log_values(report.metrics(), dataset=dataset, model_id=model_id)
    log_table(report.table(), f"{report.split}_labels.json")


def log_values(values: Mapping[str, float], *, dataset: Any = None, model_id: str | None = None) -> None:
    """Metrics at step 0, so that the UI draws a bar a run; characters that MLflow refuses become `_`."""
    import mlflow

    named = {NOT_IN_KEYS.sub("_", name): value for name, value in values.items()}
    mlflow.log_metrics(named, step=0, dataset=dataset, model_id=model_id)


def log_table(rows: Sequence[Mapping[str, Any]], name: str) -> None:
    """A table that opens in the UI and that `mlflow.load_table` reads back."""
    import mlflow
    import pandas as pd

    mlflow.log_table(pd.DataFrame(rows), name)


def link(client: "MlflowClient", run_id: str, *, models: Sequence[str], dataset_of: "Run", context: str) -> None:
    """Make models, and the dataset that another run has under `context`, inputs of a run."""
    from mlflow.entities import LoggedModelInput

    def context_of(one: Any) -> str | None:
        return next((tag.value for tag in one.tags if tag.key == "mlflow.data.context"), None)

    datasets = [one for one in dataset_of.inputs.dataset_inputs if context_of(one) == context]
    client.log_inputs(run_id, datasets=datasets, models=[LoggedModelInput(model_id) for model_id in models])


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


def tag(values: Mapping[str, str]) -> None:
    """Tags of the open run."""
    import mlflow

    mlflow.set_tags(dict(values))


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
