"""One config with several seeds: a run of MLflow for each, nested in one that says how far their scores lie apart."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from framing import pipeline
from framing.config import TrainConfig
from framing.errors import FramingError
from framing.evaluation.report import Report
from framing.evaluation.tables import markdown, number
from framing.pipeline import Outcome, Say
from framing.tracking import runs
from framing.tracking import store as tracking

LEAST = 2
SEEDS = "framing.seeds"
"""Tag of the outer run."""
FIGURES: dict[str, Callable[[Report], float]] = {
    "macro_f1": lambda report: report.macro_f1.value,
    "micro_f1": lambda report: report.micro_f1.value,
    "macro_ap": lambda report: report.macro_ap.value,
    "calibration_error": lambda report: report.calibration_error,
}


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over the seeds; `sd` is the sample standard deviation (n - 1)."""

    name: str
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Seeds:
    """The outer run and what each seed ended with, in the order given."""

    run_id: str
    seeds: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    spread: tuple[Spread, ...]


def train(config: TrainConfig, seeds: Sequence[int], *, say: Say = print) -> Seeds:
    """Train the config once a seed; raises FramingError for fewer than two seeds, or one that stands twice."""
    if len(seeds) < LEAST or len(set(seeds)) < len(seeds):
        raise FramingError(
            expected="two or more different seeds, as 13,14,15", found=str(list(seeds)), fix="Correct --seeds."
        )
    client = tracking.connect()
    experiment = tracking.experiment(client, config.experiment)
    with runs.run(experiment, config.run, {SEEDS: ",".join(map(str, seeds))}) as run_id:
        runs.log_config(config.model_dump(mode="json"))
        outcomes = tuple(pipeline.train(_with(config, seed), say=say) for seed in seeds)
        spread = tuple(spread_of([outcome.test for outcome in outcomes]))
        runs.log_values({f"{row.name}_{part}": getattr(row, part) for row in spread for part in ("mean", "sd")})
        runs.describe(sheet(seeds, outcomes, spread))
    return Seeds(run_id, tuple(seeds), outcomes, spread)


def spread_of(reports: Sequence[Report]) -> list[Spread]:
    """Mean and standard deviation of what the sheet shows."""
    split = reports[0].split
    values = {name: [figure(report) for report in reports] for name, figure in FIGURES.items()}
    return [Spread(f"{split}/{name}", statistics.fmean(own), statistics.stdev(own)) for name, own in values.items()]


def sheet(seeds: Sequence[int], outcomes: Sequence[Outcome], spread: Sequence[Spread]) -> str:
    """A row a seed, then mean and standard deviation."""
    rows = [
        [str(seed), *(number(figure(outcome.test)) for figure in FIGURES.values())]
        for seed, outcome in zip(seeds, outcomes, strict=True)
    ]
    rows += [["mean", *(number(row.mean) for row in spread)], ["sd", *(number(row.sd) for row in spread)]]
    test = outcomes[0].test
    head = f"n = {test.sentences} sentences in {test.documents} documents, split `{test.split}`"
    table = markdown(["seed", "macro F1", "micro F1", "mean AP", "ECE"], rows)
    return f"{head}, data `{test.data_digest[:12]}`.\n\n{table}"


def _with(config: TrainConfig, seed: int) -> TrainConfig:
    return config.model_copy(update={"seed": seed, "run": f"{config.run}-{seed}"})
