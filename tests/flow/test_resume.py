"""A training that is killed goes on in the same run, and ends with the weights it would have had."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from framing import pipeline
from framing.errors import FramingError
from framing.models import checkpoint
from framing.pipeline import train
from framing.resuming import resume
from framing.tracking import runs
from framing.tracking import store as tracking
from framing.tracking.checkpoints import kept
from tests.flow.conftest import weights

SETTINGS = (
    "model.epochs=4",
    "model.patience=9",
    "model.max_length=32",
    "model.batch_size=4",
    "model.checkpoint_steps=3",
    "threads=1",
)
SCRIPT = """
import sys
from pathlib import Path
from framing import config, pipeline
from framing.models import training

class Slow(training.KeepBest):
    def on_step_end(self, args, state, control, **more):
        super().on_step_end(args, state, control, **more)
        Path("step").write_text(str(state.global_step))
        if state.global_step >= int(sys.argv[1]):
            while True:
                pass

training.KeepBest = Slow
pipeline.train(config.load(Path(sys.argv[2]), sys.argv[3:]))
"""


@pytest.fixture
def settings(tiny_base):
    return [f"model.base={tiny_base}", *SETTINGS]


def silent(line):
    """Nobody listens."""


def killed_at(step, config, settings):
    """Start a training in another process, kill it in the given step, and return its run's id."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    command = [sys.executable, "-c", SCRIPT, str(step), str(config), *settings]
    reached, said, end = Path("step"), Path("said"), time.monotonic() + 120
    with said.open("wb") as file, subprocess.Popen(command, env=environment, stdout=file, stderr=file) as process:
        while not (reached.is_file() and reached.read_text() == str(step)):
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    (folder,) = (tracking.home() / "checkpoints").iterdir()
    return folder.name


def test_killed_anywhere_it_ends_with_equal_weights_in_the_same_run(made, settings, tmp_path):
    whole = weights(train(made("encoder", *settings), say=silent).run_id)

    for step in (2, 10, 17):  # before any checkpoint, between two, after the end of an epoch
        run_id = killed_at(step, tmp_path / "config.yaml", settings)
        assert resume(run_id[:12], say=silent).run_id == run_id

        found = weights(run_id)
        assert found.keys() == whole.keys()
        assert all((found[name] == whole[name]).all() for name in whole)
        assert tracking.connect().get_run(run_id).info.status == "FINISHED"
        assert not (tracking.home() / "checkpoints" / run_id).exists()


def test_a_run_that_ended_or_is_another_code_or_data_is_refused(made, settings, dataset, monkeypatch):
    ended = train(made("linear"), say=silent).run_id
    with pytest.raises(FramingError, match="a training run that did not end"):
        resume(ended)

    client = tracking.connect()
    client.set_terminated(ended, "FAILED")
    client.set_tag(ended, runs.FINGERPRINT, "another")
    with pytest.raises(FramingError, match=r"the code, data and labels that run .* was started with, found others"):
        resume(ended)


def test_a_failing_disk_ends_in_one_line_that_says_how_to_go_on(made, settings, monkeypatch):
    def full(*words):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "save_random", full)
        with pytest.raises(FramingError, match=r"No space left on device.*train --resume \w+` goes on") as found:
            train(made("encoder", *settings), say=silent)
    run_id = str(found.value).partition("--resume ")[2].partition("`")[0]

    assert tracking.connect().get_run(run_id).info.status == "FAILED"
    assert resume(run_id, say=silent).run_id == run_id
    assert tracking.connect().get_run(run_id).info.status == "FINISHED"


def test_a_run_that_was_trained_and_not_yet_judged_keeps_its_weights(made, settings, monkeypatch):
    whole = weights(train(made("encoder", *settings), say=silent).run_id)

    def lost(*words):
        raise ConnectionError("the store does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "judge", lost)
        with pytest.raises(FramingError, match="the store does not answer") as found:
            train(made("encoder", *settings), say=silent)
    run_id = str(found.value).partition("--resume ")[2].partition("`")[0]
    resume(run_id, say=silent)

    found = weights(run_id)
    assert all((found[name] == whole[name]).all() for name in whole)


def test_a_run_that_is_being_trained_is_left_alone(store):
    with kept("abc"), pytest.raises(FramingError, match="a run abc that no process is training"), kept("abc"):
        pass


def test_a_checkpoint_that_was_begun_is_not_taken(tmp_path):
    for step, text in ((9, "{}"), (10, "{}"), (20, '{"epo')):
        (tmp_path / f"checkpoint-{step}").mkdir()
        (tmp_path / f"checkpoint-{step}" / checkpoint.WHOLE).write_text(text)
    (tmp_path / "checkpoint-30").mkdir()

    assert checkpoint.newest(tmp_path).name == "checkpoint-10"
