"""A sweep: trials of a study, each a run of MLflow nested in the study's, by one process or several at once."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from framing import pipeline
from framing import taxonomy as taxonomies
from framing.data.dataset import Dataset
from framing.errors import FramingError, first_line
from framing.evaluation.tables import markdown, number
from framing.judging import judge_split
from framing.models.collapse import CollapsedError
from framing.models.protocol import Progress
from framing.pipeline import Say
from framing.space import Plan, Value
from framing.taxonomy import Taxonomy
from framing.tracking import runs, study
from framing.tracking import store as tracking

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

FAILING = (ValueError, RuntimeError, CollapsedError)
"""What ends a trial and not the sweep."""
SPLIT, EPOCH_SCORE = "validation", "val/macro_ap"
"""Where trials are judged, and what an encoder says of it after each epoch."""
STUDY, NUMBER, STATE = "framing.study", "framing.trial", "framing.trial_state"
"""Tags of the runs of trials; the first also of the study's."""
RUN = "framing.run_id"
"""Attribute of a study and of a trial."""
CLAIM = "trial"
"""Lock that is held from counting trials until there is one more."""
WAIT = 2.0
FAILURES = 3
"""Trials in a row that may fail in one process: one diverges, three have the same cause."""
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial that ended; `value` is None where it was given up."""

    number: int
    value: float | None
    values: Mapping[str, Value]
    run_id: str


@dataclass(frozen=True, slots=True)
class Swept:
    """The study's run, its trials with the best first, and the command that trains the best one."""

    run_id: str
    name: str
    score: str
    trials: tuple[Tried, ...]
    command: str

    @property
    def best(self) -> Tried:
        """The trial with the highest score."""
        return self.trials[0]


@dataclass(frozen=True, slots=True)
class _Work:
    """What all trials of this process share."""

    plan: Plan
    taxonomy: Taxonomy
    data: Dataset
    experiment: str
    say: Say
    failures: list[str] = field(default_factory=list)


def sweep(plan: Plan, *, trials: int | None = None, storage: str | None = None, say: Say = print) -> Swept:
    """Try settings until `trials` (or the config's) of the study have ended, those of other processes among them.

    `storage` is the address of the study's database, that of the MLflow store if None. Raises FramingError.
    """
    taxonomy, data = pipeline.load(plan.base)
    pipeline.check_leaks(data)
    client = tracking.connect()
    work = _Work(plan, taxonomy, data, tracking.experiment(client, plan.base.experiment), say)
    setting = {**plan.setting(), "data": data.digest, "taxonomy": taxonomy.digest}
    found = study.opened(plan.sweep.study, setting, study.database(storage), lost=_closing(client))
    run_id = _run_of(found, client, work)
    tags = {STUDY: plan.sweep.study}
    with study.errors(), runs.run(work.experiment, f"sweep {plan.sweep.study}", tags, into=run_id):
        runs.log_config(setting)
        _try_all(found, work, trials or plan.sweep.trials)
        swept = _swept(found, run_id, plan)
        assert swept.best.value is not None, "the pruner gives none up before one is whole"
        runs.log_values({f"best/{SPLIT}/{plan.sweep.score}": swept.best.value})
        runs.describe(sheet(swept))
    return swept


def sheet(swept: Swept) -> str:
    """The best trials, a row each, and the command."""
    keys = list(swept.best.values)
    rows = [
        [
            str(one.number),
            "given up" if one.value is None else number(one.value),
            *(_short(one.values[k]) for k in keys),
        ]
        for one in swept.trials[:SHOWN]
    ]
    table = markdown(["trial", f"{SPLIT} {swept.score}", *keys], rows)
    up = sum(one.value is None for one in swept.trials)
    head = f"Study `{swept.name}`: {len(swept.trials)} trials, {up} of them given up."
    return f"{head}\n\n{table}\nThe best one is trained by\n\n    {swept.command}\n"


def _try_all(found: "Study", work: _Work, goal: int) -> None:
    waiting = False
    while True:
        with ExitStack() as claim:
            claim.enter_context(tracking.lock(CLAIM))
            count = study.count(found)
            if count.ended >= goal:
                return
            if count.ended + count.running < goal:
                _try_one(found, work, claim.close)
                waiting = False
                continue
        if not waiting:
            work.say(f"{work.plan.sweep.study}: waiting for what other processes try: {count.running}")
        waiting = True
        time.sleep(WAIT)


def _try_one(found: "Study", work: _Work, claimed: Callable[[], None]) -> None:
    """One more trial; `claimed` is called as soon as the study has it."""
    from optuna.exceptions import UpdateFinishedTrialError

    def objective(trial: "Trial") -> float:
        claimed()
        return _objective(trial, work)

    pruning, begun = work.plan.sweep.pruning, len(found.get_trials(deepcopy=False))
    found.sampler = study.sampler(work.plan.base.seed + begun)
    found.pruner = study.pruner(pruning.startup, pruning.warmup) if pruning else study.no_pruner()
    try:
        found.optimize(objective, n_trials=1, catch=FAILING, gc_after_trial=True)
    except UpdateFinishedTrialError:
        work.say(f"{work.plan.sweep.study}: a trial of this process was taken for lost, and is tried again")


def _objective(trial: "Trial", work: _Work) -> float:
    from optuna import TrialPruned

    try:
        value = _trial(trial, work)
    except runs.StoppedError as stop:
        work.say(f"{work.plan.name(trial.number)}: given up, {stop}")
        raise TrialPruned(str(stop)) from stop
    except FAILING as error:
        work.failures.append(first_line(error))
        work.say(f"{work.plan.name(trial.number)}: failed, {first_line(error)}")
        if len(work.failures) >= FAILURES:
            raise FramingError(
                expected="trials that can be trained",
                found=f"{FAILURES} in a row that failed, the last with: {first_line(error)}",
                fix="Narrow the space; `mlflow ui` shows their runs.",
            ) from error
        raise
    work.failures.clear()
    return value


def _trial(trial: "Trial", work: _Work) -> float:
    """Train and judge on validation, in a run of its own; raises StoppedError where the pruner gives it up."""
    plan = work.plan
    values = plan.suggest(trial)
    config = plan.config(values, trial.number)
    tags = {STUDY: plan.sweep.study, NUMBER: str(trial.number)}
    with runs.run(work.experiment, f"trial {config.run}", tags) as run_id:
        trial.set_user_attr(RUN, run_id)
        _log_setting(config.model_dump(mode="json"), work)
        with _stated():
            watched = _watched(trial, runs.progress())
            model = pipeline.fit(config, work.taxonomy, work.data, run_id=run_id, progress=watched)
            judged = judge_split(model, work.data, SPLIT, name=config.run, draws=config.draws, seed=config.seed)
            runs.log_values(judged.report.metrics())
            value = plan.score(judged.report)
    work.say(f"{config.run}: {SPLIT} {plan.sweep.score} {value:.3f}, run {run_id}")
    return value


@contextmanager
def _stated() -> Iterator[None]:
    """Tags the open run with how its trial ended."""
    try:
        yield
    except runs.StoppedError:
        runs.tag({STATE: "given up"})
        raise
    except FAILING as error:
        runs.tag({STATE: f"failed: {first_line(error)}"})
        raise
    runs.tag({STATE: "whole"})


def _watched(trial: "Trial", log: Progress) -> Progress:
    """`log`, and after each epoch the pruner's word on the trial."""
    epochs = 0

    def progress(values: Mapping[str, float], step: int) -> None:
        nonlocal epochs
        log(values, step)
        if EPOCH_SCORE in values:
            epochs += 1
            trial.report(values[EPOCH_SCORE], epochs)
            if trial.should_prune():
                raise runs.StoppedError(f"{EPOCH_SCORE} {values[EPOCH_SCORE]:.3f} after epoch {epochs}")

    return progress


def _log_setting(config: Mapping[str, Any], work: _Work) -> None:
    facts = {runs.DATA: work.data.digest, runs.SPLIT: work.data.split_digest}
    runs.log_setting(
        config,
        facts={**facts, **({runs.LEAKY: "true"} if work.data.leaky else {})},
        taxonomy_yaml=taxonomies.find(work.plan.base.taxonomy).read_text(encoding="utf-8"),
    )


def _run_of(found: "Study", client: "MlflowClient", work: _Work) -> str:
    """The id of the study's run in MLflow, the same for every process."""
    with tracking.lock("study"):
        known = found.user_attrs.get(RUN)
        if known is None:
            known = client.create_run(work.experiment, run_name=f"sweep {found.study_name}").info.run_id
            found.set_user_attr(RUN, known)
    return str(known)


def _closing(client: "MlflowClient") -> study.Lost:
    """Ends the run of a trial whose worker died."""

    def lost(trial: "FrozenTrial") -> None:
        if run_id := trial.user_attrs.get(RUN):
            client.set_tag(run_id, STATE, "lost")
            client.set_terminated(run_id, "KILLED")

    return lost


def _swept(found: "Study", run_id: str, plan: Plan) -> Swept:
    from optuna.trial import TrialState

    ended = found.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
    tried = [
        Tried(
            one.number,
            one.value if one.state == TrialState.COMPLETE else None,
            {key: one.params[key] for key in plan.sweep.space},
            one.user_attrs[RUN],
        )
        for one in ended
    ]
    tried.sort(key=lambda one: (-math.inf if one.value is None else one.value, -one.number), reverse=True)
    command = plan.command(tried[0].values, tried[0].number)
    return Swept(run_id, plan.sweep.study, plan.sweep.score, tuple(tried), command)


def _short(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
