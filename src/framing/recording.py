"""What a training run leaves in MLflow about its model, by calls that each log one thing."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from framing import taxonomy as taxonomies
from framing.config import TrainConfig
from framing.data.dataset import Dataset
from framing.evaluation import rationales
from framing.evaluation.card import model_card
from framing.evaluation.findings import Findings
from framing.evaluation.page import report_page
from framing.evaluation.plots import figures, training_curves
from framing.evaluation.sheet import score_sheet
from framing.evaluation.slices import to_records
from framing.judging import Judged
from framing.models import budget, store
from framing.models.store import Model
from framing.probing import Probed
from framing.schema import Sentence, multi_hot
from framing.tracking import registry, runs
from framing.tracking import store as tracking

History = dict[str, list[tuple[int, float]]]


def log_model(
    config: TrainConfig, model: Model, findings: Findings, probed: Probed | None, sentences: Sequence[Sentence]
) -> str:
    """Card, cost and the model itself as a pyfunc; returns the id of the logged model."""
    more = probed.sections() if probed else ()
    card = model_card(findings, kind=model.kind, taxonomy=model.taxonomy, facts=_stated(model), more=more)
    runs.log_text(card, runs.CARD)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        yaml = taxonomies.find(config.taxonomy).read_text(encoding="utf-8")
        store.save(model, folder, taxonomy_yaml=yaml, card=card)
        cost = {"bytes": budget.folder_bytes(folder), "milliseconds": budget.milliseconds(model, sentences)}
        runs.log_text(json.dumps(cost), runs.BUDGET)
        return registry.log_model(folder, f"framing-{model.kind}", {"kind": model.kind, "seed": config.seed})


def log_judged(judged: Judged, data: Dataset, model_id: str) -> None:
    """Metrics linked to model and data, the table a label, and every score and decision by sentence id - no text."""
    sentences, split = data.splits[judged.report.split], judged.report.split
    rows = [{"id": s.id, "labels": s.labels} for s in sentences]
    runs.log_report(judged.report, runs.log_dataset(data.name, data.digest, rows, split), model_id)
    labels = [row.label for row in judged.report.labels]
    scores = [
        {
            "id": s.id,
            "document": s.document,
            "gold": list(s.labels),
            "decided": [label for label, yes in zip(labels, decided, strict=True) if yes],
            "scores": row.round(6).tolist(),
        }
        for s, decided, row in zip(sentences, judged.decided, judged.scores, strict=True)
    ]
    runs.log_text("".join(f"{json.dumps(row)}\n" for row in scores), runs.scores_file(split))


def log_probed(probed: Probed | None, model_id: str) -> None:
    """Certificate and behaviour as `sides.json` and `behaviour.json`, and their metrics."""
    if probed:
        for name, record in probed.records().items():
            runs.log_text(json.dumps(record), f"{name}.json")
        runs.log_metrics(probed.metrics(), model_id)


def log_pages(judged: Mapping[str, Judged], data: Dataset, model_id: str, history: History) -> None:
    """Plots of the test split, training curves, and the reports of both splits."""
    test = judged["test"]
    gold = multi_hot(data.splits["test"], [row.label for row in test.report.labels])
    plots = figures(test.report, gold, test.scores, test.decided)
    runs.log_figures({**plots, **({"training": training_curves(history)} if history else {})})
    records = {split: one.report.to_record() for split, one in judged.items()}
    runs.log_text(json.dumps({"model_id": model_id, **records}), runs.REPORT)


def log_findings(findings: Findings, model: Model, model_id: str) -> None:
    """Slices, evidence, the page for evaluators, the run's description; no sentence goes into a store others read."""
    runs.log_text(json.dumps(to_records(findings.slices), ensure_ascii=False, indent=1), "slices.json")
    if findings.evidence:
        runs.log_text(json.dumps(rationales.to_records(findings.evidence), indent=1), "evidence.json")
        runs.log_metrics(rationales.to_metrics(findings.evidence, findings.report.split), model_id)
    runs.log_text(report_page(findings, facts=_stated(model), with_text=tracking.is_local()), "report.html")
    sheet = score_sheet([*findings.baselines, findings.report], findings.ceilings, findings.evidence)
    runs.describe(
        f"{sheet}\nScores in `report.html`, config in `config.json`, plots in `plots/`, card in `{runs.CARD}`."
    )


def _stated(model: Model) -> dict[str, str]:
    return {k: str(v) for k, v in model.facts.items() if v is not None}
