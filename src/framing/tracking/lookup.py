"""A run as people name it: by id, by the beginning of its id, or by its name."""

import re
from typing import TYPE_CHECKING

from framing.errors import FramingError
from framing.tracking import store

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

SHORTEST = 4
"""Characters of an id that are enough to try it as one."""


def find_run(client: "MlflowClient", name: str) -> "Run":
    """The run with this id, the newest finished run of this name, or the only run whose id begins so.

    Raises FramingError where there is none, or several ids begin so.
    """
    asked = [f"attributes.status = 'FINISHED' and attributes.run_name = {_quoted(name)}"]
    if re.fullmatch(f"[0-9a-f]{{{SHORTEST},32}}", name):
        asked = [f"attributes.run_id = '{name}'", *asked, f"attributes.run_id LIKE '{name}%'"]
    experiments = [each.experiment_id for each in client.search_experiments()]
    for condition in asked:
        newest = ["attributes.start_time DESC"]
        found = client.search_runs(experiments, filter_string=condition, order_by=newest, max_results=2)
        if len(found) > 1 and "LIKE" in condition:
            raise _refused(name, "several whose id begins so")
        if found:
            return found[0]
    raise _refused(name, "none")


def _quoted(name: str) -> str:
    """As MLflow's filters take it; they know no escape, so a name with both marks is no run's name."""
    if "'" in name and '"' in name:
        raise _refused(name, "none")
    return f'"{name}"' if "'" in name else f"'{name}'"


def _refused(name: str, found: str) -> FramingError:
    return FramingError(
        expected=f"one run with the id or name {name!r} in {store.uri()}",
        found=found,
        fix=f"Name a finished run, or {SHORTEST} or more characters of its id; `mlflow ui` lists them.",
    )
