import json

import pytest
from fastapi.testclient import TestClient

from framing.answer import answer, to_documents
from framing.serving import app as serving
from framing.tracking import registry

TEXT = "Its men had liberated hamlet 5, the general said. Rain fell on hamlet 3."


@pytest.fixture
def model(champion):
    return registry.load("models:/framing@champion")


@pytest.fixture
def client(model):
    return TestClient(serving.make_app(model))


@pytest.mark.parametrize("unit", ["article", "sentence"])
def test_it_answers_what_predict_answers(client, model, unit):
    found = client.post("/v1/predict", json={"texts": [TEXT, "A clerk."], "unit": unit}).json()

    expected = answer(model, to_documents([("0", TEXT), ("1", "A clerk.")], unit=unit))
    assert found == json.loads(json.dumps(expected))


def test_thresholds_of_the_request_decide(client):
    found = client.post("/v1/predict", json={"texts": ["Rain."], "thresholds": {"liberation": 0.0}}).json()

    frames = found["documents"][0]["sentences"][0]["frames"]
    assert [frame["label"] for frame in frames] == ["liberation"]


def test_it_says_that_it_is_well(client):
    found = client.get("/healthz").json()

    assert (found["status"], found["model"]["version"]) == ("ok", "1")
    assert client.get("/docs").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"texts": []},
        {"texts": [""]},
        {"texts": [None]},
        {"texts": "SECRET"},
        {"texts": ["SECRET"], "unit": "SECRET"},
        {"texts": ["SECRET"], "SECRET": 1},
        {"texts": ["SECRET"], "thresholds": {"SECRET": 0.5}},
        {"texts": ["SECRET"], "thresholds": {"liberation": 2}},
        {"texts": ["SECRET"] * 1001},
        {"texts": ["SECRET" * 200_000]},
        ["SECRET"],
    ],
    ids=range(11),
)
def test_bad_input_is_refused_and_never_echoed(client, body):
    found = client.post("/v1/predict", json=body)

    assert found.status_code == 422
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["status"] == 422
    assert "SECRET" not in found.text


@pytest.mark.parametrize("raw", [b'{"texts": ["SECRET', b"\xff\xfe", b'{"texts": [NaN]}', b""])
def test_a_body_that_is_no_json_is_refused(client, raw):
    found = client.post("/v1/predict", content=raw, headers={"content-type": "application/json"})

    assert found.status_code == 422
    assert "SECRET" not in found.text


def test_a_lone_surrogate_is_read_or_refused_but_never_a_500(client):
    found = client.post(
        "/v1/predict", content=b'{"texts": ["\\ud800 fell."]}', headers={"content-type": "application/json"}
    )

    assert found.status_code in {200, 422}


def test_a_big_body_is_refused_before_it_is_read(client):
    found = client.post("/v1/predict", content=b"x" * (serving.MAX_BODY + 1))

    assert found.status_code == 413


def test_a_body_without_a_length_is_refused(client):
    found = client.post("/v1/predict", content=iter([b"{}"]))

    assert found.status_code == 411
