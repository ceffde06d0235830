"""The audit of a dataset as an MLflow run of its own."""

import json
from collections.abc import Mapping
from typing import Any

from framing.tracking import runs, store

EXPERIMENT = "framing-audits"
DATA = "framing.data_digest"


def log_audit(name: str, digest: str, *, record: Mapping[str, Any], sheet: str, metrics: Mapping[str, float]) -> str:
    """Log `audit.json`, `audit.md` and the metrics, and return the run's id."""
    experiment = store.experiment(store.connect(), EXPERIMENT)
    with runs.run(experiment, f"audit {name}", {DATA: digest}) as run_id:
        runs.log_text(json.dumps(record, ensure_ascii=False, indent=1), "audit.json")
        runs.log_text(sheet, "audit.md")
        runs.progress()({runs.NOT_IN_KEYS.sub("_", key): value for key, value in metrics.items()}, 0)
        runs.describe(sheet)
    return run_id
