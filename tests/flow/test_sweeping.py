import json
import os
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import optuna
import pytest

from framing import config as configs
from framing import pipeline, space, sweeping
from framing.cli import main
from framing.errors import FramingError
from framing.tracking import store as tracking
from framing.tracking import study

LINEAR = "  model.strength: {low: 0.1, high: 10, log: true}\n  model.min_df: {low: 1, high: 3}\n"
BAD, GOOD = 1e-9, 5e-3


def quiet(line):
    pass


@pytest.fixture
def plan(dataset):
    """A sweep on the toy dataset, in the file `sweep.yaml`."""

    def plan(dimensions=LINEAR, model="kind: linear", more="", overrides=()):
        Path("base.yaml").write_text(
            f"run: toy\ndataset: {dataset}\nmodel: {{{model}}}\ndraws: 100\n", encoding="utf-8"
        )
        text = f"study: s\ntrain: base.yaml\n{more}space:\n{dimensions}"
        Path("sweep.yaml").write_text(text, encoding="utf-8")
        return space.load(Path("sweep.yaml"), overrides)

    return plan


@pytest.fixture
def encoder(plan, tiny_base):
    """A sweep of the tiny encoder over a learning rate that learns and one that does not."""
    model = f"kind: encoder, base: {tiny_base}, max_length: 48, epochs: 3, batch_size: 8, warmup: 0"
    rates = f"  model.learning_rate: {{choices: [{GOOD}, {BAD}]}}\n"
    return plan(rates, model, "pruning: {startup: 1, warmup: 0}\n", ["threads=1"])


def queue(*trials):
    """Give the study `s` its first trials, before any sweep has opened it."""
    tracking.connect()
    made = optuna.create_study(
        storage=study.storage_at(study.database(), lost=quiet),
        study_name="s",
        direction="maximize",
        load_if_exists=True,
    )
    for values in trials:
        made.enqueue_trial(values)
    return made


def asked(made):
    """A trial that another process is at."""
    with pytest.warns(UserWarning, match="Heartbeat"):
        trial = made.ask()
    made._storage.record_heartbeat(trial._trial_id)
    return trial


def runs_by_name():
    client = tracking.connect()
    found = client.search_runs([tracking.experiment(client, "framing")], max_results=100)
    return {run.info.run_name: run for run in found}


def test_trials_are_runs_nested_in_the_study_and_judged_on_validation_alone(plan):
    swept = sweeping.sweep(plan(), trials=3, say=quiet)

    runs = runs_by_name()
    outer = runs.pop("sweep s")
    assert outer.info.run_id == swept.run_id
    assert sorted(runs) == ["trial s-0", "trial s-1", "trial s-2"]
    for run in runs.values():
        assert (run.info.status, run.data.tags["framing.trial_state"]) == ("FINISHED", "whole")
        assert run.data.tags["mlflow.parentRunId"] == swept.run_id
        assert {name.partition("/")[0] for name in run.data.metrics} == {"val", "validation"}
    values = {run.info.run_id: run.data.metrics["validation/macro_ap"] for run in runs.values()}
    assert {one.run_id: one.value for one in swept.trials} == pytest.approx(values)
    assert swept.best.value == max(values.values())
    assert outer.data.metrics["best/validation/macro_ap"] == pytest.approx(swept.best.value)
    assert swept.command in outer.data.tags["mlflow.note.content"]


def test_the_printed_command_trains_a_run_with_the_score_of_the_best_trial(plan):
    swept = sweeping.sweep(plan(), trials=2, say=quiet)

    _, _, path, *overrides = shlex.split(swept.command)
    outcome = pipeline.train(configs.load(Path(path), overrides), say=quiet)

    assert outcome.validation.macro_ap.value == swept.best.value
    assert outcome.config.run == f"s-{swept.best.number}"


def test_a_study_that_goes_on_tries_what_it_would_have_tried_at_once(plan):
    sweeping.sweep(plan(), trials=2, say=quiet)
    halves = sweeping.sweep(plan(), trials=4, say=quiet)
    more = sweeping.sweep(plan(), trials=3, say=quiet)
    tracking.connect().delete_run(halves.run_id)
    optuna.delete_study(study_name="s", storage=study.storage_at(study.database(), lost=quiet))
    whole = sweeping.sweep(plan(), trials=4, say=quiet)

    assert more.trials == halves.trials
    assert halves.run_id != whole.run_id
    assert [(one.number, one.values) for one in halves.trials] == [(one.number, one.values) for one in whole.trials]


def test_the_store_still_belongs_to_mlflow(plan):
    sweeping.sweep(plan(), trials=1, say=quiet)

    with sqlite3.connect(tracking.home() / tracking.DATABASE) as database:
        ((version,),) = database.execute("SELECT version_num FROM alembic_version").fetchall()
    assert not version.startswith("v")
    assert tracking.connect().search_experiments()


def test_a_study_may_lie_elsewhere(plan, tmp_path):
    swept = sweeping.sweep(plan(), trials=1, storage=f"sqlite:///{tmp_path}/study.db", say=quiet)

    assert optuna.load_study(study_name="s", storage=f"sqlite:///{tmp_path}/study.db").best_trial.number == 0
    with sqlite3.connect(tracking.home() / tracking.DATABASE) as database:
        assert database.execute("SELECT name FROM sqlite_master WHERE name = 'studies'").fetchall() == []
    assert runs_by_name()["sweep s"].info.run_id == swept.run_id


def test_a_trial_below_the_median_is_given_up_and_is_no_failure(encoder):
    queue({"model.learning_rate": GOOD}, {"model.learning_rate": BAD})
    said = []

    swept = sweeping.sweep(encoder, trials=2, say=said.append)

    runs = runs_by_name()
    given_up = runs["trial s-1"]
    assert (given_up.info.status, given_up.data.tags["framing.trial_state"]) == ("KILLED", "given up")
    assert given_up.data.tags["framing.stopped"].endswith("after epoch 1")
    assert "val/macro_ap" in given_up.data.metrics
    assert "validation/macro_ap" not in given_up.data.metrics
    assert [(one.number, one.value is None) for one in swept.trials] == [(0, False), (1, True)]
    assert runs["sweep s"].info.status == "FINISHED"
    assert "s-1: given up, val/macro_ap" in said[1]
    assert "| 1     | given up " in sweeping.sheet(swept)


def test_without_pruning_every_trial_is_trained_to_its_end(encoder):
    text = Path("sweep.yaml").read_text(encoding="utf-8").replace("pruning: {startup: 1, warmup: 0}", "pruning: null")
    Path("sweep.yaml").write_text(text, encoding="utf-8")
    queue({"model.learning_rate": GOOD}, {"model.learning_rate": BAD})

    swept = sweeping.sweep(space.load(Path("sweep.yaml"), ["threads=1"]), trials=2, say=quiet)

    assert all(one.value is not None for one in swept.trials)


def test_a_trial_whose_worker_died_is_closed_and_tried_again(plan):
    values = {"model.strength": 0.7, "model.min_df": 2}
    made = queue(values)
    trial = asked(made)
    plan().suggest(trial)
    client = tracking.connect()
    run_id = client.create_run(tracking.experiment(client, "framing"), run_name="dead").info.run_id
    trial.set_user_attr(sweeping.RUN, run_id)
    with sqlite3.connect(tracking.home() / tracking.DATABASE) as database:
        database.execute("UPDATE trial_heartbeats SET heartbeat = datetime('now', '-1 hour')")

    swept = sweeping.sweep(plan(), trials=1, say=quiet)

    assert [(one.number, one.values) for one in swept.trials] == [(1, values)]
    dead = client.get_run(run_id)
    assert (dead.info.status, dead.data.tags["framing.trial_state"]) == ("KILLED", "lost")


def test_a_trial_of_another_process_is_waited_for(plan, monkeypatch):
    made = queue()
    trial = asked(made)
    plan().suggest(trial)
    trial.set_user_attr(sweeping.RUN, "other")
    said = []
    monkeypatch.setattr(sweeping.time, "sleep", lambda seconds: made.tell(trial, 0.9))

    swept = sweeping.sweep(plan(), trials=1, say=said.append)

    assert said == ["s: waiting for what other processes try: 1"]
    assert swept.best.run_id == "other"


def test_a_trial_that_fails_is_recorded_and_the_next_goes_on(plan, monkeypatch):
    whole = pipeline.fit

    def fit(config, *more, **others):
        if config.run == "s-0":
            raise ValueError("diverged\nat length")
        return whole(config, *more, **others)

    monkeypatch.setattr(pipeline, "fit", fit)
    swept = sweeping.sweep(plan(), trials=1, say=quiet)

    failed = runs_by_name()["trial s-0"]
    assert (failed.info.status, failed.data.tags["framing.trial_state"]) == ("FAILED", "failed: diverged")
    assert [one.number for one in swept.trials] == [1]


def test_three_failures_in_a_row_end_the_sweep_in_one_line(plan, monkeypatch):
    def fit(*more, **others):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(pipeline, "fit", fit)
    with pytest.raises(FramingError, match="3 in a row that failed, the last with: out of memory"):
        sweeping.sweep(plan(), trials=1, say=quiet)
    assert runs_by_name()["sweep s"].info.status == "FAILED"


def test_an_interrupt_ends_the_sweep_and_the_same_command_goes_on(plan, monkeypatch):
    whole = pipeline.fit

    def fit(*more, **others):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "fit", fit)
    with pytest.raises(KeyboardInterrupt):
        sweeping.sweep(plan(), trials=1, say=quiet)
    assert {run.info.status for run in runs_by_name().values()} == {"KILLED"}

    monkeypatch.setattr(pipeline, "fit", whole)
    assert [one.number for one in sweeping.sweep(plan(), trials=1, say=quiet).trials] == [1]


def test_a_study_is_not_gone_on_with_under_another_setting(plan):
    sweeping.sweep(plan(), trials=1, say=quiet)

    with pytest.raises(FramingError, match="what the study 's' was begun with, found another space and train"):
        sweeping.sweep(plan(LINEAR.replace("high: 3", "high: 4"), overrides=["seed=7"]), trials=2, say=quiet)


@pytest.mark.parametrize(
    ("uri", "storage", "message"),
    [
        ("http://127.0.0.1:9", None, "found an MLflow store at http:. Give one, as --storage postgresql://HOST"),
        (None, "redis://x", "found another address. Give one, as --storage"),
    ],
)
def test_a_study_needs_a_database(store, monkeypatch, uri, storage, message):
    if uri:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    with pytest.raises(FramingError, match=message):
        study.database(storage)


def test_a_database_that_cannot_be_opened_is_one_line(plan, tmp_path):
    with pytest.raises(FramingError, match="a database that can be read and written for the study"):
        sweeping.sweep(plan(), storage=f"sqlite:///{tmp_path}/none/study.db", say=quiet)


def test_tables_of_an_older_optuna_are_refused(plan, tmp_path):
    address = f"sqlite:///{tmp_path}/study.db"
    optuna.create_study(storage=address)
    with sqlite3.connect(tmp_path / "study.db") as database:
        database.execute("UPDATE alembic_version SET version_num = 'v2.6.0.a'")

    with pytest.raises(FramingError, match="Run `optuna storage upgrade"):
        sweeping.sweep(plan(), storage=address, say=quiet)


def test_without_optuna_one_line_says_how_to_get_it(plan, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)

    with pytest.raises(FramingError, match=r"expected optuna, found none. Install it: pip install 'framing\[sweep\]'"):
        sweeping.sweep(plan(), say=quiet)


def test_the_command_prints_trials_and_the_next_command_for_programs(plan, capsys, monkeypatch):
    plan()
    monkeypatch.setattr(sys, "argv", ["framing", "sweep", "sweep.yaml", "draws=101", "--trials", "1", "--json"])
    with pytest.raises(SystemExit) as end:
        main.run()

    printed = json.loads(capsys.readouterr().out)
    (trial,) = printed["trials"]
    assert (end.value.code or 0, printed["score"], trial["number"]) == (0, "macro_ap", 0)
    assert printed["command"].startswith("framing train base.yaml draws=101 model.strength=")


@pytest.mark.slow
def test_two_processes_share_a_study(plan):
    plan()
    command = [sys.executable, "-m", "framing.cli.main", "sweep", "sweep.yaml", "--trials", "8", "--json"]
    workers = [
        subprocess.Popen(command, env={**os.environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = [worker.communicate(timeout=300) for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0], ended
    (first, _), (second, _) = ended
    assert first == second
    runs = runs_by_name()
    assert sorted(runs) == ["sweep s", *(f"trial s-{k}" for k in range(8))]
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert all("run" in said for _, said in ended)
