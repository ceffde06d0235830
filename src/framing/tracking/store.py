"""The MLflow store: one SQLite file per project unless a tracking server is named, made once under a lock.

Two processes that create the same SQLite store at once destroy it (docs/decisions/0002-mlflow-store.md).
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import FramingError

if TYPE_CHECKING:
    from mlflow import MlflowClient

FOLDER = "runs"
DATABASE = "mlflow.db"
SQLITE = "sqlite:///"
LOCK_SECONDS = 300.0
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SKIP_PIP_REQUIREMENTS_CHECK": "true",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""No telemetry, no bars, and no pickle is ever loaded. A value that the user set stays."""

REFUSED = {"UNAUTHENTICATED": "no such name or password", "PERMISSION_DENIED": "one without the permission"}
"""What a server with passwords may answer, and what that says of the account."""


def home() -> Path:
    """The project's `runs` folder: beside the nearest `configs` or existing store upwards of the current folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FOLDER / DATABASE).is_file() or (folder / "configs" / "train").is_dir():
            return folder / FOLDER
    return here / FOLDER


def uri() -> str:
    """`MLFLOW_TRACKING_URI` where it is set, else the project's SQLite store."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home() / DATABASE}"


def is_local() -> bool:
    """Whether the store is a SQLite file of this machine, which nobody reads over a network."""
    return uri().startswith("sqlite:")


def exists() -> bool:
    """Whether the store is there to be asked; a tracking server always counts as being there."""
    address = uri()
    return not address.startswith(SQLITE) or Path(address.removeprefix(SQLITE)).is_file()


def connect() -> "MlflowClient":
    """A client of the store, which is created where it is missing; raises FramingError where that fails."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with _errors(), lock("store"):
        import mlflow

        for chatty in ("mlflow", "alembic"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        mlflow.set_tracking_uri(uri())
        mlflow.set_registry_uri(uri())
        client = mlflow.MlflowClient()
        client.search_experiments(max_results=1)
    return client


def experiment(client: "MlflowClient", name: str) -> str:
    """The id of the experiment, which is created where it is missing, with artifacts beside the store."""
    with _errors(), lock("store"):
        found = client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        return _new_experiment(client, name)


def _new_experiment(client: "MlflowClient", name: str) -> str:
    """Its id; another machine that shares the store may have made it in the meantime."""
    from mlflow.exceptions import MlflowException

    place = (home() / "artifacts" / name).as_uri() if is_local() else None
    note = "Runs of the `framing` package. `test/...` are judged once; brackets in the sheet are 95% intervals."
    try:
        return str(client.create_experiment(name, artifact_location=place, tags={"mlflow.note.content": note}))
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
        return str(client.get_experiment_by_name(name).experiment_id)


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the project's lock of that name; other processes wait."""
    from filelock import FileLock, Timeout

    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{name}.lock", timeout=LOCK_SECONDS):
            yield
    except Timeout as error:
        raise FramingError(
            expected=f"the lock {name!r} in {folder} within {LOCK_SECONDS:.0f} s",
            found="another process holding it",
            fix="Wait for that process, or end it.",
        ) from error
    except PermissionError as error:
        raise _unwritable(str(folder)) from error


@contextmanager
def _errors() -> Iterator[None]:
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except MlflowException as error:
        raise refusal(error) or _unwritable(uri()) from error
    except (SQLAlchemyError, OSError) as error:
        raise _unwritable(uri()) from error


def refusal(error: Exception) -> FramingError | None:
    """What to tell a user whom a tracking server with passwords refuses something; None for any other error."""
    code = getattr(error, "error_code", None)
    if code not in REFUSED:
        return None
    return FramingError(
        expected=f"an account of {uri()} that may do this",
        found=REFUSED[code],
        fix="Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or ask who keeps the server.",
    )


def _unwritable(place: str) -> FramingError:
    return FramingError(
        expected=f"an MLflow store that can be read and written at {place}",
        found="an error of the store",
        fix="Check the folder's permissions, or set MLFLOW_TRACKING_URI.",
    )
