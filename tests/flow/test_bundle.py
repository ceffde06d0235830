"""The model in the box: it answers where nothing was trained, gives way to a champion, and becomes a version."""

import shutil

import pytest

from framing import taxonomy as taxonomies
from framing.answer import answer, to_documents
from framing.bundle import adopt
from framing.errors import FramingError
from framing.models import store as models
from framing.models.example import TOLERANCE, check_example
from framing.serving.live import Follower, Live
from framing.serving.metrics import Metrics
from framing.serving.service import _start
from framing.serving.settings import Settings
from framing.tracking import bundled, following, history, registry
from framing.tracking import store as tracking

TEXT = "The army said it had liberated the town after a planned regrouping."
LIMIT = 8_000_000


@pytest.fixture
def box(trained_project, tmp_path, monkeypatch):
    """In place of the bundled model, the toy model in a folder of its own."""
    monkeypatch.chdir(trained_project)
    with registry.located(registry.DEFAULT) as (folder, _):
        place = shutil.copytree(folder, tmp_path / "box")
    monkeypatch.setattr(bundled, "folder", lambda: place)
    return place


@pytest.fixture
def empty(box, tmp_path, monkeypatch):
    """The current folder is a project in which nothing was trained; its store does not exist."""
    project = tmp_path / "new"
    (project / "configs" / "train").mkdir(parents=True)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(project)
    return project


def test_it_answers_at_once_says_so_and_makes_no_store(empty, caplog):
    model = registry.load(registry.DEFAULT)

    assert "has no champion: the bundled model answers" in caplog.text
    assert answer(model, to_documents([("a", TEXT)]))["model"]["version"] is None
    assert not (empty / "runs").exists()


def test_it_has_a_name_of_its_own(empty, caplog):
    assert registry.load(bundled.NAME).labels == registry.load(registry.DEFAULT).labels
    assert caplog.text.count("has no champion") == 1


def test_a_store_without_a_champion_is_asked_and_the_bundled_model_answers(empty, caplog):
    tracking.connect()

    assert registry.load(registry.DEFAULT).facts.get("version") is None
    assert "has no champion" in caplog.text


def test_a_champion_answers_in_its_place(champion, box, monkeypatch, caplog):
    monkeypatch.chdir(champion)

    assert registry.load(registry.DEFAULT).facts["version"] == "1"
    assert "has no champion" not in caplog.text


def test_other_models_are_never_replaced_by_it(empty):
    with pytest.raises(FramingError, match=r"expected a model at models:/framing/7.* found none"):
        registry.load("models:/framing/7")


def test_a_store_that_fails_is_an_error_not_a_reason_to_answer_with_another_model(empty, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")

    with pytest.raises(FramingError, match="an MLflow store that can be read and written"):
        registry.load(registry.DEFAULT)


def test_the_service_starts_with_it_and_takes_the_first_champion(empty, trained_project, monkeypatch):
    live = Live(_start(Settings(model=registry.DEFAULT)), Metrics())
    follower = Follower(live, following.Alias(registry.DEFAULT))
    follower.poll()
    before = live.state()
    shutil.copytree(trained_project, empty, dirs_exist_ok=True)
    Follower(live, following.Alias(registry.DEFAULT)).poll()

    assert (before["version"], before["registry"], before["refused"]) == (None, "answers", None)
    assert live.state()["version"] == "1"


def test_imported_it_is_a_judged_version_and_the_first_champion(empty, trained_project):
    shutil.copytree(trained_project / "toy", empty / "toy")
    said = []

    entry = adopt(empty / "toy", say=said.append)
    again = adopt(empty / "toy", say=said.append)

    assert (entry.decision, entry.version, entry.run) == ("forced", "1", "bundled")
    assert (again.decision, again.version) == ("unchanged", "1")
    assert len(history.entries(tracking.connect())) == 1
    model = registry.load(registry.DEFAULT)
    assert (model.facts["version"], model.facts["run_id"]) == ("1", entry.run_id)
    assert "training on" not in "".join(said)


def test_the_one_that_travels_with_the_package_is_small_whole_and_answers_its_own_example():
    folder = bundled.folder()
    model = models.load(folder)

    check_example(model, model.example, tolerance=TOLERANCE)
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= LIMIT
    assert model.labels == taxonomies.load("conflict").ids(optional=False)
    assert model.card
    assert model.reference
    assert bundled.certificate(folder)
    found = answer(model, to_documents([("a", TEXT)]))["documents"][0]["sentences"][0]
    assert "liberation" in {frame["label"] for frame in found["frames"]}
