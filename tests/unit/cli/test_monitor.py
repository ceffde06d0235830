import json

import pytest
from fastapi.testclient import TestClient

from framing import monitoring
from framing.models import store
from framing.schema import from_record
from framing.serving.app import make_app
from framing.serving.settings import Settings
from framing.tracking import registry
from tests.unit.cli.test_commands import framing, one_line  # noqa: F401 - the fixture

FOREIGN = "Yesterday, at sundown, a multitude of horsemen whom nobody had counted rode past our lines singing."


@pytest.fixture
def model(champion, tmp_path):
    """The folder of a model whose reference is large enough to tell something."""
    loaded = registry.load("models:/framing@champion")
    made = monitoring.with_reference(loaded, [from_record(row) for row in rows(champion)] * 20)
    store.save(made, tmp_path / "model", taxonomy_yaml="", card="")
    return tmp_path / "model"


@pytest.fixture
def log(model, tmp_path):
    """A log of the service, which was asked these sentences."""

    def log(*sentences):
        path = tmp_path / "drift.jsonl"
        client = TestClient(make_app(store.load(model), Settings(drift_log=str(path))))
        for sentence in sentences:
            assert client.post("/v1/predict", json={"text": sentence}).status_code == 200
        return path

    return log


@pytest.fixture
def monitor(framing, model):  # noqa: F811 - the fixture
    return lambda path, *words: framing("monitor", path, "--model", model, *words)


def rows(project):
    return [json.loads(line) for line in (project / "toy" / "validation.jsonl").read_text("utf-8").splitlines()]


def test_a_stream_that_moved_away_ends_with_status_1(monitor, log):
    status, out, _ = monitor(log(*[FOREIGN] * 120))

    lines = [line.split() for line in out.splitlines() if line.startswith("|")]
    assert status == 1
    assert [word for word in lines[0] if word != "|"] == ["feature", "reference", "live", "n", "PSI", "p", "verdict"]
    assert lines[2][-2] == "drift"
    assert out.splitlines()[-1].startswith("reference: ")


def test_a_stream_of_the_same_kind_ends_with_status_0(monitor, champion, tmp_path):
    path = tmp_path / "texts.jsonl"
    texts = [{"id": f"{n}-{row['id']}", "text": row["text"]} for n in range(40) for row in rows(champion)]
    path.write_text("".join(f"{json.dumps(text)}\n" for text in texts), encoding="utf-8")
    status, out, _ = monitor(path, "--json")

    found = json.loads(out)
    assert status == 0
    assert (found["drift"], found["split"]) == (False, "validation")
    assert {feature["verdict"] for feature in found["features"]} == {"ok"}


def test_too_few_sentences_are_not_judged_unless_the_bounds_say_so(monitor, log, tmp_path):
    path = log(*[FOREIGN] * 20)
    assert monitor(path)[0] == 0

    bounds = tmp_path / "bounds.yaml"
    bounds.write_text("watch: 0.1\ndrift: 0.25\np: 0.5\nsentences: 20\n", encoding="utf-8")
    assert monitor(path, "--config", bounds)[0] == 1
    assert monitor(path, "--config", bounds, "--window", 19)[0] == 0


def test_mistakes_are_one_line(monitor, log, tmp_path):
    path = log(FOREIGN)
    path.write_text(path.read_text(encoding="utf-8") + "x\n", encoding="utf-8")

    one_line(monitor(path), "line 2")
    one_line(monitor(path, "--config", "none"), "a set of bounds among ['default']")
    one_line(monitor(tmp_path / "none.jsonl"), "no such file")


def test_a_model_without_a_reference_is_named_in_one_line(monitor, log, model):
    path = log(FOREIGN)
    (model / "reference.json").unlink()

    one_line(monitor(path), "a model that was saved with a reference of its input")


def test_lines_of_other_models_are_counted(monitor, log):
    path = log(FOREIGN)
    line = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(f"{json.dumps(line)}\n{json.dumps({**line, 'run_id': 'other'})}\n", encoding="utf-8")

    assert monitor(path)[2] == "1 lines of other models are left out\n"
