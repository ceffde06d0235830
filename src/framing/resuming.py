"""A training run that did not end goes on from its newest checkpoint, in the same MLflow run."""

import json
from typing import Any

from framing import pipeline
from framing.config import TrainConfig
from framing.errors import FramingError
from framing.pipeline import Outcome, Say
from framing.tracking import runs, store
from framing.tracking.lookup import find_run

ENDED = "FINISHED"


def resume(name: str, *, say: Say = print) -> Outcome:
    """Go on with a run, by id or its beginning; raises FramingError where it ended or config, code or data changed."""
    run, config = _unended(name)
    taxonomy, data = pipeline.load(config)
    if pipeline.fingerprint_of(config, data, taxonomy) != run.data.tags[runs.FINGERPRINT]:
        raise FramingError(
            expected=f"the code, data and labels that run {run.info.run_id} was started with",
            found="others",
            fix="Check out its commit and data, or train anew.",
        )
    return pipeline.train(config, say=say, into=run.info.run_id)


def assist(name: str) -> None:
    """Go on beside the first process of `torchrun`, which resumes the run and says from which checkpoint."""
    pipeline.assist(_unended(name)[1])


def _unended(name: str) -> tuple[Any, TrainConfig]:
    client = store.connect()
    run = find_run(client, name)
    if run.info.status == ENDED or runs.FINGERPRINT not in run.data.tags:
        raise FramingError(
            expected="a training run that did not end",
            found=f"run {run.info.run_id}, {run.info.status.lower()}",
            fix="Train anew with `framing train CONFIG`.",
        )
    return run, TrainConfig.model_validate(json.loads(runs.read_artifact(client, run.info.run_id, runs.CONFIG)))
