import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from framing import config as configs
from framing import pipeline
from framing.data import gold
from framing.serving.patience import PatientProtocol
from framing.tracking import registry, runs
from framing.tracking import store as tracking
from tests.conftest import write_toy_articles


@contextmanager
def running(app, **options):
    """The app on a free port of this machine; yields its address."""
    config = uvicorn.Config(app, port=0, http=PatientProtocol, log_level="critical", access_log=False, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)


@contextmanager
def command(*options):
    """`framing serve` in a process of its own; yields the process and its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "framing.cli.main", "serve", "--port", str(port), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: process.poll() is not None or answers(f"{address}/readyz"), seconds=120)
        assert process.poll() is None, process.stdout.read()
        yield process, address
    finally:
        process.terminate()
        process.communicate(timeout=60)


def answers(url):
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory):
    """A project whose model has the versions 1 (prior), 2 (linear) and 3 (no files); `champion` is 1."""
    project = tmp_path_factory.mktemp("two")
    (project / "configs" / "train").mkdir(parents=True)
    write_toy_articles(project / "toy")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.chdir(project)
        gold.compile_folder(project / "toy", "conflict")
        client = tracking.connect()
        for kind in ("prior", "linear"):
            path = project / "configs" / "train" / f"{kind}.yaml"
            path.write_text(f"run: {kind}\ndataset: toy\nmodel:\n  kind: {kind}\ndraws: 100\n", encoding="utf-8")
            outcome = pipeline.train(configs.load(path), say=lambda line: None)
            model_id = json.loads(runs.read_artifact(client, outcome.run_id, runs.REPORT))["model_id"]
            registry.register(client, model_id, outcome.run_id, kind)
        (project / "empty").mkdir()
        client.create_model_version(registry.NAME, source=str(project / "empty"))
        point(client, "1")
    return project


def point(client, version):
    client.set_registered_model_alias(registry.NAME, registry.CHAMPION, version)


@pytest.fixture
def project(two_versions, monkeypatch):
    """The current folder is that project, and `champion` is version 1."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(two_versions)
    point(tracking.connect(), "1")
    return two_versions
