"""Where a training run keeps its checkpoints: `checkpoints/RUN_ID` beside the store, until the run is whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from framing.errors import FramingError
from framing.tracking import runs, store

FOLDER = "checkpoints"


@contextmanager
def kept(run_id: str) -> Iterator[Path]:
    """The run's folder, held by this process. It goes when the block ends well or was stopped, and stays where
    it failed.

    Raises FramingError where another process holds it.
    """
    from filelock import FileLock, Timeout

    folder = store.home() / FOLDER / run_id
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            yield folder
    except Timeout as error:
        raise FramingError(
            expected=f"a run {run_id} that no process is training",
            found="one that is at it",
            fix="Wait for that process, or end it.",
        ) from error
    except runs.StoppedError:
        shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)
