import json

import numpy as np
import pytest

from framing import pipeline
from framing.answer import answer, to_documents
from framing.data import dataset as datasets
from framing.data import gold
from framing.errors import FramingError
from framing.evaluation.card import REST
from framing.models import budget, linear
from framing.tracking import registry, runs
from framing.tracking import store as tracking
from tests.conftest import ROOT


def quiet(line):
    pass


def train(config, **more):
    return pipeline.train(config, say=quiet, **more)


@pytest.mark.parametrize("kind", ["prior", "metadata", "topic", "entity", "rules", "linear"])
def test_every_kind_goes_from_articles_to_a_report(made, kind):
    outcome = train(made(kind))

    assert outcome.test.split == "test"
    assert 0 <= outcome.test.micro_f1.low <= outcome.test.micro_f1.value <= outcome.test.micro_f1.high <= 1
    assert [row.label for row in outcome.test.labels if row.support] == ["liberation", "euphemistic_retreat"]


def test_the_encoder_goes_from_articles_to_a_report(made, tiny_base):
    outcome = train(made("encoder", f"model.base={tiny_base}", "model.epochs=2", "model.max_length=32"))

    pipeline.crown([outcome])
    assert registry.load("models:/framing@champion").facts["base"] == tiny_base.name


def test_two_runs_of_one_config_score_alike(made):
    first, second = train(made()), train(made())

    assert first.run_id != second.run_id
    assert first.test.to_record() == second.test.to_record()


def test_what_is_unchanged_is_reused_and_what_is_changed_is_not(made):
    first = train(made())

    again = train(made(), reuse=True)
    other = train(made("linear", "seed=14"), reuse=True)

    assert (again.run_id, again.reused) == (first.run_id, True)
    assert again.test.to_record() == first.test.to_record()
    assert not other.reused


def test_an_interrupted_run_is_marked_and_not_reused(made, monkeypatch):
    def interrupt(*a, **k):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(linear.LinearClassifier, "fit", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(made())
    outcome = train(made(), reuse=True)

    client = tracking.connect()
    experiment = tracking.experiment(client, "framing")
    assert not outcome.reused
    assert sorted(run.info.status for run in client.search_runs([experiment])) == ["FINISHED", "KILLED"]


def test_a_run_that_fails_is_marked_failed(made, monkeypatch):
    def fail(*a, **k):
        raise RuntimeError("no")

    monkeypatch.setattr(linear.LinearClassifier, "fit", fail)
    with pytest.raises(RuntimeError):
        train(made())

    client = tracking.connect()
    (run,) = client.search_runs([tracking.experiment(client, "framing")])
    assert run.info.status == "FAILED"


def test_a_collapsed_training_fails_its_run_with_the_reason(made):
    with pytest.raises(FramingError, match="collapsed training: 2 of 2 labels flat"):
        train(made("linear", "model.strength=1e-9", "model.use_cues=false"))

    client = tracking.connect()
    (run,) = client.search_runs([tracking.experiment(client, "framing")])
    assert run.info.status == "FAILED"
    assert "collapsed training" in run.data.tags[runs.STOPPED]
    assert {"val/label_coverage", "val/score_entropy"} <= set(run.data.metrics)


def test_an_encoder_that_diverges_fails_its_run_with_the_reason(made, tiny_base):
    diverging = ("model.learning_rate=1e30", "model.epochs=2", "model.max_length=32")
    with pytest.raises(FramingError, match=r"diverged|collapsed training"):
        train(made("encoder", f"model.base={tiny_base}", *diverging))


def test_a_run_leaves_everything_an_evaluator_needs(made):
    outcome = train(made())

    client = tracking.connect()
    run = client.get_run(outcome.run_id)
    kept = {item.path for item in client.list_artifacts(outcome.run_id)}
    plots = {item.path for item in client.list_artifacts(outcome.run_id, "plots")}
    assert {"config.json", "taxonomy.yaml", "packages.json", "README.md", "reports.json", "budget.json"} <= kept
    assert "test_labels.json" in kept
    assert {"config.json", "taxonomy.yaml", "packages.json", "README.md", "reports.json", "test_labels.json"} <= kept
    assert {"report.html", "slices.json"} <= kept
    assert {f"plots/{name}.png" for name in ("f1", "precision_recall", "reliability", "confusion")} <= plots
    assert run.data.params["model.kind"] == "linear"
    assert run.data.metrics["test/f1/liberation"] == outcome.test.labels[0].f1.value
    assert {item.dataset.digest for item in run.inputs.dataset_inputs} == {outcome.test.data_digest[:32]}
    assert "| toy " in run.data.tags["mlflow.note.content"]
    assert {"framing.code_commit", "framing.data_digest", "framing.split_digest"} <= set(run.data.tags)


def test_a_model_stands_beside_the_newest_baselines_on_the_same_data(made):
    train(made("prior", "run=prior-1"))
    train(made("prior", "run=prior-2"))
    train(made("rules", "run=rules", "experiment=elsewhere"))
    train(made("linear", "run=older"))
    outcome = train(made("linear", "run=newer"))

    client = tracking.connect()
    assert [report.name for report in outcome.baselines] == ["prior-2"]
    for page in ("report.html", "README.md"):
        text = runs.read_artifact(client, outcome.run_id, page)
        assert "prior-2" in text
        assert "prior-1" not in text
    again = train(made("linear", "run=newer"), reuse=True)
    assert (again.reused, [report.name for report in again.baselines]) == (True, ["prior-2"])


def test_slices_are_kept_with_n_interval_and_gap(made):
    outcome = train(made())

    rows = json.loads(runs.read_artifact(tracking.connect(), outcome.run_id, "slices.json"))
    by_voice = [row for row in rows if row["slice"] == "voice"]
    keys = ["slice", "value", "sentences", "documents", "macro_f1", "micro_f1", "gap"]
    assert list(rows[0]) == keys
    assert sum(row["sentences"] for row in by_voice) == outcome.test.sentences
    assert all(len(row["gap"]) == 3 for row in rows)


def test_evidence_is_judged_against_gold_and_by_deletion(made):
    outcome = train(made())

    client = tracking.connect()
    rows = json.loads(runs.read_artifact(client, outcome.run_id, "evidence.json"))
    metrics = client.get_run(outcome.run_id).data.metrics
    assert [row["label"] for row in rows] == [*(row.label for row in outcome.test.labels), "mean"]
    assert metrics["test/evidence_token_f1"] == rows[-1]["token_f1"][0] > 0
    assert metrics["test/evidence_deletion"] == rows[-1]["deletion"][0]
    assert "Do its reasons hold" in runs.read_artifact(client, outcome.run_id, "README.md")


def test_votes_become_a_ceiling_on_the_sheet(made, dataset):
    test = [json.loads(line)["id"] for line in (dataset / "test.jsonl").read_text(encoding="utf-8").splitlines()]
    (dataset / "votes").mkdir()
    votes = "".join(json.dumps({"id": name, "labels": []}) + "\n" for name in test)
    (dataset / "votes" / "second.jsonl").write_text(votes, encoding="utf-8")
    gold.compile_folder(dataset, "conflict")
    outcome = train(made())

    (coder,) = outcome.ceilings
    assert (coder.by, coder.sentences, coder.macro_f1.value) == ("second", len(test), 0.0)
    assert "coder second" in runs.read_artifact(tracking.connect(), outcome.run_id, "report.html")


def test_sentences_stay_out_of_a_store_that_others_read(made, monkeypatch):
    own = runs.read_artifact(tracking.connect(), train(made("prior")).run_id, "report.html")
    monkeypatch.setattr(tracking, "is_local", lambda: False)
    shared = runs.read_artifact(tracking.connect(), train(made("prior")).run_id, "report.html")

    assert "hamlet" in own
    assert "hamlet" not in shared


def test_the_card_is_the_description_of_the_version(made):
    best, entry = pipeline.crown([train(made())])

    client = tracking.connect()
    described = client.get_model_version("framing", entry.version).description
    assert described.startswith("# toy")
    assert described.removesuffix(REST) in runs.read_artifact(client, best.run_id, "README.md")


def test_the_entity_model_keeps_the_terms_of_the_lexicons(made):
    config = made("entity", f"model.lexicons={ROOT / 'configs/sides'}")
    taxonomy, data = pipeline.load(config)

    classifier = pipeline.build_classifier(config, taxonomy, data.splits["train"][0].labels)
    assert {"soldiers", "Moscow"} <= classifier.terms


@pytest.mark.parametrize(("kind", "use"), [("linear", True), ("linear", False), ("encoder", True), ("encoder", False)])
def test_text_models_get_the_cues_of_the_taxonomy_unless_the_config_says_no(made, kind, use):
    config = made(kind, f"model.use_cues={str(use).lower()}")
    taxonomy, _ = pipeline.load(config)

    classifier = pipeline.build_classifier(config, taxonomy, ("liberation",))
    assert classifier.cues == ({"liberation": taxonomy.by_id["liberation"].cues} if use else {})


def test_no_sentence_is_left_in_the_scores_of_a_run(made, dataset):
    outcome = train(made())

    client = tracking.connect()
    lines = runs.read_artifact(client, outcome.run_id, "test_scores.jsonl").splitlines()
    assert {tuple(json.loads(line)) for line in lines} == {("id", "document", "gold", "decided", "scores")}


def test_the_best_run_on_validation_becomes_champion_and_answers(made):
    outcomes = [train(made(kind, f"run={kind}")) for kind in ("prior", "linear")]

    best, entry = pipeline.crown(outcomes)
    again, same = pipeline.crown(outcomes)

    model = registry.load("models:/framing@champion")
    found = answer(model, to_documents([("a", "Its men had liberated hamlet 5.")]))
    assert (best.config.run, entry.version, again.run_id, same.version) == ("linear", "1", best.run_id, "1")
    assert (entry.decision, same.decision) == ("forced", "unchanged")
    assert entry.why == "first champion of this store"
    assert (found["model"]["version"], found["model"]["run_id"]) == ("1", best.run_id)
    assert list(found["documents"][0]["sentences"][0]["scores"]) == list(model.labels)


def test_a_later_run_that_the_gate_refuses_leaves_the_champion(made, monkeypatch):
    monkeypatch.setattr(budget, "milliseconds", lambda model, sentences: 1.0)  # else the faster one gains something
    pipeline.crown([train(made("linear"))])
    _, entry = pipeline.crown([train(made("linear", "seed=14", "run=other"))])

    failed = {reason.rule for reason in entry.reasons if not reason.ok}
    assert (entry.decision, entry.version, entry.former) == ("refused", "2", "1")
    assert {"beats metadata", "better", "sides", "behaviour"} <= failed
    assert not {"data", "labels", "leak", "latency", "size", "artifact"} & failed
    assert str(registry.champion(tracking.connect()).version) == "1"


def test_an_alias_without_a_version_is_refused_with_the_next_step(store):
    with pytest.raises(FramingError, match=r"expected a model at models:/framing@previous.* Train one with `make run`"):
        registry.load("models:/framing@previous")


def test_a_store_that_cannot_be_made_is_refused(store, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////proc/none/mlflow.db")

    with pytest.raises(FramingError, match="an MLflow store that can be read and written"):
        tracking.connect()


def test_the_text_model_never_gets_audit(made, monkeypatch):
    seen = []
    usual = linear.LinearClassifier.fit

    def fit(self, train, validation, progress):
        seen.extend([*train, *validation])
        return usual(self, train, validation, progress)

    monkeypatch.setattr(linear.LinearClassifier, "fit", fit)
    train(made())

    assert len(seen) > 10
    assert all(s.audit == {} and s.document == "" and s.id == "" and s.provenance == {} for s in seen)


def test_scores_do_not_change_when_audit_does(made):
    train_and_crown = pipeline.crown([train(made())])
    model = registry.load("models:/framing@champion")
    (document,) = to_documents([("a", "Its men had liberated hamlet 5. Rain fell.")])
    from dataclasses import replace

    marked = [replace(s, audit={"party": "A", "outlet": "Toy Wire"}) for s in document.sentences]

    np.testing.assert_array_equal(model.read(marked)[0], model.read(document.sentences)[0])
    assert train_and_crown[1].version == "1"


def artifacts(outcome):
    client = tracking.connect()
    names = {item.path for item in client.list_artifacts(outcome.run_id)}
    return {name: runs.read_artifact(client, outcome.run_id, name) for name in names if not name.endswith("plots")}


def test_a_run_leaves_certificate_and_behaviour(made):
    outcome = train(made())

    kept = artifacts(outcome)
    sides, behaviour = json.loads(kept["sides.json"]), json.loads(kept["behaviour.json"])
    metrics = tracking.connect().get_run(outcome.run_id).data.metrics
    assert {"flip_rate", "moved", "signed", "sentences", "documents", "rows", "gaps"} <= set(sides)
    assert metrics["sides/flip_rate"] == sides["flip_rate"][0]
    assert metrics["sides/moved"] == sides["moved"]
    assert metrics["behaviour/pass_rate"] == behaviour["pass_rate"]
    assert behaviour["cases"] == sum(row["cases"] for row in behaviour["rows"])
    assert "## Side-neutrality certificate" in kept["README.md"]
    assert "## Behaviour" in kept["README.md"]


def test_a_run_on_other_labels_is_not_probed(made, tmp_path):
    from framing import taxonomy as taxonomies

    other = tmp_path / "other.yaml"
    text = taxonomies.find("conflict").read_text(encoding="utf-8")
    other.write_text(text.replace("\nid: conflict\n", "\nid: other\n", 1), encoding="utf-8")

    kept = artifacts(train(made("rules", f"taxonomy={other}")))

    assert not {"sides.json", "behaviour.json"} & set(kept)
    assert "certificate" not in kept["README.md"]


def test_a_run_on_conflicts_without_a_lexicon_ends_well_and_says_so(made, dataset):
    for path in (dataset / "articles").glob("*.txt"):
        path.write_text(path.read_text(encoding="utf-8").replace("TARVIA-QUELLIN", "NOWHERE"), encoding="utf-8")
    gold.compile_folder(dataset, "conflict")

    kept = artifacts(train(made("rules")))

    assert "sides.json" not in kept
    assert "behaviour.json" in kept
    assert "Not measured: no sentence names a side" in kept["README.md"]


def test_a_leak_is_refused_before_anything_runs(made, dataset, conflict):
    from dataclasses import replace

    data = datasets.load(dataset, conflict)
    double = replace(data.splits["train"][1], id="double", document="double")
    datasets.save(replace(data, splits={**data.splits, "test": [*data.splits["test"], double]}), dataset, {})

    with pytest.raises(FramingError, match=r"no near-duplicate sentence of toy in two splits, found .* 1 pairs"):
        train(made())

    client = tracking.connect()
    assert client.search_runs([tracking.experiment(client, "framing")]) == []


def test_a_leaky_dataset_marks_its_run_and_its_version(made, dataset):
    gold.compile_folder(dataset, "conflict", by="random", out=dataset, allow_leaks=True)

    outcome = train(made())
    pipeline.crown([outcome])

    client = tracking.connect()
    report = json.loads(runs.read_artifact(client, outcome.run_id, "leaks.json"))
    assert client.get_run(outcome.run_id).data.tags["framing.leaky"] == "true"
    assert registry.champion(client).tags["framing.leaky"] == "true"
    assert report["shared_documents"]["count"] > 0


def test_every_run_leaves_a_leak_report_without_text(made):
    outcome = train(made())

    client = tracking.connect()
    report = json.loads(runs.read_artifact(client, outcome.run_id, "leaks.json"))
    assert (report["leak"], report["near_duplicates"]["count"]) == (False, 0)
    assert "framing.leaky" not in client.get_run(outcome.run_id).data.tags
