import gzip
import json
import logging

import pytest
from fastapi.testclient import TestClient

from framing.serving.app import make_app
from framing.serving.keys import make
from framing.serving.settings import Limits, Settings

JSON = {"content-type": "application/json"}
RAW = [
    b'{"text": "SECRET',
    b"\xff\xfe",
    b'{"texts": [NaN]}',
    b'{"text": "a", "thresholds": {"liberation": Infinity}}',
    b'{"text": "SECRET", "text": "SECRET"}',
    b'{"text": "SECRET \\ud800 fell."}',
    b'{"\\udc00": 1}',
    b"[" * 100_000,
    b'{"thresholds": {"liberation": ' + b"1" * 5_000 + b"}}",
]


@pytest.mark.parametrize("raw", RAW, ids=range(len(RAW)))
def test_a_body_that_is_no_strict_json_is_refused(client, raw):
    found = client.post("/v1/predict", content=raw, headers=JSON)

    assert (found.status_code, found.headers["content-type"]) == (400, "application/problem+json")
    assert "SECRET" not in found.text


def test_an_empty_body_is_refused(client):
    assert client.post("/v1/predict", content=b"", headers=JSON).status_code == 422


def test_a_character_outside_the_basic_plane_may_be_escaped(client):
    body = json.dumps({"text": "Rain \U0001f327 fell."}).encode()

    assert b"\\ud83c" in body
    assert client.post("/v1/predict", content=body, headers=JSON).status_code == 200


def test_a_compressed_body_is_refused_unread(client):
    body = gzip.compress(b" " * 10_000_000)

    assert client.post("/v1/predict", content=body, headers={**JSON, "content-encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_called_json_is_refused(client, media):
    found = client.post("/v1/predict", content=b'{"text": "a"}', headers={"content-type": media})

    assert found.status_code == 415


def test_a_big_body_is_refused_before_it_is_read(client):
    big = b"x" * (Limits().body_bytes + 1)

    assert client.post("/v1/predict", content=big, headers=JSON).status_code == 413


def test_a_big_body_without_a_length_is_refused_while_it_is_read(client):
    parts = (b" " * 1_000_000 for _ in range(10))

    assert client.post("/v1/predict", content=parts, headers=JSON).status_code == 413


def test_a_body_in_parts_is_read(client):
    assert client.post("/v1/predict", content=iter([b'{"text": ', b'"Rain."}']), headers=JSON).status_code == 200


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/none", 404), ("GET", "/v1/predict", 405)])
def test_what_is_not_there_is_a_problem_too(client, method, path, status):
    found = client.request(method, path)

    assert (found.status_code, found.json()["status"]) == (status, status)
    assert found.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/healthz", "/none", "/docs"])
def test_every_response_forbids_framing_sniffing_and_foreign_code(client, path):
    headers = client.get(path).headers

    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


def test_the_log_has_no_text(client, caplog):
    caplog.set_level(logging.DEBUG, logger="framing")
    client.post("/v1/predict", json={"text": "SECRET."})
    client.post("/v1/predict/SECRET", json={"text": "SECRET."})

    assert "POST /v1/predict 200" in caplog.text
    assert "SECRET" not in caplog.text


def test_a_fault_of_ours_is_a_500_that_tells_nothing(model, caplog, monkeypatch):
    app = make_app(model)

    def fail(*a, **k):
        raise RuntimeError("SECRET")

    monkeypatch.setattr("framing.serving.batcher._read", fail)
    found = TestClient(app).post("/v1/predict", json={"text": "Rain."})

    assert (found.status_code, found.json()["title"]) == (500, "Internal Server Error")
    assert "SECRET" not in found.text + caplog.text
    assert "RuntimeError at" in caplog.text


@pytest.fixture
def keys(tmp_path):
    return tmp_path / "keys"


def test_with_keys_only_their_holders_are_answered(model, keys):
    key = make("reader", keys)
    client = TestClient(make_app(model, Settings(keys=str(keys))))

    assert client.get("/v1/model").status_code == 401
    assert client.get("/metrics").status_code == 401
    assert client.get("/v1/model", headers={"authorization": f"Bearer {key}x"}).status_code == 401
    assert client.get("/v1/model", headers={"authorization": f"Bearer {key}"}).status_code == 200
    assert client.get("/v1/model", headers={"x-api-key": key}).status_code == 200
    assert client.get("/healthz").status_code == 200
    refused = client.post("/v1/predict", json={"text": "SECRET"})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_a_key_whose_line_is_removed_is_revoked_at_once(model, keys):
    first, second = make("first", keys), make("second", keys)
    client = TestClient(make_app(model, Settings(keys=str(keys))))
    lines = keys.read_text(encoding="utf-8").splitlines()

    keys.write_text(lines[1] + "\n", encoding="utf-8")

    assert client.get("/v1/model", headers={"x-api-key": first}).status_code == 401
    assert client.get("/v1/model", headers={"x-api-key": second}).status_code == 200
    keys.unlink()
    assert client.get("/v1/model", headers={"x-api-key": second}).status_code == 401


def test_more_requests_than_places_are_asked_to_come_again(model, keys):
    key = make("reader", keys)
    full = TestClient(make_app(model, Settings(limits=Limits(requests=0))))
    busy = TestClient(make_app(model, Settings(keys=str(keys), limits=Limits(requests_of_a_key=0))))

    one = full.post("/v1/predict", json={"text": "Rain."})
    other = busy.post("/v1/predict", json={"text": "Rain."}, headers={"x-api-key": key})

    assert (one.status_code, one.headers["retry-after"]) == (503, "1")
    assert (other.status_code, other.headers["retry-after"]) == (429, "1")
    assert full.get("/healthz").status_code == 200


def test_a_full_queue_asks_to_come_again(model):
    client = TestClient(make_app(model, Settings(limits=Limits(queued_sentences=1))))

    found = client.post("/v1/predict", json={"text": "Rain. Snow."})

    assert (found.status_code, found.headers["retry-after"]) == (503, "1")


def test_an_answer_that_takes_too_long_is_given_up(model, monkeypatch):
    import time

    monkeypatch.setattr("framing.serving.batcher._read", lambda batch: time.sleep(1))
    client = TestClient(make_app(model, Settings(limits=Limits(request_seconds=0.05))))

    found = client.post("/v1/predict", json={"text": "Rain."})

    assert (found.status_code, found.headers["retry-after"]) == (503, "1")
