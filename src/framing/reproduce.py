"""Does a run come out again? Its data and labels must be the recorded ones; then its scores are made once more.

Data, split, taxonomy and thresholds that differ end it at once: there is nothing to compare. Other code or packages are
reported, and the scores decide.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import yaml
from pydantic import ValidationError

from framing import pipeline
from framing.config import TrainConfig
from framing.data.dataset import Dataset
from framing.errors import FramingError
from framing.models.store import Model
from framing.pipeline import Say
from framing.schema import Floats
from framing.taxonomy import Taxonomy
from framing.tracking import registry, runs
from framing.tracking import store as tracking
from framing.tracking.environment import code_commit, package_versions
from framing.tracking.runs import CONFIG, DATA, PACKAGES, REPORT, SPLIT, TAXONOMY, scores_file

TOLERANCE = 1e-6
"""Largest difference of a score that counts as none: recorded scores are rounded to six digits."""
SHOWN = 4
"""Packages named in the one line of a refusal."""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How far the scores of a run came out again."""

    run_id: str
    retrained: bool
    scores: int
    largest: float
    """Largest difference of a score or a threshold."""
    place: str
    """The sentence id, or the label's threshold, where it is found."""
    changed: tuple[str, ...]
    """What differs from the run's record in code and packages."""

    @property
    def holds(self) -> bool:
        """Whether nothing differs by more than the tolerance."""
        return self.largest <= TOLERANCE

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "changed": list(self.changed), "tolerance": TOLERANCE, "reproduced": self.holds}


@dataclass(frozen=True, slots=True)
class _Record:
    """What a run wrote down about itself."""

    config: TrainConfig
    taxonomy: Taxonomy
    tags: Mapping[str, str]
    packages: Mapping[str, str]
    reports: Mapping[str, Any]
    scores: Mapping[str, Mapping[str, Floats]]


def reproduce(run_id: str, *, scores_only: bool = False, say: Say = print) -> Reproduction:
    """Retrain the run from its recorded config, or with `scores_only` judge its logged model again, and compare.

    Raises FramingError where the run's record is not whole, or data, split, taxonomy or thresholds are not as recorded.
    """
    record = _read(run_id)
    taxonomy, data = pipeline.load(record.config)
    _require_same(run_id, record, taxonomy, data)
    if scores_only:
        model = registry.load(f"models:/{record.reports['model_id']}")
        _require_thresholds(run_id, record, model)
    else:
        say(f"{record.config.run}: training on {pipeline.learnt_from(record.config, data)}")
        model = pipeline.fit(record.config, taxonomy, data, run_id=run_id, progress=lambda values, step: None)
    differences = [_largest(rows, model, data, split) for split, rows in record.scores.items()]
    largest, place = max([*differences, _largest_threshold(record, model)])
    count = sum(len(row) for rows in record.scores.values() for row in rows.values())
    return Reproduction(run_id, not scores_only, count, largest, place, _changed(record))


def require(result: Reproduction) -> None:
    """Raise FramingError, in one line that names what differs, where the scores did not come out again."""
    if result.holds:
        return
    why = f"; changed since: {', '.join(result.changed)}" if result.changed else ""
    raise FramingError(
        expected=f"the scores of run {result.run_id} within {TOLERANCE:g}",
        found=f"a difference of {result.largest:.6g} at {result.place}{why}",
        fix="Check out the recorded commit and install the recorded packages." if why else "Distrust that run.",
    )


def _read(run_id: str) -> _Record:
    from mlflow.exceptions import MlflowException

    client = tracking.connect()
    try:
        tags = client.get_run(run_id).data.tags
        texts = {
            name: runs.read_artifact(client, run_id, name)
            for name in (CONFIG, TAXONOMY, PACKAGES, REPORT, *map(scores_file, pipeline.JUDGED))
        }
        return _Record(
            config=TrainConfig.model_validate_json(texts[CONFIG]),
            taxonomy=Taxonomy.model_validate(yaml.safe_load(texts[TAXONOMY])),
            tags={name: tags[name] for name in (DATA, SPLIT, runs.COMMIT)},
            packages=json.loads(texts[PACKAGES]),
            reports=json.loads(texts[REPORT]),
            scores={split: _rows(texts[scores_file(split)]) for split in pipeline.JUDGED},
        )
    except (MlflowException, OSError, KeyError, ValidationError, ValueError) as error:
        raise FramingError(
            expected=f"a finished training run {run_id} with a whole record in {tracking.uri()}",
            found=f"{type(error).__name__}: {str(error).splitlines()[0]}"[:160],
            fix="Name a run that `framing train` finished.",
        ) from error


def _rows(text: str) -> dict[str, Floats]:
    return {row["id"]: np.array(row["scores"]) for row in map(json.loads, text.splitlines())}


def _require_same(run_id: str, record: _Record, taxonomy: Taxonomy, data: Dataset) -> None:
    pairs = {
        f"taxonomy {record.config.taxonomy!r}": (record.taxonomy.digest, taxonomy.digest),
        f"split of {record.config.dataset}": (record.tags[SPLIT], data.split_digest),
        f"data in {record.config.dataset}": (record.tags[DATA], data.digest),
    }
    for name, (then, now) in pairs.items():
        if then != now:
            raise FramingError(
                expected=f"the {name} of run {run_id}, digest {then[:12]}",
                found=f"digest {now[:12]}",
                fix="Restore what the run was trained on.",
            )


def _require_thresholds(run_id: str, record: _Record, model: Model) -> None:
    difference, place = _largest_threshold(record, model)
    if difference > 0:
        raise FramingError(
            expected=f"the thresholds that run {run_id} recorded in its logged model",
            found=f"a difference of {difference:.6g} at {place}",
            fix="Distrust that model: its files changed after the run.",
        )


def _largest_threshold(record: _Record, model: Model) -> tuple[float, str]:
    then = {row["label"]: row["threshold"] for row in record.reports["test"]["labels"]}
    now = dict(zip(model.labels, model.decisions.thresholds, strict=True))
    return max((abs(then.get(label, np.inf) - value), f"the threshold of {label}") for label, value in now.items())


def _largest(then: Mapping[str, Floats], model: Model, data: Dataset, split: str) -> tuple[float, str]:
    sentences = data.splits[split]
    now, _ = model.read(sentences)
    if [s.id for s in sentences] != list(then):
        return np.inf, f"the sentences of {split}"
    differences = np.abs(now - np.array(list(then.values()))).max(axis=1)
    worst = int(differences.argmax())
    return float(differences[worst]), f"sentence {sentences[worst].id}"


def _changed(record: _Record) -> tuple[str, ...]:
    then, now = record.packages, package_versions()
    names = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
    packages = [f"{name} {then.get(name, 'absent')} -> {now.get(name, 'absent')}" for name in names[:SHOWN]]
    more = [f"{len(names) - SHOWN} packages more"] if len(names) > SHOWN else []
    code = (record.tags[runs.COMMIT], code_commit())
    commit = [f"code {code[0][:12]} -> {code[1][:12]}"] if code[0] != code[1] else []
    return (*commit, *packages, *more)
