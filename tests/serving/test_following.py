import json
import threading
from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient

from framing.answer import answer, to_documents
from framing.errors import FramingError
from framing.serving.service import _keep, _start, build
from framing.serving.settings import Settings
from framing.tracking import registry, resolved, runs
from framing.tracking import store as tracking
from framing.tracking.following import Alias, certificate, load
from tests.serving.conftest import free_port, point, running, until

ALIAS = "models:/framing@champion"
TEXT = "Its men had liberated hamlet 5."


def scores(model):
    return answer(model, to_documents([("0", TEXT)]))["documents"][0]["sentences"][0]["scores"]


class Clients:
    """Threads that ask until they are stopped, and keep what they were answered."""

    def __init__(self, address, number):
        self.seen, self.failed, self.go = [], [], threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=(address,)) for _ in range(number)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.go.set()
        for thread in self.threads:
            thread.join(30)

    def _ask(self, address):
        with httpx.Client(base_url=address, timeout=30) as client:
            while not self.go.is_set():
                try:
                    found = client.post("/v1/predict", json={"text": TEXT})
                except httpx.TransportError as error:
                    self.failed.append(error)
                    continue
                if found.status_code != 200:
                    self.failed.append(found.status_code)
                    continue
                body = found.json()
                self.seen.append((body["model"]["version"], body["documents"][0]["sentences"][0]["scores"]))


def test_twenty_moves_under_load_give_no_failed_and_no_mixed_answer(project):
    client = tracking.connect()
    expected = {version: scores(registry.load(f"models:/framing/{version}")) for version in "12"}
    app = build(Settings(model=ALIAS, poll_seconds=0.02))
    with running(app) as address, Clients(address, 4) as clients:
        for move in range(20):
            version = "21"[move % 2]
            point(client, version)
            until(lambda version=version: app.state.live.current.version == version)
        point(client, "3")
        until(lambda: app.state.live.refused == "3")
        broken = httpx.get(f"{address}/readyz").json()
        point(client, "2")
        until(lambda: app.state.live.current.version == "2")
        metrics = httpx.get(f"{address}/metrics").text

    assert clients.failed == []
    assert {version for version, _ in clients.seen} == {"1", "2"}
    assert all(found == pytest.approx(expected[version], abs=1e-6) for version, found in clients.seen)
    assert broken == {"status": "ready", "version": "1", "refused": "3", "registry": "answers"}
    assert "framing_model_refused_total 1.0" in metrics
    assert "framing_model_swaps_total 21.0" in metrics


def down(monkeypatch):
    """The tracking server is named, and nobody answers there."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


def test_a_tracking_server_that_is_down_does_not_stop_the_service(project, monkeypatch):
    app = build(Settings(model=ALIAS, poll_seconds=0.02))
    down(monkeypatch)
    with running(app) as address:
        until(lambda: not app.state.live.registry_answers)
        ready = httpx.get(f"{address}/readyz").json()
        found = httpx.post(f"{address}/v1/predict", json={"text": TEXT})

    assert (ready["status"], ready["registry"], found.status_code) == ("ready", "does not answer", 200)


def test_a_worker_starts_with_the_kept_model_while_the_store_is_down(project, monkeypatch, tmp_path):
    settings = Settings(model=ALIAS, kept=str(tmp_path / "models"))
    _keep(replace(_start(settings), certificate={"flip_rate": 0.5}), tmp_path / "models")
    down(monkeypatch)

    current = build(settings).state.live.current
    assert (current.version, current.certificate) == ("1", {"flip_rate": 0.5})
    with pytest.raises(FramingError, match=r"a model at|an MLflow store that can be read"):
        build(Settings(model=ALIAS))


def test_an_alias_tells_its_version_and_loads_it(project):
    alias = Alias(ALIAS)
    model, _ = alias.load(alias.version())

    assert (model.kind, model.facts["version"]) == ("prior", "1")


def logged_certificate(client, version):
    run = client.get_model_version(registry.NAME, version).run_id
    return json.loads(runs.read_artifact(client, run, "sides.json"))


@pytest.mark.parametrize("uri", [ALIAS, "models:/framing/2"])
def test_the_certificate_that_the_run_of_a_version_logged_is_served(project, uri):
    client = tracking.connect()
    point(client, "2")
    app = build(Settings(model=uri))

    served = TestClient(app).get("/v1/model").json()["certificate"]

    assert served == logged_certificate(client, "2") != logged_certificate(client, "1")
    assert served["sentences"] > 0


def test_a_run_without_a_certificate_and_a_model_folder_have_none(project):
    client = tracking.connect()
    bare = client.create_run(client.get_experiment_by_name("Default").experiment_id).info.run_id
    place, _ = resolved_folder("models:/framing/2")

    assert certificate(client, bare) is None
    assert certificate(client, None) is None
    assert load(str(place))[1] is None


def resolved_folder(uri):
    registry.load(uri)
    return resolved.recall(uri)


@pytest.mark.parametrize("uri", ["models:/framing/1", "folder", "models:/framing"])
def test_what_is_no_alias_is_not_followed(uri):
    with pytest.raises(FramingError, match="models:/NAME@ALIAS"):
        Alias(uri)


def test_an_alias_without_a_version_is_refused_with_the_next_step(store):
    with pytest.raises(FramingError, match=r"a model at models:/framing@previous.* Train one with `make run`"):
        build(Settings(model="models:/framing@previous"))
