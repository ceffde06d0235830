import json

import numpy as np
import pytest

from framing import pipeline
from framing.answer import answer, to_documents
from framing.errors import FramingError
from framing.models import linear
from framing.tracking import registry, runs
from framing.tracking import store as tracking


def quiet(line):
    pass


def train(config, **more):
    return pipeline.train(config, say=quiet, **more)


@pytest.mark.parametrize("kind", ["prior", "metadata", "rules", "linear"])
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


def test_a_run_leaves_everything_an_evaluator_needs(made):
    outcome = train(made())

    client = tracking.connect()
    run = client.get_run(outcome.run_id)
    kept = {item.path for item in client.list_artifacts(outcome.run_id)}
    plots = {item.path for item in client.list_artifacts(outcome.run_id, "plots")}
    assert {"config.json", "taxonomy.yaml", "packages.json", "README.md", "reports.json", "test_labels.json"} <= kept
    assert {f"plots/{name}.png" for name in ("f1", "precision_recall", "reliability", "confusion")} <= plots
    assert run.data.params["model.kind"] == "linear"
    assert run.data.metrics["test/f1/liberation"] == outcome.test.labels[0].f1.value
    assert {item.dataset.digest for item in run.inputs.dataset_inputs} == {outcome.test.data_digest[:32]}
    assert "| toy " in run.data.tags["mlflow.note.content"]
    assert {"framing.code_commit", "framing.data_digest", "framing.split_digest"} <= set(run.data.tags)


def test_no_sentence_is_left_in_the_scores_of_a_run(made, dataset):
    outcome = train(made())

    client = tracking.connect()
    lines = runs.read_artifact(client, outcome.run_id, "test_scores.jsonl").splitlines()
    assert {tuple(json.loads(line)) for line in lines} == {("id", "document", "gold", "decided", "scores")}


def test_the_best_run_on_validation_becomes_champion_and_answers(made):
    outcomes = [train(made(kind, f"run={kind}")) for kind in ("prior", "linear")]

    best, version = pipeline.crown(outcomes)
    again, same = pipeline.crown(outcomes)

    model = registry.load("models:/framing@champion")
    found = answer(model, to_documents([("a", "Its men had liberated hamlet 5.")]))
    assert (best.config.run, version, again.run_id, same) == ("linear", "1", best.run_id, "1")
    assert (found["model"]["version"], found["model"]["run_id"]) == ("1", best.run_id)
    assert list(found["documents"][0]["sentences"][0]["scores"]) == list(model.labels)


def test_no_champion_is_refused_with_the_next_step(store):
    with pytest.raises(FramingError, match=r"expected a model at models:/framing@champion.* Train one with `make run`"):
        registry.load("models:/framing@champion")


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
    assert train_and_crown[1] == "1"
