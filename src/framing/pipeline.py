"""The training run: load, split, fit, decide, judge, log. Nothing here computes; every arrow is one call."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from framing import monitoring, probing, recording
from framing import taxonomy as taxonomies
from framing.config import TrainConfig, load_policy
from framing.data import dataset as datasets
from framing.data import leaks, parquet
from framing.data.dataset import Dataset
from framing.data.leaks import Leaks
from framing.data.parquet import ParquetSentences
from framing.evaluation import report as reports
from framing.evaluation import sides
from framing.evaluation.ceiling import Ceiling, ceilings
from framing.evaluation.findings import BASELINES
from framing.evaluation.report import Report
from framing.judging import Judged, find, judge_split
from framing.models import calibration, collapse
from framing.models.protocol import Classifier, Progress, Resumable
from framing.models.store import Model
from framing.models.table import model_class
from framing.probing import Probed
from framing.recording import History
from framing.schema import Sentence, blind, multi_hot
from framing.taxonomy import Taxonomy
from framing.tracking import promotion, registry, runs
from framing.tracking import store as tracking
from framing.tracking.checkpoints import kept
from framing.tracking.environment import code_commit, framing_version
from framing.tracking.history import Entry

if TYPE_CHECKING:
    from mlflow import MlflowClient

JUDGED = ("validation", "test")
LEAKS = "leaks.json"
MUST_LEARN = ("linear", "encoder")
"""Kinds whose scores have to depend on the sentence; the baselines' need not."""
FIRST = "first champion of this store"
Say = Callable[[str], None]
Make = Callable[..., Model]
"""Called with `run_id` and `progress`."""


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


def train(
    config: TrainConfig, *, reuse: bool = False, say: Say = print, model: Model | None = None, into: str | None = None
) -> Outcome:
    """Train, judge and log one run; with `reuse` an equal finished run is taken instead.

    A `model` that was trained elsewhere is judged and logged as if this run had trained it. `into` is the id of a run
    that did not end: it is gone on with (framing.resuming).
    """
    taxonomy, data = load(config)
    leaked = check_leaks(data)
    client = tracking.connect()
    experiment = tracking.experiment(client, config.experiment)
    fingerprint = fingerprint_of(config, data, taxonomy, model)
    beside = _beside(client, experiment, config, data, taxonomy)
    if reuse and (found := runs.finished(client, experiment, fingerprint)):
        say(f"{config.run}: unchanged since run {found}; reused")
        return _recorded(client, found, config, beside)
    if model is None:
        say(f"{config.run}: training on {learnt_from(config, data)}")
    tags = {runs.FINGERPRINT: fingerprint, runs.KIND: config.model.kind, runs.FORMAT: reports.FORMAT}
    with runs.run(experiment, config.run, tags, into=into) as run_id, kept(run_id) as folder:
        runs.log_setting(
            config.model_dump(mode="json"),
            facts=_tags(config, data),
            taxonomy_yaml=taxonomies.find(config.taxonomy).read_text(encoding="utf-8"),
        )
        runs.log_text(leaked.to_json(), LEAKS)
        made = partial(_renamed, model) if model else partial(fit, config, taxonomy, data, checkpoints=folder)
        outcome = _train(config, taxonomy, data, made, run_id=run_id, beside=beside)
    say(f"{config.run}: macro F1 {outcome.test.macro_f1.value:.3f} on test, run {run_id}")
    return outcome


def assist(config: TrainConfig) -> None:
    """Train beside the first process of `torchrun`, which logs, judges and saves what both have learnt."""
    taxonomy, data = load(config)
    fit(config, taxonomy, data, run_id="", progress=lambda values, step: None)


def load(config: TrainConfig) -> tuple[Taxonomy, Dataset]:
    """Taxonomy and dataset of a config, with the labels that it trains."""
    taxonomy = taxonomies.load(config.taxonomy)
    labels = taxonomy.ids(optional=config.optional_labels)
    return taxonomy, datasets.load(config.dataset, taxonomy).restricted(labels)


def check_leaks(data: Dataset) -> Leaks:
    """What crosses the splits of the dataset; raises FramingError on a leak, unless its manifest says `leaky`."""
    found = leaks.find(data.splits)
    if not data.leaky:
        leaks.refuse(found, data.name)
    return found


def fingerprint_of(config: TrainConfig, data: Dataset, taxonomy: Taxonomy, model: Model | None = None) -> str:
    """Equal for runs that would end alike: same config, data, taxonomy, code, lexicons, behaviour cases and model."""
    code = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        code.update(path.read_bytes())
    parts = [config.model_dump_json(), data.digest, taxonomy.digest, code.hexdigest(), probing.digest()]
    parts += [json.dumps(dict(model.facts), sort_keys=True)] if model else []
    parts += [parquet.digest(config.stream)] if config.stream else []
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def build_classifier(config: TrainConfig, taxonomy: Taxonomy, labels: Sequence[str]) -> Classifier:
    """An unfitted classifier of the config's kind."""
    settings: dict[str, Any] = config.model.model_dump(exclude={"kind"})
    kind = config.model.kind
    if kind in {"rules", "topic"} or settings.pop("use_cues", False):
        settings["cues"] = {label: taxonomy.by_id[label].cues for label in labels}
    if kind == "entity" and (folder := settings.pop("lexicons")):
        settings["terms"] = [term for lexicon in sides.load_all(folder).values() for term in lexicon.terms]
    if kind not in {"prior", "rules"}:
        settings["seed"] = config.seed
    if kind == "encoder":
        settings["threads"] = config.threads
    classifier: Classifier = model_class(kind)(labels=labels, **settings)
    return classifier


def fit(
    config: TrainConfig,
    taxonomy: Taxonomy,
    data: Dataset,
    *,
    run_id: str,
    progress: Progress,
    checkpoints: Path | None = None,
) -> Model:
    """A model trained on the train split, its decisions and the reference of its input taken from validation.

    An encoder writes its checkpoints into the folder `checkpoints`, and goes on from what it finds there.
    """
    labels = taxonomy.ids(optional=config.optional_labels)
    classifier = build_classifier(config, taxonomy, labels)
    if isinstance(classifier, Resumable):
        classifier.checkpoints = checkpoints
    validation = _seen(classifier, data.splits["validation"])
    classifier.fit(_training(config, taxonomy, data, classifier), validation, progress)
    raw, gold = classifier.read(validation).scores, multi_hot(data.splits["validation"], labels)
    documents = [s.document for s in data.splits["validation"]]
    decisions = calibration.learn(raw, gold, documents, risk=config.risk)
    if config.model.kind in MUST_LEARN:
        signs = collapse.vitals(raw, gold, decisions, labels)
        progress(signs.metrics(), 0)
        signs.refuse_collapse()
    model = Model(config.model.kind, classifier, decisions, taxonomy.name, _facts(config, data, run_id, classifier))
    return monitoring.with_reference(model, data.splits[monitoring.SPLIT])


def judge(model: Model, data: Dataset, config: TrainConfig) -> dict[str, Judged]:
    """The model judged on validation and test."""
    return {
        split: judge_split(model, data, split, name=config.run, draws=config.draws, seed=config.seed)
        for split in JUDGED
    }


def _train(
    config: TrainConfig, taxonomy: Taxonomy, data: Dataset, make: Make, *, run_id: str, beside: "_Beside"
) -> Outcome:
    history: History = defaultdict(list)
    log = runs.progress()

    def progress(values: Mapping[str, float], step: int) -> None:
        log(values, step)
        for name, value in values.items() if step else ():  # at step 0: of the whole run, no point of a curve
            history[name].append((step, value))

    model = make(run_id=run_id, progress=progress)
    judged = judge(model, data, config)
    findings = find(model, data, judged["test"], baselines=beside.baselines, draws=config.draws, seed=config.seed)
    probed = _probe(config, taxonomy, model, data, judged["test"])
    model_id = recording.log_model(config, model, findings, probed, data.splits["test"])
    for one in judged.values():
        recording.log_judged(one, data, model_id)
    recording.log_probed(probed, model_id)
    recording.log_pages(judged, data, model_id, history)
    recording.log_findings(findings, model, model_id)
    return Outcome(run_id, config, judged["validation"].report, judged["test"].report, False, *beside)


def _probe(config: TrainConfig, taxonomy: Taxonomy, model: Model, data: Dataset, test: Judged) -> Probed | None:
    """None for other taxonomies: the lexicons and cases are about framing of conflict."""
    if taxonomy.id != probing.TAXONOMY:
        return None
    return probing.probe(model, data.splits["test"], test.scores, draws=config.draws, seed=config.seed)


def _renamed(model: Model, *, run_id: str, progress: Progress) -> Model:
    """The model under the registry's name and the run that logs it; what it was trained on stays."""
    return replace(model, facts={**model.facts, "name": registry.NAME, "run_id": run_id})


def _training(config: TrainConfig, taxonomy: Taxonomy, data: Dataset, classifier: Classifier) -> Any:
    """The train split, or the stream that takes its place, of which no row may stand in the other splits."""
    if config.stream is None:
        return _seen(classifier, data.splits["train"])
    held = [s for split in JUDGED for s in data.splits[split]]
    return ParquetSentences.open(config.stream, taxonomy.ids(), held)


def _seen(classifier: Classifier, sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    return sentences if classifier.reads_audit else blind(sentences)


def _tags(config: TrainConfig, data: Dataset) -> dict[str, str]:
    return {
        runs.DATA: data.digest,
        runs.SPLIT: data.split_digest,
        **({runs.LEAKY: "true"} if data.leaky else {}),
        **({runs.STREAM: parquet.digest(config.stream)} if config.stream else {}),
    }


def learnt_from(config: TrainConfig, data: Dataset) -> str:
    """What a run learns from, for people."""
    return str(config.stream) if config.stream else f"{len(data.splits['train'])} sentences of {data.name}"


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


class _Beside(NamedTuple):
    """What a model's report is shown beside."""

    baselines: Sequence[Report]
    ceilings: Sequence[Ceiling]


def _beside(client: "MlflowClient", experiment: str, config: TrainConfig, data: Dataset, taxonomy: Taxonomy) -> _Beside:
    """The newest finished run of every other baseline on the same data, and the coders of the test split."""
    labels = taxonomy.ids(optional=config.optional_labels)
    same = {runs.DATA: data.digest, runs.FORMAT: reports.FORMAT}
    others = [kind for kind in BASELINES if kind != config.model.kind]
    found = [run for kind in others if (run := runs.newest(client, experiment, {**same, runs.KIND: kind}))]
    baselines = [Report.from_record(json.loads(runs.read_artifact(client, run, runs.REPORT))["test"]) for run in found]
    alike = [report for report in baselines if tuple(row.label for row in report.labels) == tuple(labels)]
    return _Beside(alike, ceilings(data.splits["test"], labels, draws=config.draws, seed=config.seed))


def _recorded(client: "MlflowClient", run_id: str, config: TrainConfig, beside: _Beside) -> Outcome:
    record = json.loads(runs.read_artifact(client, run_id, runs.REPORT))
    validation, test = (Report.from_record(record[split]) for split in JUDGED)
    return Outcome(run_id, config, validation, test, True, *beside)


def crown(outcomes: Sequence[Outcome]) -> tuple[Outcome, Entry]:
    """Put the run with the best validation mean average precision before the gate of the default policy.

    The first champion of a store is promoted whatever the gate finds, which is recorded; later ones must pass.
    """
    best = max(outcomes, key=lambda o: (o.validation.macro_ap.value, o.config.run))
    policy = load_policy()
    return best, promotion.promote(tracking.connect(), best.run_id, policy, force="first", why=FIRST)
