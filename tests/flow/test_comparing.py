import json

import pytest

from framing import pipeline
from framing.data import gold
from framing.errors import FramingError
from framing.tracking import runs
from framing.tracking import store as tracking
from framing.tracking.comparing import compare_runs
from framing.tracking.lookup import find_run


def quiet(line):
    pass


def train(config):
    return pipeline.train(config, say=quiet)


@pytest.fixture
def two(made):
    """Finished runs `prior` and `linear` on the toy articles."""
    return [train(made(kind, f"run={kind}")) for kind in ("prior", "linear")]


def test_two_runs_are_compared_and_the_comparison_is_a_run_linked_to_them(two):
    compared = compare_runs(["prior", "linear"], say=quiet)

    client = tracking.connect()
    run = client.get_run(compared.run_id)
    models = [json.loads(runs.read_artifact(client, one.run_id, "reports.json"))["model_id"] for one in two]
    (difference,) = compared.comparisons
    assert (run.info.run_name, run.info.status) == ("compare prior linear", "FINISHED")
    assert run.data.tags["framing.kind"] == "comparison"
    assert run.data.tags["framing.compared_runs"].split(",") == [one.run_id for one in two]
    assert run.data.tags["framing.compared_models"].split(",") == models
    assert {one.model_id for one in run.inputs.model_inputs} == set(models)
    assert [one.dataset.digest for one in run.inputs.dataset_inputs] == [two[0].test.data_digest[:32]]
    assert run.data.metrics["test/versus_prior/linear/macro_f1"] == difference.figures["macro_f1"].difference.value
    assert "| macro F1" in run.data.tags["mlflow.note.content"]


def test_what_is_compared_is_what_the_runs_reported(two):
    (found,) = compare_runs(["prior", "linear"], say=quiet).comparisons
    prior, linear = (one.test for one in two)

    assert (found.figures["macro_f1"].reference, found.figures["macro_f1"].other) == pytest.approx(
        (prior.macro_f1.value, linear.macro_f1.value)
    )
    assert found.figures["macro_ap"].other == pytest.approx(linear.macro_ap.value)
    assert [row.support for row in found.labels] == [row.support for row in linear.labels]
    assert found.labels[0].f1.other == linear.labels[0].f1.value


def test_the_tables_open_and_the_plots_are_there(two):
    compared = compare_runs(["prior", "linear"], say=quiet)

    client = tracking.connect()
    experiment = client.get_run(compared.run_id).info.experiment_id
    figures, labels = (
        client.load_table(experiment, f"comparison_{name}.json", run_ids=[compared.run_id])
        for name in ("figures", "labels")
    )
    plots = {item.path for item in client.list_artifacts(compared.run_id, "plots")}
    assert list(figures["figure"]) == ["macro_f1", "micro_f1", "macro_ap"]
    assert list(labels["label"]) == [row.label for row in two[0].test.labels]
    assert plots == {f"plots/{name}.png" for name in ("f1", "difference", "precision_recall")}
    assert runs.read_artifact(client, compared.run_id, "comparison.md") == compared.sheet()


def test_a_folder_gets_the_pages_and_is_not_overwritten(two, tmp_path):
    out = tmp_path / "deep" / "report"
    compared = compare_runs(["prior", "linear"], out=out, say=quiet)

    names = {"comparison.md", "comparison.json", "f1.png", "difference.png", "precision_recall.png"}
    assert {path.name for path in out.iterdir()} == names
    assert [path.name for path in out.parent.iterdir()] == ["report"]
    assert json.loads((out / "comparison.json").read_text()) == json.loads(compared.to_json())
    with pytest.raises(FramingError, match=r"an absent or empty folder .*report, found files there"):
        compare_runs(["prior", "linear"], out=out, say=quiet)


def test_runs_of_one_name_are_told_apart(made):
    first, second = train(made("prior")), train(made("prior", "seed=14"))

    compared = compare_runs([first.run_id, second.run_id[:10]], say=quiet)

    names = [f"toy {one.run_id[:8]}" for one in (first, second)]
    assert [one.report.name for one in compared.judgements] == names


def test_runs_on_other_data_are_refused_and_nothing_is_logged(two, made, dataset):
    path = dataset / "articles" / "toy-00.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("Rain", "Snow"), encoding="utf-8")
    gold.compile_folder(dataset, "conflict")
    other = train(made("prior", "run=other"))

    with pytest.raises(FramingError, match=r"the data digest of run 'other' to be those of 'linear'"):
        compare_runs(["linear", other.run_id], say=quiet)
    found = tracking.connect().search_runs(
        [tracking.experiment(tracking.connect(), "framing")], filter_string="tags.`framing.kind` = 'comparison'"
    )
    assert list(found) == []


def test_a_run_with_other_labels_is_refused(two, made):
    other = train(made("prior", "run=other", "optional_labels=true"))

    with pytest.raises(FramingError, match=r"expected the labels of run 'other' .*12 of them\), found 14"):
        compare_runs(["linear", other.run_id], say=quiet)


def test_a_run_without_decisions_is_refused(two, made, monkeypatch):
    def old(text, name):
        rows = [json.loads(line) for line in text.splitlines()] if name.endswith(".jsonl") else []
        usual("".join(f"{json.dumps({k: row[k] for k in ('id', 'scores')})}\n" for row in rows) or text, name)

    usual = runs.log_text
    with monkeypatch.context() as patch:
        patch.setattr(runs, "log_text", old)
        train(made("rules", "run=old"))

    with pytest.raises(
        FramingError, match=r"without documents, gold and decisions in test_scores.jsonl.*Train it again"
    ):
        compare_runs(["linear", "old"], say=quiet)


def test_a_run_that_judged_nothing_is_refused(two):
    first = compare_runs(["prior", "linear"], say=quiet)

    with pytest.raises(FramingError, match=r"a finished training run, found one without reports.json"):
        compare_runs(["linear", first.run_id], say=quiet)


def test_a_run_is_found_by_id_by_its_beginning_and_by_name(two, made):
    client = tracking.connect()
    again = train(made("linear", "run=linear", "seed=14"))

    assert find_run(client, two[1].run_id).info.run_id == two[1].run_id
    assert find_run(client, two[1].run_id[:12]).info.run_id == two[1].run_id
    assert find_run(client, "linear").info.run_id == again.run_id


def test_an_unfinished_run_is_not_found_by_name(two):
    client = tracking.connect()
    experiment = tracking.experiment(client, "framing")
    client.create_run(experiment, run_name="linear")
    client.create_run(experiment, run_name="open")

    assert find_run(client, "linear").info.run_id == two[1].run_id
    with pytest.raises(FramingError, match=r"one run with the id or name 'open' in sqlite.*found none"):
        find_run(client, "open")


def test_a_beginning_that_two_ids_share_is_refused(store, monkeypatch):
    client = tracking.connect()
    experiment = tracking.experiment(client, "framing")
    with monkeypatch.context() as patch:
        patch.setattr("mlflow.store.tracking.sqlalchemy_store.uuid.uuid4", iter_ids("aaaa1", "aaaa2"))
        ids = [client.create_run(experiment).info.run_id for _ in range(2)]

    assert find_run(client, "aaaa2").info.run_id == ids[1]
    with pytest.raises(FramingError, match=r"'aaaa' .*found several whose id begins so"):
        find_run(client, "aaaa")


def iter_ids(*beginnings):
    """A stand-in for `uuid4` whose values begin so."""
    import uuid

    values = iter([uuid.UUID(hex=begin.ljust(32, "0")) for begin in beginnings])
    return lambda: next(values)


@pytest.mark.parametrize("name", ["", "none", "0000", "it's", 'it\'s "none"', "100%"])
def test_a_name_of_no_run_is_refused(store, name):
    with pytest.raises(FramingError, match=r"found none"):
        find_run(tracking.connect(), name)
