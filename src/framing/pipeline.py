"""The training run: load, split, fit, decide, judge, log. Nothing here computes; every arrow is one call."""

import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing import probing
from framing import taxonomy as taxonomies
from framing.config import TrainConfig, load_policy
from framing.data import dataset as datasets
from framing.data.dataset import Dataset
from framing.evaluation.card import model_card
from framing.evaluation.plots import figures, training_curves
from framing.evaluation.report import Report
from framing.evaluation.sheet import score_sheet
from framing.judging import Judged, judge_split
from framing.models import budget, calibration, store
from framing.models.protocol import Classifier
from framing.models.store import Model
from framing.models.table import model_class
from framing.probing import Probed
from framing.schema import Sentence, blind, multi_hot
from framing.taxonomy import Taxonomy
from framing.tracking import evidence, promotion, registry, runs
from framing.tracking import store as tracking
from framing.tracking.environment import code_commit, framing_version
from framing.tracking.history import Entry

if TYPE_CHECKING:
    from mlflow import MlflowClient

FIRST = "first champion of make run: nothing answers without one"
Say = Callable[[str], None]
History = dict[str, list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run ended with."""

    run_id: str
    config: TrainConfig
    validation: Report
    test: Report
    reused: bool


def train(config: TrainConfig, *, reuse: bool = False, say: Say = print) -> Outcome:
    """Train, judge and log one run; with `reuse` an equal finished run is taken instead."""
    taxonomy = taxonomies.load(config.taxonomy)
    labels = taxonomy.ids(optional=config.optional_labels)
    data = datasets.load(config.dataset, taxonomy).restricted(labels)
    client = tracking.connect()
    experiment = tracking.experiment(client, config.experiment)
    fingerprint = fingerprint_of(config, data, taxonomy)
    if reuse and (found := runs.finished(client, experiment, fingerprint)):
        say(f"{config.run}: unchanged since run {found}; reused")
        return _recorded(client, found, config)
    say(f"{config.run}: training on {len(data.splits['train'])} sentences of {data.name}")
    with runs.run(experiment, config.run, {runs.FINGERPRINT: fingerprint, evidence.KIND: config.model.kind}) as run_id:
        runs.log_setting(
            config.model_dump(mode="json"),
            facts={evidence.DATA: data.digest, "framing.split_digest": data.split_digest},
            taxonomy_yaml=taxonomies.find(config.taxonomy).read_text(encoding="utf-8"),
        )
        outcome = _train(config, taxonomy, data, run_id)
    say(f"{config.run}: macro F1 {outcome.test.macro_f1.value:.3f} on test, run {run_id}")
    return outcome


def fingerprint_of(config: TrainConfig, data: Dataset, taxonomy: Taxonomy) -> str:
    """Equal for runs that would end alike: same config, data, taxonomy, code, lexicons and behaviour cases."""
    code = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        code.update(path.read_bytes())
    parts = [config.model_dump_json(), data.digest, taxonomy.digest, code.hexdigest(), probing.digest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def build_classifier(config: TrainConfig, taxonomy: Taxonomy, labels: Sequence[str]) -> Classifier:
    """An unfitted classifier of the config's kind."""
    settings: dict[str, Any] = config.model.model_dump(exclude={"kind"})
    kind = config.model.kind
    if kind == "rules":
        settings["cues"] = {label: taxonomy.by_id[label].cues for label in labels}
    if kind in {"metadata", "linear", "encoder"}:
        settings["seed"] = config.seed
    if kind == "encoder":
        settings["threads"] = config.threads
    classifier: Classifier = model_class(kind)(labels=labels, **settings)
    return classifier


def _train(config: TrainConfig, taxonomy: Taxonomy, data: Dataset, run_id: str) -> Outcome:
    labels = taxonomy.ids(optional=config.optional_labels)
    history: History = defaultdict(list)
    log = runs.progress()

    def progress(values: Mapping[str, float], step: int) -> None:
        log(values, step)
        for name, value in values.items():
            history[name].append((step, value))

    classifier = build_classifier(config, taxonomy, labels)
    classifier.fit(_seen(classifier, data.splits["train"]), _seen(classifier, data.splits["validation"]), progress)
    raw = classifier.read(_seen(classifier, data.splits["validation"])).scores
    decisions = calibration.learn(raw, multi_hot(data.splits["validation"], labels))
    model = Model(config.model.kind, classifier, decisions, taxonomy.name, _facts(config, data, run_id, classifier))
    judged = {
        split: judge_split(model, data, split, name=config.run, draws=config.draws, seed=config.seed)
        for split in ("validation", "test")
    }
    probed = _probe(config, taxonomy, model, data, judged["test"])
    model_id = _log_model(config, model, judged["test"].report, data.splits["test"], probed)
    for one in judged.values():
        _log_judged(one, data, model_id)
    _log_probed(probed, model_id)
    _log_pages(judged, data, model_id, history)
    return Outcome(run_id, config, judged["validation"].report, judged["test"].report, reused=False)


def _seen(classifier: Classifier, sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    return sentences if classifier.reads_audit else blind(sentences)


def _facts(config: TrainConfig, data: Dataset, run_id: str, classifier: Classifier) -> dict[str, Any]:
    return {
        "name": registry.NAME,
        "run": config.run,
        "run_id": run_id,
        "base": getattr(classifier, "base_name_", None),
        "dataset": data.name,
        "data_digest": data.digest,
        "split_digest": data.split_digest,
        "code_commit": code_commit(),
        "framing": framing_version(),
        "seed": config.seed,
    }


def _probe(config: TrainConfig, taxonomy: Taxonomy, model: Model, data: Dataset, test: Judged) -> Probed | None:
    """None for other taxonomies: the lexicons and cases are about framing of conflict."""
    if taxonomy.id != probing.TAXONOMY:
        return None
    return probing.probe(model, data.splits["test"], test.scores, draws=config.draws, seed=config.seed)


def _log_model(
    config: TrainConfig, model: Model, test: Report, sentences: Sequence[Sentence], probed: Probed | None
) -> str:
    facts = {k: str(v) for k, v in model.facts.items() if v is not None}
    sections = probed.sections() if probed else ()
    card = model_card(test, kind=model.kind, taxonomy=model.taxonomy, facts=facts, sections=sections)
    runs.log_text(card, "README.md")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        yaml = taxonomies.find(config.taxonomy).read_text(encoding="utf-8")
        store.save(model, folder, taxonomy_yaml=yaml, card=card)
        cost = {"bytes": budget.folder_bytes(folder), "milliseconds": budget.milliseconds(model, sentences)}
        runs.log_text(json.dumps(cost), evidence.BUDGET)
        return registry.log_model(folder, f"framing-{model.kind}", {"kind": model.kind, "seed": config.seed})


def _log_judged(judged: Judged, data: Dataset, model_id: str) -> None:
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
    runs.log_text("".join(f"{json.dumps(row)}\n" for row in scores), f"{split}_scores.jsonl")


def _log_probed(probed: Probed | None, model_id: str) -> None:
    if probed:
        for name, record in probed.records().items():
            runs.log_text(json.dumps(record), f"{name}.json")
        runs.log_metrics(probed.metrics(), model_id)


def _log_pages(judged: Mapping[str, Judged], data: Dataset, model_id: str, history: History) -> None:
    test = judged["test"]
    gold = multi_hot(data.splits["test"], [row.label for row in test.report.labels])
    plots = figures(test.report, gold, test.scores, test.decided)
    runs.log_figures({**plots, **({"training": training_curves(history)} if history else {})})
    reports = {split: one.report.to_record() for split, one in judged.items()}
    runs.log_text(json.dumps({"model_id": model_id, **reports}), evidence.REPORT)
    sheet = score_sheet([test.report])
    runs.describe(f"{sheet}\nConfig in `config.json`, plots in `plots/`, card in `README.md`.")


def _recorded(client: "MlflowClient", run_id: str, config: TrainConfig) -> Outcome:
    record = json.loads(runs.read_artifact(client, run_id, evidence.REPORT))
    reports = {split: Report.from_record(record[split]) for split in ("validation", "test")}
    return Outcome(run_id, config, reports["validation"], reports["test"], reused=True)


def crown(outcomes: Sequence[Outcome]) -> tuple[Outcome, Entry]:
    """Put the run with the best validation mean average precision before the gate of the default policy.

    The first champion of a store is promoted whatever the gate finds, which is recorded; later ones must pass.
    """
    best = max(outcomes, key=lambda o: (o.validation.macro_ap, o.config.run))
    policy = load_policy()
    return best, promotion.promote(tracking.connect(), best.run_id, policy, force="first", why=FIRST)
