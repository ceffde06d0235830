"""The training run: load, split, fit, decide, judge, log. Nothing here computes; every arrow is one call."""

import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from framing import taxonomy as taxonomies
from framing.config import TrainConfig
from framing.data import dataset as datasets
from framing.data.dataset import Dataset
from framing.evaluation import report as reports
from framing.evaluation import sides
from framing.evaluation.card import description, model_card
from framing.evaluation.ceiling import Ceiling, ceilings
from framing.evaluation.findings import BASELINES, Findings
from framing.evaluation.page import report_page
from framing.evaluation.plots import figures, training_curves
from framing.evaluation.report import Report
from framing.evaluation.sheet import score_sheet
from framing.evaluation.slices import to_records
from framing.judging import Judged, find, judge_split
from framing.models import calibration, store
from framing.models.protocol import Classifier, Progress
from framing.models.store import Model
from framing.models.table import model_class
from framing.schema import Sentence, blind, multi_hot
from framing.taxonomy import Taxonomy
from framing.tracking import registry, runs
from framing.tracking import store as tracking
from framing.tracking.environment import code_commit, framing_version

if TYPE_CHECKING:
    from mlflow import MlflowClient

REPORT, CARD = "reports.json", "README.md"
JUDGED = ("validation", "test")
KIND, DIGEST, SPLIT, FORMAT = "framing.kind", "framing.data_digest", "framing.split_digest", "framing.report"
"""Tags by which runs find each other."""
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
    baselines: Sequence[Report] = ()
    ceilings: Sequence[Ceiling] = ()


def train(config: TrainConfig, *, reuse: bool = False, say: Say = print) -> Outcome:
    """Train, judge and log one run; with `reuse` an equal finished run is taken instead."""
    taxonomy, data = load(config)
    client = tracking.connect()
    experiment = tracking.experiment(client, config.experiment)
    fingerprint = fingerprint_of(config, data, taxonomy)
    beside = _beside(client, experiment, config, data, taxonomy)
    if reuse and (found := runs.finished(client, experiment, fingerprint)):
        say(f"{config.run}: unchanged since run {found}; reused")
        return _recorded(client, found, config, beside)
    say(f"{config.run}: training on {len(data.splits['train'])} sentences of {data.name}")
    tags = {runs.FINGERPRINT: fingerprint, KIND: config.model.kind, FORMAT: reports.FORMAT}
    with runs.run(experiment, config.run, tags) as run_id:
        runs.log_setting(
            config.model_dump(mode="json"),
            facts={DIGEST: data.digest, SPLIT: data.split_digest},
            taxonomy_yaml=taxonomies.find(config.taxonomy).read_text(encoding="utf-8"),
        )
        outcome = _train(config, taxonomy, data, run_id, beside)
    say(f"{config.run}: macro F1 {outcome.test.macro_f1.value:.3f} on test, run {run_id}")
    return outcome


def load(config: TrainConfig) -> tuple[Taxonomy, Dataset]:
    """Taxonomy and dataset of a config, with the labels that it trains."""
    taxonomy = taxonomies.load(config.taxonomy)
    labels = taxonomy.ids(optional=config.optional_labels)
    return taxonomy, datasets.load(config.dataset, taxonomy).restricted(labels)


def fingerprint_of(config: TrainConfig, data: Dataset, taxonomy: Taxonomy) -> str:
    """Equal for runs that would end alike: same config, data, taxonomy and code."""
    code = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        code.update(path.read_bytes())
    parts = [config.model_dump_json(), data.digest, taxonomy.digest, code.hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def build_classifier(config: TrainConfig, taxonomy: Taxonomy, labels: Sequence[str]) -> Classifier:
    """An unfitted classifier of the config's kind."""
    settings: dict[str, Any] = config.model.model_dump(exclude={"kind"})
    kind = config.model.kind
    if kind in {"rules", "topic"}:
        settings["cues"] = {label: taxonomy.by_id[label].cues for label in labels}
    if kind == "entity" and (folder := settings.pop("lexicons")):
        settings["terms"] = [term for lexicon in sides.load_all(folder).values() for term in lexicon.terms]
    if kind not in {"prior", "rules"}:
        settings["seed"] = config.seed
    if kind == "encoder":
        settings["threads"] = config.threads
    classifier: Classifier = model_class(kind)(labels=labels, **settings)
    return classifier


def fit(config: TrainConfig, taxonomy: Taxonomy, data: Dataset, *, run_id: str, progress: Progress) -> Model:
    """A model trained on the train split, its decisions learnt on validation."""
    labels = taxonomy.ids(optional=config.optional_labels)
    classifier = build_classifier(config, taxonomy, labels)
    validation = _seen(classifier, data.splits["validation"])
    classifier.fit(_seen(classifier, data.splits["train"]), validation, progress)
    decisions = calibration.learn(classifier.read(validation).scores, multi_hot(data.splits["validation"], labels))
    return Model(config.model.kind, classifier, decisions, taxonomy.name, _facts(config, data, run_id, classifier))


def judge(model: Model, data: Dataset, config: TrainConfig) -> dict[str, Judged]:
    """The model judged on validation and test."""
    return {
        split: judge_split(model, data, split, name=config.run, draws=config.draws, seed=config.seed)
        for split in JUDGED
    }


def _train(config: TrainConfig, taxonomy: Taxonomy, data: Dataset, run_id: str, beside: "_Beside") -> Outcome:
    history: History = defaultdict(list)
    log = runs.progress()

    def progress(values: Mapping[str, float], step: int) -> None:
        log(values, step)
        for name, value in values.items():
            history[name].append((step, value))

    model = fit(config, taxonomy, data, run_id=run_id, progress=progress)
    judged = judge(model, data, config)
    findings = find(model, data, judged["test"], baselines=beside.baselines, draws=config.draws, seed=config.seed)
    model_id = _log_model(config, model, findings)
    for one in judged.values():
        _log_judged(one, data, model_id)
    _log_pages(judged, data, model_id, history)
    _log_findings(findings, model)
    return Outcome(run_id, config, judged["validation"].report, judged["test"].report, False, *beside)


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


def _log_model(config: TrainConfig, model: Model, findings: Findings) -> str:
    card = model_card(findings, kind=model.kind, taxonomy=model.taxonomy, facts=_stated(model))
    runs.log_text(card, CARD)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        yaml = taxonomies.find(config.taxonomy).read_text(encoding="utf-8")
        store.save(model, folder, taxonomy_yaml=yaml, card=card)
        return registry.log_model(folder, f"framing-{model.kind}", {"kind": model.kind, "seed": config.seed})


def _log_judged(judged: Judged, data: Dataset, model_id: str) -> None:
    """Metrics linked to model and data, the table a label, and every score by sentence id - no text."""
    sentences, split = data.splits[judged.report.split], judged.report.split
    rows = [{"id": s.id, "labels": s.labels} for s in sentences]
    runs.log_report(judged.report, runs.log_dataset(data.name, data.digest, rows, split), model_id)
    scores = [{"id": s.id, "scores": row.round(6).tolist()} for s, row in zip(sentences, judged.scores, strict=True)]
    runs.log_text("".join(f"{json.dumps(row)}\n" for row in scores), scores_file(split))


def scores_file(split: str) -> str:
    """The artifact with every score of a split by sentence id."""
    return f"{split}_scores.jsonl"


def _log_pages(judged: Mapping[str, Judged], data: Dataset, model_id: str, history: History) -> None:
    test = judged["test"]
    gold = multi_hot(data.splits["test"], [row.label for row in test.report.labels])
    plots = figures(test.report, gold, test.scores, test.decided)
    runs.log_figures({**plots, **({"training": training_curves(history)} if history else {})})
    records = {split: one.report.to_record() for split, one in judged.items()}
    runs.log_text(json.dumps({"model_id": model_id, **records}), REPORT)


def _log_findings(findings: Findings, model: Model) -> None:
    """Slices, the page for evaluators and the run's description. Sentences stay out of a store that others read."""
    runs.log_text(json.dumps(to_records(findings.slices), ensure_ascii=False, indent=1), "slices.json")
    runs.log_text(report_page(findings, facts=_stated(model), with_text=tracking.is_local()), "report.html")
    sheet = score_sheet([*findings.baselines, findings.report], findings.ceilings)
    runs.describe(f"{sheet}\nScores in `report.html`, config in `config.json`, plots in `plots/`, card in `{CARD}`.")


def _stated(model: Model) -> dict[str, str]:
    return {k: str(v) for k, v in model.facts.items() if v is not None}


class _Beside(NamedTuple):
    """What a model's report is shown beside."""

    baselines: Sequence[Report]
    ceilings: Sequence[Ceiling]


def _beside(client: "MlflowClient", experiment: str, config: TrainConfig, data: Dataset, taxonomy: Taxonomy) -> _Beside:
    """The newest finished run of every other baseline on the same data, and the coders of the test split."""
    labels = taxonomy.ids(optional=config.optional_labels)
    same = {DIGEST: data.digest, FORMAT: reports.FORMAT}
    others = [kind for kind in BASELINES if kind != config.model.kind]
    found = [run for kind in others if (run := runs.newest(client, experiment, {**same, KIND: kind}))]
    baselines = [Report.from_record(json.loads(runs.read_artifact(client, run, REPORT))["test"]) for run in found]
    alike = [report for report in baselines if tuple(row.label for row in report.labels) == tuple(labels)]
    return _Beside(alike, ceilings(data.splits["test"], labels, draws=config.draws, seed=config.seed))


def _recorded(client: "MlflowClient", run_id: str, config: TrainConfig, beside: _Beside) -> Outcome:
    record = json.loads(runs.read_artifact(client, run_id, REPORT))
    validation, test = (Report.from_record(record[split]) for split in JUDGED)
    return Outcome(run_id, config, validation, test, True, *beside)


def crown(outcomes: Sequence[Outcome]) -> tuple[Outcome, str]:
    """Make the run with the best validation mean average precision champion; returns it and its version."""
    client = tracking.connect()
    best = max(outcomes, key=lambda o: (o.validation.macro_ap.value, o.config.run))
    live = registry.champion(client)
    if live is not None and live.run_id == best.run_id:
        return best, str(live.version)
    model_id = json.loads(runs.read_artifact(client, best.run_id, REPORT))["model_id"]
    card = runs.read_artifact(client, best.run_id, CARD)
    version = registry.register(client, model_id, best.run_id, description(card))
    registry.set_champion(client, version)
    return best, version
