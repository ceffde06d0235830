"""What a sweep tries: a YAML file that names a config to begin with, a score, and a range for each key of its model."""

import math
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, field_validator, model_validator

from framing import config as configs
from framing.config import TrainConfig
from framing.errors import FramingError
from framing.evaluation.report import Report

if TYPE_CHECKING:
    from optuna import Trial

EXAMPLES = "configs/sweep"
MODEL = "model."
POWER = re.compile(r"[-+]?\d+(\.\d*)?e[-+]?\d+", re.IGNORECASE)
Value = bool | int | float | str | None


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Range(_Section):
    """Numbers from `low` to `high`, both included; whole ones where the key is a whole number."""

    low: float
    high: float
    log: bool = False
    step: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.low >= self.high:
            raise ValueError("low must be below high")
        if self.log and (self.low <= 0 or self.step):
            raise ValueError("a logarithmic range lies above 0 and has no step")
        return self

    def suggest(self, trial: "Trial", key: str, kind: Any) -> int | float:
        """The value that the trial shall try; `kind` is the type of the key."""
        if kind is int:
            step = int(self.step or 1)
            return trial.suggest_int(key, int(self.low), int(self.high), step=step, log=self.log)
        return trial.suggest_float(key, self.low, self.high, step=self.step, log=self.log)

    def ends(self) -> tuple[Value, ...]:
        """Values by which the whole range can be checked."""
        return self.low, self.high, self.low + (self.step or 0)


class Choice(_Section):
    """One of some values without an order."""

    choices: tuple[Value, ...] = Field(min_length=1)

    @field_validator("choices")
    @classmethod
    def _numbers(cls, choices: tuple[Value, ...]) -> tuple[Value, ...]:
        """YAML 1.1 takes 1e-4 and 1.5e4 for words."""
        return tuple(float(one) if isinstance(one, str) and POWER.fullmatch(one) else one for one in choices)

    def suggest(self, trial: "Trial", key: str, kind: Any) -> Value:
        """The value that the trial shall try."""
        return trial.suggest_categorical(key, self.choices)

    def ends(self) -> tuple[Value, ...]:
        """All of them."""
        return self.choices


def _which(raw: Any) -> str:
    return "choice" if isinstance(raw, Choice) or (isinstance(raw, dict) and "choices" in raw) else "range"


Dimension = Annotated[
    Annotated[Range, Tag("range")] | Annotated[Choice, Tag("choice")],
    Discriminator(_which),
]


class Pruning(_Section):
    """When a trial is given up: below the median of the trials before it at the same epoch."""

    startup: int = Field(5, ge=1, description="trials that end before any is given up")
    warmup: int = Field(1, ge=0, description="epochs of each trial that are never its last")


class SweepConfig(_Section):
    """A sweep."""

    study: str = Field(min_length=1, max_length=150, description="name of the study; trials are `study-0`, `study-1`")
    train: Path = Field(description="config of `framing train` that every trial begins with")
    score: Literal["macro_ap", "macro_f1", "micro_f1", "samples_f1"] = Field(
        "macro_ap", description="score on the validation split, to be as high as it can"
    )
    trials: int = Field(30, ge=1, description="trials of the study that shall end, whole or given up")
    pruning: Pruning | None = Field(Pruning(), description="null: every trial is trained to its end")
    space: dict[str, Dimension] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep's config, the config it begins with, and the overrides that this was loaded with."""

    sweep: SweepConfig
    base: TrainConfig
    overrides: tuple[str, ...] = ()

    def suggest(self, trial: "Trial") -> dict[str, Value]:
        """The values that the trial shall try, by key."""
        return {
            key: dimension.suggest(trial, key, _kind(self.base, key)) for key, dimension in self.sweep.space.items()
        }

    def name(self, number: int) -> str:
        """What a trial's config calls its run."""
        return f"{self.sweep.study}-{number}"

    def config(self, values: Mapping[str, Value], number: int) -> TrainConfig:
        """The config of a trial; raises FramingError on a value that it cannot have."""
        return _with(self.base, values, self.name(number))

    def command(self, values: Mapping[str, Value], number: int) -> str:
        """The command that trains a trial's config as a run of its own."""
        tried = [f"{key}={_text(value)}" for key, value in values.items()]
        words = ["framing", "train", str(self.sweep.train), *self.overrides, *tried, f"run={self.name(number)}"]
        return shlex.join(words)

    def score(self, report: Report) -> float:
        """The score of a report on the validation split; raises ValueError where there is none."""
        value = float(getattr(report, self.sweep.score).value)
        if not math.isfinite(value):
            raise ValueError(f"no {self.sweep.score}: no label has a positive on the split {report.split}")
        return value

    def setting(self) -> dict[str, Any]:
        """What the trials of one study have in common."""
        common = self.sweep.model_dump(mode="json", include={"study", "score", "space"})
        return {**common, "train": self.base.model_dump(mode="json", exclude={"run", "dataset", "threads"})}


def load(path: Path, overrides: Sequence[str] = ()) -> Plan:
    """The sweep in `path`, `overrides` being of the config it begins with; raises FramingError."""
    raw = configs.read(path, EXAMPLES)
    try:
        sweep = SweepConfig.model_validate(raw)
    except ValidationError as error:
        raise configs.explain(path, error, known_keys(raw.get("space"))) from error
    base = configs.load(sweep.train, overrides)
    for key, dimension in sweep.space.items():
        _check_key(path, key, base)
        if isinstance(dimension, Range) and _kind(base, key) not in {int, float}:
            raise FramingError(
                expected=f"choices for {key!r} in {path}", found="a range", fix="Write {choices: [...]}."
            )
        for value in dimension.ends():
            _with(base, {key: value}, base.run)
    return Plan(sweep, base, tuple(overrides))


def known_keys(space: Any = None) -> list[str]:
    """Every key a sweep may have, with dots; of its space those under the keys of the mapping `space`."""
    own = [*SweepConfig.model_fields, *(f"pruning.{key}" for key in Pruning.model_fields)]
    within = dict.fromkeys(name for kind in (Range, Choice) for name in kind.model_fields)
    return own + [f"space.{key}.{name}" for key in (space if isinstance(space, dict) else ()) for name in within]


def _check_key(path: Path, key: str, base: TrainConfig) -> None:
    kind = base.model.kind
    known = [MODEL + name for name in type(base.model).model_fields if name != "kind"]
    if not known:
        raise FramingError(
            expected=f"a model with settings in {base.run}", found=repr(kind), fix="Sweep another model."
        )
    if key not in known:
        raise FramingError(
            expected=f"keys of the model {kind!r} in the space of {path}",
            found=repr(key),
            fix=f"The nearest known key is {get_close_matches(key, known, n=1, cutoff=0.0)[0]!r}.",
        )


def _kind(base: TrainConfig, key: str) -> Any:
    return type(base.model).model_fields[key.removeprefix(MODEL)].annotation


def _with(base: TrainConfig, values: Mapping[str, Value], run: str) -> TrainConfig:
    raw = base.model_dump()
    model = {**raw["model"], **{key.removeprefix(MODEL): value for key, value in values.items()}}
    try:
        return TrainConfig.model_validate({**raw, "model": model, "run": run})
    except ValidationError as error:
        raise configs.explain(Path("the space"), error, ()) from error


def _text(value: Value) -> str:
    """As an override that YAML reads as the same value."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if yaml.safe_load(text) == value or isinstance(value, float) else yaml.safe_dump(value).split("\n")[0]
