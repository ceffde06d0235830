import json

import mlflow
import pandas as pd
import pytest

from framing.answer import answer, to_documents
from framing.serving import requests
from framing.serving.settings import Limits
from framing.tracking import store as tracking

TEXT = "Its men had liberated hamlet 5, the general said. Rain fell on hamlet 3."
PAGE = f"<html><body><article><h1>Hamlet 5</h1><p>{TEXT * 4}</p></article></body></html>"


def ask(client, **body):
    found = client.post("/v1/predict", json=body)
    assert found.status_code == 200, found.text
    return found.json()


def expected(model, *texts, unit="article", thresholds=None):
    return json.loads(json.dumps(answer(model, to_documents(texts, unit=unit), thresholds)))


@pytest.mark.parametrize("unit", ["article", "sentence"])
def test_it_answers_what_predict_answers(client, model, unit):
    found = ask(client, texts=[TEXT, "A clerk."], unit=unit)

    assert found == expected(model, ("0", TEXT), ("1", "A clerk."), unit=unit)


def test_every_form_of_input_is_read_alike(client, model):
    alone = expected(model, ("0", TEXT))

    assert ask(client, text=TEXT) == alone
    assert ask(client, texts=[TEXT]) == alone
    assert ask(client, documents=[{"id": "0", "text": TEXT}]) == alone


def test_a_headline_is_the_first_sentence_and_the_whole_text_comes_back(client, model):
    (document,) = ask(client, article={"title": "Hamlet 5", "text": TEXT})["documents"]

    assert document["text"] == f"Hamlet 5\n\n{TEXT}"
    assert document["sentences"] == expected(model, ("0", document["text"]))["documents"][0]["sentences"]
    assert document["sentences"][0]["text"] == "Hamlet 5"


def test_the_article_of_a_page_is_read_and_comes_back(client):
    (one,) = ask(client, html=PAGE)["documents"]
    (other,) = ask(client, documents=[{"id": "page", "html": PAGE}])["documents"]

    assert TEXT in one["text"]
    assert all(one["text"][s["start"] : s["end"]] == s["text"] for s in one["sentences"])
    assert (other["id"], other["sentences"]) == ("page", one["sentences"])


def test_a_page_without_an_article_is_refused(client):
    assert client.post("/v1/predict", json={"html": "<p></p>"}).status_code == 422


def test_text_that_holds_no_sentence_has_none(client):
    assert ask(client, text=" \n")["documents"] == [{"id": "0", "sentences": []}]


def test_thresholds_of_the_request_decide(client):
    found = ask(client, texts=["Rain."], thresholds={"liberation": 0.0})

    frames = found["documents"][0]["sentences"][0]["frames"]
    assert [frame["label"] for frame in frames] == ["liberation"]
    assert frames[0]["evidence"]


def test_only_the_labels_asked_for_are_answered(client, model):
    every = dict.fromkeys(model.labels, 0.0)
    found = ask(client, text=TEXT, labels=["liberation", "heroic_sacrifice"], thresholds=every)

    for sentence in found["documents"][0]["sentences"]:
        assert list(sentence["scores"]) == ["liberation", "heroic_sacrifice"]
        assert [frame["label"] for frame in sentence["frames"]] == ["liberation", "heroic_sacrifice"]


def test_evidence_can_be_left_out(client):
    with_it = ask(client, text=TEXT, thresholds={"liberation": 0.0})["documents"][0]["sentences"][0]
    without = ask(client, text=TEXT, thresholds={"liberation": 0.0}, evidence=False)["documents"][0]["sentences"][0]

    assert with_it["frames"][0]["evidence"]
    assert without["frames"][0]["evidence"] == []
    assert without["scores"] == with_it["scores"]


def test_doubt_can_be_left_out(client, model):
    every = dict.fromkeys(model.labels, 1.0)
    with_it = ask(client, text=TEXT, thresholds=every)["documents"][0]["sentences"][0]
    without = ask(client, text=TEXT, thresholds=every, abstain=False)["documents"][0]["sentences"][0]

    assert "liberation" in with_it["abstained"]
    assert without["abstained"] == []


@pytest.mark.parametrize("low", [0.0, 0.3])
def test_a_request_may_replace_the_band_of_doubt(client, model, low):
    every = dict.fromkeys(model.labels, 1.0)
    for doubt in (low, dict.fromkeys(model.labels, low)):
        (sentence, _) = ask(client, text=TEXT, thresholds=every, doubt=doubt)["documents"][0]["sentences"]

        assert sentence["abstained"] == [label for label, score in sentence["scores"].items() if score >= low]


def test_the_band_of_doubt_may_be_replaced_for_some_labels(client, model):
    own = ask(client, text=TEXT)["documents"][0]["sentences"][0]
    other = next(label for label in model.labels if label not in own["abstained"] and label != "liberation")
    found = ask(client, text=TEXT, doubt={other: 0.0})["documents"][0]["sentences"][0]

    assert set(found["abstained"]) == {*own["abstained"], other}
    assert found["frames"] == own["frames"]


def test_a_band_that_begins_at_its_threshold_is_empty(client):
    sentences = ask(client, text=TEXT, doubt=1)["documents"][0]["sentences"]

    assert [sentence["abstained"] for sentence in sentences] == [[], []]


def test_compared_documents_tell_what_they_share_and_what_one_has_alone(client):
    body = {
        "documents": [{"id": "a", "text": TEXT}, {"id": "b", "text": "Rain fell on hamlet 3."}],
        "labels": ["liberation", "heroic_sacrifice"],
        "thresholds": {"liberation": 0.0, "heroic_sacrifice": 1.0},
    }
    found = client.post("/v1/compare", json=body).json()

    assert found["shared"] == ["liberation"]
    assert found["exclusive"] == {"a": [], "b": []}
    assert found["documents"][0]["frames"]["liberation"]["count"] == 2
    assert found["documents"][1]["frames"]["liberation"]["sentences"] == [0]
    assert found["model"]["version"] == "1"


def test_the_taxonomy_explains_the_labels_of_the_model(client, model, conflict):
    found = client.get("/v1/taxonomy").json()

    assert (found["name"], [label["id"] for label in found["labels"]]) == (model.taxonomy, list(model.labels))
    assert found["labels"][0]["definition"] == conflict.labels[0].definition
    assert {"include", "exclude", "cues", "counter_frame", "positives", "negatives"} <= set(found["labels"][0])


def test_the_model_tells_its_thresholds_and_its_card(client, model):
    found = client.get("/v1/model").json()

    assert (found["version"], found["kind"], found["backend"]) == ("1", "linear", "fp32")
    assert list(found["thresholds"].values()) == list(model.decisions.thresholds)
    assert list(found["doubt"].values()) == list(model.decisions.doubt)
    assert found["card"].startswith("---\nlibrary_name: framing")
    assert found["certificate"] is None


def test_it_says_that_it_is_well(client):
    found = client.get("/healthz").json()

    assert (found["status"], found["model"]["version"]) == ("ok", "1")
    assert client.get("/readyz").json() == {
        "status": "ready",
        "version": "1",
        "refused": None,
        "registry": "answers",
    }


def test_the_documentation_names_every_endpoint_and_loads_nothing(client):
    page = client.get("/docs").text

    assert all(f"{path}</h2>" in page for path in client.get("/openapi.json").json()["paths"])
    assert "http" not in page
    assert "liberated" in page


def test_the_metrics_count_what_was_answered(client):
    ask(client, texts=[TEXT], thresholds={"liberation": 0.0})
    client.post("/v1/predict", json={})
    client.get("/nowhere/SECRET")
    found = client.get("/metrics").text

    assert 'framing_requests_total{path="/v1/predict",status="200"} 1.0' in found
    assert 'framing_requests_total{path="/v1/predict",status="422"} 1.0' in found
    assert 'framing_requests_total{path="other",status="404"} 1.0' in found
    assert 'framing_label_decisions_total{label="liberation"} 2.0' in found
    assert "framing_sentences_total 2.0" in found
    assert 'framing_input_characters_bucket{le="100.0"} 1.0' in found
    assert 'framing_batch_sentences_bucket{le="2.0"} 1.0' in found
    assert 'framing_model_info{backend="fp32",kind="linear",taxonomy="conflict/1.0",version="1"} 1.0' in found
    assert "SECRET" not in found


def test_mlflow_and_the_service_give_the_same_scores(client):
    tracking.connect()
    loaded = mlflow.pyfunc.load_model("models:/framing@champion")
    frame = pd.DataFrame({"id": ["a", "b"], "text": [TEXT, "A clerk counted windows."]})

    batch = loaded.predict(frame)

    served = ask(client, documents=frame.to_dict("records"))["documents"]
    for ours, theirs in zip(served, batch, strict=True):
        for one, other in zip(ours["sentences"], theirs["sentences"], strict=True):
            assert one["scores"] == pytest.approx(other["scores"], abs=1e-6)
            assert one["frames"] == other["frames"]


REFUSED = [
    {},
    {"text": "SECRET", "texts": ["SECRET"]},
    {"texts": []},
    {"texts": [""]},
    {"texts": [None]},
    {"texts": "SECRET"},
    {"texts": ["SECRET"], "unit": "SECRET"},
    {"texts": ["SECRET"], "SECRET": 1},
    {"texts": ["SECRET"], "thresholds": {"SECRET": 0.5}},
    {"texts": ["SECRET"], "thresholds": {"liberation": 2}},
    {"texts": ["SECRET"], "labels": ["SECRET"]},
    {"texts": ["SECRET"], "doubt": {"SECRET": 0.5}},
    {"texts": ["SECRET"], "doubt": 1.5},
    {"texts": ["SECRET"], "doubt": {"liberation": -1}},
    {"texts": ["SECRET"], "doubt": "SECRET"},
    {"texts": ["SECRET"], "doubt": True},
    {"texts": ["SECRET"] * (requests.MAX_TEXTS + 1)},
    {"texts": ["SECRET" * 200_000]},
    {"text": "SECRET. " * (Limits().sentences + 1)},
    {"text": "SECRET", "abstain": "SECRET"},
    {"documents": [{"id": "SECRET", "text": "a"}, {"id": "SECRET", "text": "b"}]},
    {"documents": [{"id": "SECRET"}]},
    {"documents": [{"id": "SECRET", "text": "a", "html": "b"}]},
    {"article": {"title": "SECRET"}},
    ["SECRET"],
]


@pytest.mark.parametrize("body", REFUSED, ids=range(len(REFUSED)))
def test_bad_input_is_refused_and_never_echoed(client, body):
    found = client.post("/v1/predict", json=body)

    assert found.status_code == 422
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["status"] == 422
    assert "SECRET" not in found.text


@pytest.mark.parametrize("documents", [[], [{"id": "a", "text": "SECRET"}], [{"id": "a", "text": "SECRET"}] * 2])
def test_less_than_two_documents_are_not_compared(client, documents):
    found = client.post("/v1/compare", json={"documents": documents})

    assert found.status_code == 422
    assert "SECRET" not in found.text


def test_what_is_wrong_is_said_in_words(client):
    found = client.post("/v1/predict", json={"text": "a", "html": "b"}).json()

    assert (found["type"], found["status"]) == ("about:blank", 422)
    assert client.post("/v1/predict", json={"text": "a", "doubt": 2}).json()["detail"].startswith("body.doubt: ")
    assert found["detail"] == ("body: exactly one of text, texts, article, html, documents is needed; see /docs")
