"""One change of the registry at a time, on one machine and on many.

MLflow has no compare-and-set on aliases. On one machine a file lock is enough; in a store that several machines write,
the mutex is a registered model of a reserved name: the store refuses a second one of the name, whoever asks.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from framing.errors import FramingError
from framing.tracking import store

if TYPE_CHECKING:
    from mlflow import MlflowClient

FILE = "registry"
MODEL = "framing-lock"
HOLDER = "held.by"
SECONDS = 300.0
PAUSE = 0.2


@contextmanager
def registry(client: "MlflowClient") -> Iterator[None]:
    """Hold the registry; other processes, of this machine and of others, wait up to five minutes."""
    with store.lock(FILE):
        if store.is_local():
            yield
            return
        mine = _acquire(client)
        try:
            yield
        finally:
            if holder(client) == mine:
                client.delete_registered_model(MODEL)


def holder(client: "MlflowClient") -> str | None:
    """Who holds the registry of a store that machines share, and since when; None where nobody does."""
    found = client.search_registered_models(filter_string=f"name = '{MODEL}'", max_results=1)
    return str(found[0].tags.get(HOLDER, "somebody")) if found else None


def unlock(client: "MlflowClient") -> str | None:
    """Take the registry from whoever holds it, and say who that was: for a process that died with it."""
    held = holder(client)
    if held is not None:
        client.delete_registered_model(MODEL)
    return held


def _acquire(client: "MlflowClient") -> str:
    """What the mutex says of this process, once it is this process's."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    mine = f"process {os.getpid()} on {socket.gethostname()} since {now}"
    latest = time.monotonic() + SECONDS
    while not _created(client, mine):
        if time.monotonic() > latest:
            raise FramingError(
                expected=f"the registry of {store.uri()} within {SECONDS:.0f} s",
                found=f"it is held by {holder(client) or 'others in turn'}",
                fix="Wait for that process; if it is dead, `framing registry unlock` lets the registry go.",
            )
        time.sleep(PAUSE)
    return mine


def _created(client: "MlflowClient", mine: str) -> bool:
    """Whether this process made the mutex; any other error of the store is raised."""
    from mlflow.exceptions import MlflowException

    note = "The lock of `framing promote`: it is there while a promotion runs."
    try:
        client.create_registered_model(MODEL, tags={HOLDER: mine}, description=note)
    except MlflowException as error:
        if error.error_code == "RESOURCE_ALREADY_EXISTS":
            return False
        raise
    return True
