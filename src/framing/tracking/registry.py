"""Models in MLflow: logged as pyfunc from plain files, registered, and found again by URI or alias."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import FramingError
from framing.models import example
from framing.models import store as models
from framing.models.store import Model
from framing.tracking import bundled, resolved, runs, store
from framing.tracking.environment import requirements

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME = "framing"
CHAMPION = "champion"
DEFAULT = f"models:/{NAME}@{CHAMPION}"
PREVIOUS = "previous"
CODE = Path(__file__).with_name("pyfunc_model.py")
UNKNOWN = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""What MLflow answers for a model and for an alias that there is not."""
DENIED = "PERMISSION_DENIED"
"""What a server with passwords answers for a model that there is not, and for one that may not be read."""
EXAMPLE = [{"id": "example", "text": example.TEXT}]


def log_model(folder: Path, name: str, params: Mapping[str, Any]) -> str:
    """Log the model folder to the open run as a pyfunc; returns the LoggedModel id."""
    import mlflow

    logged = mlflow.pyfunc.log_model(
        name=name,
        python_model=str(CODE),
        artifacts={"model": str(folder)},
        input_example=(EXAMPLE, {"unit": "article"}),
        pip_requirements=requirements(),
        params=dict(params),
    )
    return str(logged.model_id)


def register(client: "MlflowClient", model_id: str, run_id: str, description: str) -> str:
    """The version of the registered model `framing` that a run has, made where it has none.

    The caller holds the `mutex`, as for every change of the registry.
    """
    from mlflow.exceptions import MlflowException

    try:
        client.get_registered_model(NAME)
    except MlflowException:
        client.create_registered_model(NAME, description="Framing in war reporting: labels, evidence, voice.")
    known = client.search_model_versions(f"name = '{NAME}' and run_id = '{run_id}'")
    if known:
        return str(max(int(version.version) for version in known))
    version = client.create_model_version(
        NAME,
        source=f"models:/{model_id}",
        run_id=run_id,
        tags={key: value for key, value in client.get_run(run_id).data.tags.items() if key == runs.LEAKY},
        model_id=model_id,
        description=description,
    )
    return str(version.version)


def champion(client: "MlflowClient") -> Any | None:
    """The version that the alias `champion` points at, or None."""
    return aliased(client, CHAMPION)


def aliased(client: "MlflowClient", alias: str, *, name: str = NAME) -> Any | None:
    """The version that an alias points at, or None; raises what the store's client raises where it does not answer."""
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version_by_alias(name, alias)
    except MlflowException as error:
        absent = error.error_code in UNKNOWN or (
            error.error_code == DENIED and not client.search_registered_models(filter_string=f"name = '{name}'")
        )
        if absent:
            return None
        raise


def or_bundled(uri: str) -> str:
    """The URI, or `bundled`, with a word on standard error, for a champion that the store lacks.

    A store that does not exist yet is not created.
    """
    if uri != DEFAULT or (store.exists() and champion(store.connect()) is not None):
        return uri
    bundled.announce()
    return bundled.NAME


def load(uri: str) -> Model:
    """The model behind `models:/framing@champion`, another MLflow model URI, `bundled`, or a model folder.

    Where the store has no champion, the bundled model is it, and standard error says so.
    """
    with located(uri) as (folder, facts):
        model = models.load(folder)
    return replace(model, facts={**model.facts, **facts})


@contextmanager
def located(uri: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The model's folder, which may be gone after the block, and what the registry knows of it; an alias is followed
    once. Raises FramingError where there is no such model.
    """
    if not uri.startswith(("models:/", "runs:/")):
        yield bundled.folder() if uri == bundled.NAME else Path(uri), {}
    elif known := resolved.recall(uri):
        yield known
    elif or_bundled(uri) == bundled.NAME:
        yield bundled.folder(), {}
    else:
        seen = resolved.state()
        # A local artifact store hands out the files themselves; a remote one fills the folder, which then goes.
        with tempfile.TemporaryDirectory() as scratch:
            place, facts = _download(store.connect(), uri, None if store.is_local() else scratch)
            resolved.remember(uri, place, facts, seen=seen)
            yield place, facts


def _download(client: "MlflowClient", uri: str, scratch: str | None) -> tuple[Path, dict[str, Any]]:
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        version = _version(client, uri)
        place = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=scratch)
    except MlflowException as error:
        raise FramingError(
            expected=f"a model at {uri} in {store.uri()}",
            found="none",
            fix="Train one with `make run` or `framing train`, or name a model folder with --model.",
        ) from error
    facts = {"version": version and str(version.version), "run_id": version and version.run_id}
    return Path(place) / "artifacts" / "model", facts


def _version(client: "MlflowClient", uri: str) -> Any | None:
    name, _, alias = uri.removeprefix("models:/").partition("@")
    if alias:
        return client.get_model_version_by_alias(name, alias)
    name, _, number = name.partition("/")
    return client.get_model_version(name, number) if number.isdigit() else None
