"""A search over configs with Optuna: every trial a training run, nested in one that holds the table of all.

The study lies in an SQLite file beside the MLflow store. It cannot lie in MLflow's own database: both keep the revision
of their tables in a table `alembic_version`, and each takes the other's for its own.
"""

import importlib.util
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing import config as configs
from framing import pipeline
from framing.config import Space, Sweep
from framing.errors import FramingError
from framing.evaluation.tables import markdown, number
from framing.pipeline import Outcome, Say
from framing.tracking import runs
from framing.tracking import store as tracking

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

FILE = "sweeps.db"
SWEEP, PARENT, RUN = "framing.sweep", "run_id", "run_id"
"""Tag of the outer run; attributes of the study and of a trial."""
HEARTBEAT, SILENCE, RETRIES = 30, 120, 2
"""Seconds between signs of life of a trial, seconds of silence after which it is dead, and how often it is retried."""
WATCHED = "val/macro_ap"


@dataclass(frozen=True, slots=True)
class Swept:
    """What the study knows when this process is done with it."""

    run_id: str
    sweep: Sweep
    trials: tuple["FrozenTrial", ...]
    best: "FrozenTrial"

    @property
    def command(self) -> str:
        """Trains the best trial again, as a run of its own."""
        settings = " ".join(overrides(self.best.params))
        return f"framing train {self.sweep.train} {settings} run={self.sweep.study}-best"

    def sheet(self) -> str:
        """A row a trial, the best first."""
        names = list(self.sweep.space)
        ranked = sorted(self.trials, key=lambda one: -_value(one) if _counts(one) else float("inf"))
        rows = [
            [str(one.number), one.state.name.lower(), number(_value(one)), *(_shown(one.params.get(n)) for n in names)]
            for one in ranked
        ]
        return markdown(["trial", "state", f"validation {self.sweep.score}", *names], rows)


def run(sweep: Sweep, *, trials: int | None = None, storage: str | None = None, say: Say = print) -> Swept:
    """Try configs until the study has as many ended trials as asked; several processes may run the same sweep.

    Raises FramingError without Optuna, for a storage that does not open, and where no trial ended.
    """
    wanted = trials or sweep.trials
    study = _study(sweep, storage)
    base = configs.load(sweep.train)
    experiment = tracking.experiment(tracking.connect(), base.experiment)
    with runs.run(experiment, sweep.study, {SWEEP: sweep.study}, into=study.user_attrs.get(PARENT)) as run_id:
        study.set_user_attr(PARENT, run_id)
        _optimise(study, sweep, wanted, say)
        ended = [one for one in study.trials if _counts(one)]
        if not ended:
            raise FramingError(expected="a trial that ends", found="none", fix="Look at the trials' runs in MLflow.")
        swept = Swept(run_id, sweep, tuple(study.trials), max(ended, key=_value))
        runs.describe(f"{swept.sheet()}\n`{swept.command}`")
    return swept


def overrides(params: Mapping[str, Any]) -> list[str]:
    """`key=value` words as `framing train` takes them."""
    return [f"{key}={json.dumps(value)}" for key, value in params.items()]


def _study(sweep: Sweep, storage: str | None) -> "Study":
    """The study of the sweep's name, new or gone on with."""
    if importlib.util.find_spec("optuna") is None:
        raise FramingError(expected="the package optuna", found="none", fix="Run `pip install 'framing[sweep]'`.")
    import optuna
    from optuna.exceptions import ExperimentalWarning, StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    address = storage or f"sqlite:///{tracking.home() / FILE}"
    try:
        with tracking.lock("sweeps"), warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return optuna.create_study(
                study_name=sweep.study,
                storage=optuna.storages.RDBStorage(
                    address,
                    heartbeat_interval=HEARTBEAT,
                    grace_period=SILENCE,
                    heartbeat_stale_trial_callback=optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=RETRIES),
                ),
                sampler=optuna.samplers.TPESampler(seed=sweep.seed),
                pruner=optuna.pruners.MedianPruner() if sweep.prune else optuna.pruners.NopPruner(),
                direction="maximize",
                load_if_exists=True,
            )
    except (StorageInternalError, SQLAlchemyError, RuntimeError, ImportError) as error:
        raise FramingError(
            expected=f"a database for studies at {address.partition('@')[2] or address}",
            found=str(error).splitlines()[0][:200],
            fix="Name one of its own with --storage; MLflow's cannot hold it.",
        ) from error


def _optimise(study: "Study", sweep: Sweep, wanted: int, say: Say) -> None:
    from optuna.study import MaxTrialsCallback
    from optuna.trial import TrialState

    ended = (TrialState.COMPLETE, TrialState.PRUNED)
    if len(study.get_trials(deepcopy=False, states=ended)) < wanted:
        enough = MaxTrialsCallback(wanted, states=ended)
        study.optimize(lambda trial: _tried(trial, sweep, say), callbacks=[enough])


def _tried(trial: "Trial", sweep: Sweep, say: Say) -> float:
    """Train what the trial proposes; its score on validation."""
    import optuna

    params = {key: _suggested(trial, key, space) for key, space in sweep.space.items()}
    config = configs.load(sweep.train, [*overrides(params), f"run={sweep.study}-{trial.number}"])
    seen = 0

    def watch(values: Mapping[str, float], step: int) -> None:
        nonlocal seen
        if WATCHED in values:
            trial.report(values[WATCHED], seen)
            seen += 1
            if trial.should_prune():
                raise runs.StoppedError(f"pruned after {seen} epochs")

    try:
        outcome = pipeline.train(config, say=say, watch=watch)
    except runs.StoppedError as reason:
        raise optuna.TrialPruned(str(reason)) from reason
    trial.set_user_attr(RUN, outcome.run_id)
    return _score(outcome, sweep.score)


def _score(outcome: Outcome, name: str) -> float:
    report = outcome.validation
    return float({"macro_ap": report.macro_ap, "macro_f1": report.macro_f1, "micro_f1": report.micro_f1}[name].value)


def _suggested(trial: "Trial", key: str, space: Space) -> Any:
    if space.choices is not None:
        return trial.suggest_categorical(key, space.choices)
    low, high = space.low, space.high
    if isinstance(low, int) and isinstance(high, int):
        return trial.suggest_int(key, low, high, log=space.log)
    return trial.suggest_float(key, float(low or 0.0), float(high or 0.0), log=space.log)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _value(trial: "FrozenTrial") -> float:
    """Its score; NaN for a trial without one."""
    return float("nan") if trial.value is None or not _counts(trial) else trial.value


def _counts(trial: "FrozenTrial") -> bool:
    """Whether it ended with a score; a pruned one has only what its epochs reported."""
    return trial.state.name == "COMPLETE"
