"""Optuna's study of a sweep, in the database of the MLflow store (docs/decisions/0006-sweeps.md).

Only this module opens one. Its tables have other names than MLflow's; what both want is the table `alembic_version`,
which is left to MLflow.
"""

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from framing.errors import FramingError
from framing.tracking import store

if TYPE_CHECKING:
    from optuna import Study
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.storages import RDBStorage
    from optuna.trial import FrozenTrial

HEARTBEAT, GRACE = 20, 120
"""Seconds between two signs of life of a trial, and after which a trial without them is lost."""
BUSY = 60.0
"""Seconds to wait for another process that writes to a SQLite file."""
RETRIES = 2
"""How often a trial whose worker was lost is tried again: it may be what kills its workers."""
SETTING = "framing.setting"
"""Attribute of a study: what its trials have in common."""
Lost = Callable[["FrozenTrial"], None]


@dataclass(frozen=True, slots=True)
class Count:
    """Trials of a study that ended, whole or given up, and that some process is at."""

    ended: int
    running: int


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warnings that heartbeats are an experiment of Optuna's."""
    from optuna.exceptions import ExperimentalWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        yield


def database(storage: str | None = None) -> str:
    """The address `storage`, or that of the MLflow store; raises FramingError where this is no database."""
    address = storage or store.uri()
    if address.partition(":")[0].partition("+")[0] not in {"sqlite", "postgresql", "mysql"}:
        raise FramingError(
            expected="a database for the study, at sqlite:///, postgresql:// or mysql://",
            found=f"an MLflow store at {address.partition(':')[0]}:" if not storage else "another address",
            fix="Give one, as --storage postgresql://HOST/DATABASE or --storage sqlite:///runs/study.db.",
        )
    return address


def opened(name: str, setting: Mapping[str, Any], address: str, *, lost: Lost) -> "Study":
    """The study of this name, which is made where it is missing; `lost` is called with a trial whose worker died.

    Raises FramingError without Optuna, where the database cannot be used, or where the study has another setting.
    """
    optuna = _optuna()
    with errors(), store.lock("study"):
        study: Study = optuna.create_study(
            storage=storage_at(address, lost=lost), study_name=name, direction="maximize", load_if_exists=True
        )
        if SETTING not in study.user_attrs:
            study.set_user_attr(SETTING, dict(setting))
    begun, now = study.user_attrs[SETTING], json.loads(json.dumps(setting))
    if begun != now:
        raise FramingError(
            expected=f"what the study {name!r} was begun with",
            found=f"another {' and '.join(key for key in now if begun.get(key) != now[key])}",
            fix="Name another study, as `study: NAME` in the file.",
        )
    return study


def count(study: "Study") -> Count:
    """Trials by state, after those of lost workers were found out and queued again."""
    import optuna
    from optuna.trial import TrialState

    with _quiet():
        optuna.storages.fail_stale_trials(study)
    trials = study.get_trials(deepcopy=False)
    states = [trial.state for trial in trials]
    return Count(states.count(TrialState.COMPLETE) + states.count(TrialState.PRUNED), states.count(TrialState.RUNNING))


def sampler(seed: int) -> "BaseSampler":
    """Tree-structured Parzen estimator, which takes a running trial for a bad one, so that workers do not repeat it."""
    from optuna.samplers import TPESampler

    return TPESampler(seed=seed, constant_liar=True)


def pruner(startup: int, warmup: int) -> "BasePruner":
    """Gives a trial up below the median at its epoch, after `startup` whole trials and `warmup` epochs of its own."""
    from optuna.pruners import MedianPruner

    return MedianPruner(n_startup_trials=startup, n_warmup_steps=warmup + 1)


def no_pruner() -> "BasePruner":
    """Gives no trial up."""
    from optuna.pruners import NopPruner

    return NopPruner()


@contextmanager
def errors() -> Iterator[None]:
    """One line for what the study's database refuses."""
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, StorageInternalError) as error:
        cause = error.__cause__ or error
        raise FramingError(
            expected="a database that can be read and written for the study",
            found=type(cause).__name__,
            fix="Check its address, rights and disk; then the same command goes on.",
        ) from error


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise FramingError(expected="optuna", found="none", fix="Install it: pip install 'framing[sweep]'.") from error
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    return optuna


@_quiet()
def storage_at(address: str, *, lost: Lost) -> "RDBStorage":
    """Optuna's tables at the address, which are made where they are missing."""
    from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback

    again = RetryHeartbeatStaleTrialCallback(max_retry=RETRIES)

    def retry(study: "Study", trial: "FrozenTrial") -> None:
        lost(trial)
        with _quiet():
            again(study, trial)

    try:
        storage = RDBStorage(
            address,
            engine_kwargs={"connect_args": {"timeout": BUSY}} if address.startswith("sqlite") else {},
            skip_compatibility_check=True,
            heartbeat_interval=HEARTBEAT,
            grace_period=GRACE,
            heartbeat_stale_trial_callback=retry,
        )
    except ImportError as error:
        raise FramingError(
            expected=f"a driver for {address.partition(':')[0]}://", found="none", fix="Install psycopg or its like."
        ) from error
    _check_tables(storage)
    return storage


def _check_tables(storage: "RDBStorage") -> None:
    """Refuse tables of an older Optuna, where the database says which it made; MLflow's word is no older Optuna's."""
    if storage.get_current_version() in set(storage.get_all_versions()) - {storage.get_head_version()}:
        raise FramingError(
            expected="the tables of this version of optuna",
            found="those of an older one",
            fix="Run `optuna storage upgrade --storage URL`, or give another --storage.",
        )
