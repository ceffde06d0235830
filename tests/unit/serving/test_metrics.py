import os
import subprocess
import sys

from framing.serving.metrics import forget_dead


def test_a_worker_that_is_dead_says_nothing_more_of_its_state(tmp_path):
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    dead, alive, counted = (
        tmp_path / f"gauge_livemax_{done.pid}.db",
        tmp_path / f"gauge_livesum_{os.getpid()}.db",
        tmp_path / f"counter_{done.pid}.db",
    )
    for path in (dead, alive, counted):
        path.touch()

    forget_dead(tmp_path)

    assert [path.exists() for path in (dead, alive, counted)] == [False, True, True]
