"""`framing sweep`: trials are nested runs, the study goes on where it was, and workers share it."""

import os
import shlex
import subprocess
import sys

import pytest

from framing import config as configs
from framing import sweeping
from framing.config import load_sweep
from framing.errors import FramingError
from framing.pipeline import train
from framing.tracking import runs
from framing.tracking import store as tracking

LINEAR = "study: small\ntrain: {train}\ntrials: 3\nspace:\n  model.strength: {{low: 0.5, high: 8.0, log: true}}\n"
ENCODER = """
study: deep
train: {train}
trials: 6
space:
  model.learning_rate: {{choices: [0.005, 1.0e-9]}}
"""


def silent(line):
    """Nobody listens."""


@pytest.fixture
def sweep(made, tmp_path):
    """A sweep file over the config of one kind."""

    def written(kind, text, *lines):
        made(kind)
        path = tmp_path / "sweep.yaml"
        config = tmp_path / "config.yaml"
        config.write_text(config.read_text().replace(f"kind: {kind}\n", "\n  ".join([f"kind: {kind}", *lines]) + "\n"))
        path.write_text(text.format(train=config))
        return path

    return written


def nested(run_id):
    client = tracking.connect()
    experiments = [each.experiment_id for each in client.search_experiments()]
    return client.search_runs(experiments, filter_string=f"tags.mlflow.parentRunId = '{run_id}'")


def test_trials_are_nested_runs_and_the_printed_command_trains_the_best_again(sweep, made, tmp_path):
    swept = sweeping.run(load_sweep(sweep("linear", LINEAR)), say=silent)

    assert len(swept.trials) == 3
    children = nested(swept.run_id)
    assert sorted(run.info.run_name for run in children) == ["small-0", "small-1", "small-2"]
    values = {run.info.run_id: run.data.metrics["validation/macro_ap"] for run in children}
    assert swept.best.value == max(values.values()) == values[swept.best.user_attrs["run_id"]]
    words = shlex.split(swept.command)
    assert words[:2] == ["framing", "train"]
    again = train(configs.load(tmp_path / "config.yaml", words[3:]), say=silent)
    assert again.config.run == "small-best"
    assert again.validation.macro_ap.value == pytest.approx(swept.best.value)
    assert swept.command in tracking.connect().get_run(swept.run_id).data.tags["mlflow.note.content"]


def test_the_same_command_goes_on_in_the_same_run_up_to_the_number_asked_for(sweep):
    path = sweep("linear", LINEAR)
    first = sweeping.run(load_sweep(path), trials=1, say=silent)
    done = sweeping.run(load_sweep(path), trials=2, say=silent)
    same = sweeping.run(load_sweep(path), trials=2, say=silent)

    assert [len(one.trials) for one in (first, done, same)] == [1, 2, 2]
    assert first.run_id == done.run_id == same.run_id
    assert len(nested(first.run_id)) == 2


def test_two_processes_share_a_study(sweep):
    path = sweep("linear", LINEAR)
    load_sweep(path)
    command = [sys.executable, "-m", "framing.cli.main", "sweep", str(path), "--trials", "4"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    workers = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]

    assert [worker.wait(timeout=240) for worker in workers] == [0, 0]
    swept = sweeping.run(load_sweep(path), trials=4, say=silent)
    numbers = [trial.number for trial in swept.trials]
    assert numbers == list(range(len(numbers)))
    assert len({trial.user_attrs["run_id"] for trial in swept.trials}) == len(numbers) >= 4


def test_a_trial_that_falls_behind_is_pruned_and_its_run_says_so(sweep, tiny_base, monkeypatch):
    import optuna

    monkeypatch.setattr(optuna.pruners, "MedianPruner", lambda: optuna.pruners.ThresholdPruner(lower=0.9))
    lines = [f"base: {tiny_base}", "epochs: 3", "max_length: 32"]
    sweep_file = load_sweep(sweep("encoder", ENCODER, *lines))
    with pytest.raises(FramingError, match="a trial that ends"):
        sweeping.run(sweep_file, trials=1, say=silent)

    client = tracking.connect()
    experiments = [each.experiment_id for each in client.search_experiments()]
    (run,) = client.search_runs(experiments, filter_string=f"tags.`{runs.STOPPED}` LIKE 'pruned%'")
    assert (run.info.status, run.data.tags[runs.STOPPED]) == ("KILLED", "pruned after 1 epochs")
    assert not list((tracking.home() / "checkpoints").iterdir())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("model.strength", "model.strengh", "nearest known key is 'model.strength'"),
        ("low: 0.5", "low: 9.5", "either low < high"),
        ("trials: 3", "trails: 3", "nearest known key is 'trials'"),
    ],
)
def test_a_wrong_sweep_ends_in_one_line(sweep, old, new, words):
    with pytest.raises(FramingError, match=words):
        load_sweep(sweep("linear", LINEAR.replace(old, new)))


def test_a_database_that_is_mlflows_is_refused(sweep):
    path = sweep("linear", LINEAR)
    tracking.connect()

    with pytest.raises(FramingError, match="Name one of its own with --storage"):
        sweeping.run(load_sweep(path), storage=tracking.uri(), say=silent)
    tracking.connect().search_experiments()
