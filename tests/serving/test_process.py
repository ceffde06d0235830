import json
import os
import re
import signal
import socket
import threading
import time

import httpx
import psutil
import pytest

from framing.serving import patience
from framing.serving.app import make_app
from framing.serving.drift import TOGETHER
from framing.serving.settings import Limits, Settings
from framing.tracking import registry
from tests.serving.conftest import command, running, until

TEXT = "Its men had liberated hamlet 5."


@pytest.fixture
def model(champion):
    return registry.load("models:/framing@champion")


def raw(address):
    host, port = address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def test_a_client_that_never_ends_its_head_is_cut(model, monkeypatch):
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    with running(make_app(model)) as address, raw(address) as slow, raw(address) as silent:
        slow.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: a\r\n")

        assert slow.recv(100) == b""
        assert silent.recv(100) == b""
        assert httpx.get(f"{address}/healthz").status_code == 200


def test_a_client_that_rests_between_requests_is_not_cut_in_the_middle_of_one(model, monkeypatch):
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    with running(make_app(model)) as address, httpx.Client(base_url=address) as client:
        for _ in range(3):
            assert client.post("/v1/predict", json={"text": TEXT}).status_code == 200
            time.sleep(0.4)


def test_a_client_that_never_ends_its_body_is_cut(model):
    settings = Settings(limits=Limits(body_seconds=0.3))
    head = b"POST /v1/predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    with running(make_app(model, settings)) as address, raw(address) as slow:
        slow.sendall(head + b'{"text"')
        answer = b""
        while part := slow.recv(1000):
            answer += part

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_request_in_work_is_finished_before_the_service_ends(model, monkeypatch):
    from framing.serving import batcher

    usual, entered = batcher._read, threading.Event()

    def slowly(batch):
        entered.set()
        time.sleep(0.5)
        usual(batch)

    monkeypatch.setattr(batcher, "_read", slowly)
    found = []
    with running(make_app(model)) as address:
        thread = threading.Thread(
            target=lambda: found.append(httpx.post(f"{address}/v1/predict", json={"text": TEXT}, timeout=20))
        )
        thread.start()
        assert entered.wait(10)
    thread.join(20)

    assert found[0].status_code == 200


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_the_service_goes_on(champion):
    with command("--workers", "2", "--poll", "0.5") as (process, address):
        workers = [
            child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())
        ]
        assert len(workers) == 2
        failed = 0
        os.kill(workers[0].pid, signal.SIGKILL)
        for _ in range(20):
            try:
                assert httpx.post(f"{address}/v1/predict", json={"text": TEXT}, timeout=30).status_code == 200
            except httpx.TransportError:
                failed += 1
        until(lambda: len(alive(process, without=workers[0].pid)) == 2, seconds=60)
        for _ in range(20):
            assert httpx.post(f"{address}/v1/predict", json={"text": TEXT}, timeout=30).status_code == 200
        metrics = httpx.get(f"{address}/metrics").text

    assert failed <= 1
    assert 'framing_requests_total{path="/v1/predict",status="200"}' in metrics


@pytest.mark.slow
def test_workers_write_whole_lines_into_one_log_and_count_together(champion, tmp_path):
    log = tmp_path / "drift.jsonl"
    with command("--workers", "2", "--drift-log", str(log)) as (_, address):

        def ask():
            for _ in range(20):
                body = {"texts": [TEXT] * 50, "unit": "sentence"}
                assert httpx.post(f"{address}/v1/predict", json=body, timeout=60).status_code == 200

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        page = httpx.get(f"{address}/metrics").text

    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [len(row["words"]) for row in rows] == [50] * 80
    (seen,) = re.findall(r'^framing_drift_sentences{feature="words"} (\S+)$', page, re.M)
    assert 4000 - TOGETHER < float(seen) <= 4000
    assert page.count("# TYPE framing_drift_psi gauge") == 1


def alive(process, without):
    return [
        child
        for child in psutil.Process(process.pid).children()
        if child.pid != without and "spawn_main" in " ".join(child.cmdline())
    ]


@pytest.mark.slow
def test_the_command_ends_on_sigterm(champion):
    with command() as (process, address):
        assert httpx.get(f"{address}/v1/model").json()["version"] == "1"
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)

    assert process.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in output
