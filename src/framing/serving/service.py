"""`framing serve`: one process, or several on one port, of which a dead one is replaced."""

import ipaddress
import json
import logging
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from framing.data.files import write_text
from framing.errors import FramingError
from framing.models import backend, store
from framing.models.store import Model
from framing.serving.app import make_app
from framing.serving.drift import check_log
from framing.serving.keys import Keys
from framing.serving.live import Follower, Served, admit
from framing.serving.metrics import MULTIPROCESS
from framing.serving.patience import PatientProtocol
from framing.serving.settings import Settings
from framing.tracking import following, runs
from framing.tracking.following import Alias, follows

log = logging.getLogger(__name__)
VARIABLE = "FRAMING_SERVE"
"""Settings on their way to a worker process."""
IMPATIENT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "10"}
"""A tracking server that is down is asked again at the next poll, not for minutes. A value that the user set stays."""
NEWEST = "newest"


def serve(settings: Settings) -> None:
    """Answer until interrupted; what was taken by then is finished. Raises FramingError for what cannot work."""
    check(settings)
    for name, value in IMPATIENT.items():
        os.environ.setdefault(name, value)
    if settings.workers == 1:
        uvicorn.run(build(settings), **_options(settings))
        return
    with tempfile.TemporaryDirectory(prefix="framing-serve-") as folder:
        counts = Path(folder) / "counts"
        counts.mkdir()
        shared = replace(settings, kept=str(Path(folder) / "models"))
        _keep(_start(shared), Path(folder) / "models")
        os.environ |= {VARIABLE: shared.to_json(), MULTIPROCESS: str(counts)}
        uvicorn.run("framing.serving.service:worker", factory=True, workers=settings.workers, **_options(settings))


def worker() -> FastAPI:
    """The app of one worker process."""
    return build(Settings.from_json(os.environ[VARIABLE]))


def build(settings: Settings) -> FastAPI:
    """The app over the model that the settings name, following the registry where they name an alias."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    backend.set_threads(settings.threads)
    app = make_app(_start(settings), settings)
    if follows(settings.model) and settings.poll_seconds:
        kept = settings.kept

        def keep(served: Served) -> None:
            if kept:
                _keep(served, Path(kept))

        app.state.follower = Follower(app.state.live, Alias(settings.model), backend=settings.backend, keep=keep)
    return app


def check(settings: Settings) -> None:
    """Raises FramingError where others could reach it without keys, or a file that was named does not serve."""
    if settings.drift_log:
        check_log(Path(settings.drift_log))
    if settings.keys:
        Keys(Path(settings.keys))
    elif not _is_loopback(settings.host):
        raise FramingError(
            expected="keys for a service that other machines can reach",
            found=f"--host {settings.host} without --keys",
            fix="Make a key with `framing keys new NAME` and add --keys FILE, or leave --host out.",
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        "log_level": "info",
        "server_header": False,
        "http": PatientProtocol,
        "timeout_keep_alive": 30,
        "timeout_graceful_shutdown": int(settings.limits.shutdown_seconds),
    }


def _start(settings: Settings) -> Served:
    """The model to begin with: of the registry or a folder, else the one that a worker before this one kept."""
    try:
        model, certificate = following.load(settings.model)
    except Exception as error:
        kept = _kept(settings)
        if kept is None:
            raise _unfound(settings.model, error) from error
        log.warning("the registry does not answer (%s): the kept version answers", type(error).__name__)
        model, certificate = kept
    return admit(model, backend=settings.backend, certificate=certificate)


def _unfound(uri: str, error: Exception) -> Exception:
    if isinstance(error, FramingError):
        return error
    return FramingError(
        expected=f"a model at {uri}",
        found=f"none, or no store that answers ({type(error).__name__})",
        fix="Train one with `make run` or `framing train`, or name a model folder with --model.",
    )


def _keep(served: Served, folder: Path) -> None:
    """A copy of the model in `folder`, for workers that start while the store is down."""
    name = served.version or "0"
    if not (folder / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
        model = served.model
        store.save(model, scratch, taxonomy_yaml=model.taxonomy_yaml, card=model.card)
        write_text(scratch / runs.SIDES, json.dumps(served.certificate))
        try:
            scratch.rename(folder / name)
        except OSError:  # another worker was first
            shutil.rmtree(scratch)
    write_text(folder / NEWEST, name)


def _kept(settings: Settings) -> tuple[Model, Any] | None:
    if not settings.kept or not (Path(settings.kept) / NEWEST).is_file():
        return None
    folder = Path(settings.kept)
    place = folder / (folder / NEWEST).read_text(encoding="utf-8")
    return store.load(place), json.loads((place / runs.SIDES).read_text(encoding="utf-8"))
