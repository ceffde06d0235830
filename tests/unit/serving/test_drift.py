import json
import re
from dataclasses import replace

import numpy as np
import pytest
from fastapi.testclient import TestClient

from framing import monitoring
from framing.errors import FramingError
from framing.evaluation.drift import Reference, psi
from framing.serving.app import make_app
from framing.serving.drift import TOGETHER, Window, append
from framing.serving.live import Served
from framing.serving.service import check
from framing.serving.settings import Settings

TEXT = "Its men had liberated hamlet 5, the general said. Rain fell on hamlet 3."


def gauges(client, name):
    page = client.get("/metrics").text
    return {feature: float(value) for feature, value in re.findall(rf'^{name}{{feature="(.*?)"}} (\S+)$', page, re.M)}


def ask(client, **body):
    assert client.post("/v1/predict", json=body).status_code == 200


def test_metrics_have_the_index_of_every_feature_over_what_was_read(model, toy):
    model = monitoring.with_reference(model, toy.splits["validation"] * 20)
    client, reference = TestClient(make_app(model)), Reference.from_record(model.reference)
    assert gauges(client, "framing_drift_psi") == dict.fromkeys(reference.features, 0.0)

    for _ in range(40):
        ask(client, text=TEXT, thresholds={"liberation": 1.0}, labels=["heroic_sacrifice"])

    (document,) = monitoring.to_documents([("0", TEXT)])
    features = monitoring.see(model, document.sentences * 40).features(model.labels)
    expected = {name: psi(np.array(h.counts), h.count(features[name])) for name, h in reference.features.items()}
    assert gauges(client, "framing_drift_sentences") == dict.fromkeys(reference.features, 80.0)
    assert gauges(client, "framing_drift_psi") == pytest.approx(expected)
    assert max(expected.values()) > 0.25


def test_a_model_without_a_reference_has_no_index(model):
    client = TestClient(make_app(replace(model, reference={})))
    ask(client, text=TEXT)

    assert "framing_drift_psi" not in client.get("/metrics").text


def test_another_model_begins_anew_and_so_does_one_that_comes_back(model):
    app = make_app(model)
    client = TestClient(app)
    for k, version in enumerate(("1", "2", "1")):
        app.state.live.swap(Served(replace(model, facts={**model.facts, "version": version})))
        for _ in range(k + 1):
            ask(client, text=TEXT)

        assert set(gauges(client, "framing_drift_sentences").values()) == {2.0 * (k + 1)}


def test_an_answer_of_a_model_that_was_replaced_is_not_counted(model, tmp_path):
    app = make_app(model, Settings(drift_log=str(tmp_path / "log")))
    old, new = app.state.live.current.model, replace(model)
    (document,) = monitoring.to_documents([("0", TEXT)])
    app.state.live.swap(Served(new))

    app.state.drift.seen(old, monitoring.see(old, document.sentences))

    assert set(gauges(TestClient(app), "framing_drift_sentences").values()) == {0.0}
    assert not (tmp_path / "log").exists()


def test_a_window_holds_the_newest_sentences_and_never_more(model):
    reference = Reference.from_record(model.reference)
    window = Window(reference, 20)
    features = {name: np.zeros(1) for name in reference.features}
    sizes = []
    for _ in range(45):
        window.add(features, 1)
        sizes.append(int(window.counts()["words"].sum()))

    assert sizes[:20] == list(range(1, 21))
    assert (max(sizes), min(sizes[20:])) == (20, 11)


def published(app):
    (gauge,) = app.state.metrics.drift.collect()
    return sum(sample.value for sample in gauge.samples if sample.labels["feature"] == "words")


def test_many_small_requests_are_counted_together(model):
    app = make_app(model)
    client = TestClient(app)
    ask(client, texts=["Rain fell."] * (TOGETHER - 1), unit="sentence")
    assert published(app) == 0

    ask(client, text="Rain fell.")
    assert published(app) == TOGETHER


def test_the_log_has_a_line_a_request_and_no_text(model, tmp_path):
    path = tmp_path / "drift.jsonl"
    client = TestClient(make_app(model, Settings(drift_log=str(path))))
    ask(client, text=TEXT)
    ask(client, texts=["Rain fell.", "A clerk."], thresholds={"liberation": 0.0})
    ask(client, text=" \n")

    first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert (first["version"], first["run_id"]) == ("1", model.facts["run_id"])
    assert first["words"] == [9.0, 5.0]
    assert first["labels"] == [["liberation"], []]
    assert [len(row) for row in second["scores"]] == [len(model.labels)] * 2
    assert second["labels"] == [[], []]
    assert "hamlet" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert len(monitoring.read_stream(path, model).seen.scores) == 4


def test_a_log_that_cannot_be_written_is_counted_and_the_answer_comes(model, tmp_path):
    client = TestClient(make_app(model, Settings(drift_log=str(tmp_path / "gone" / "log"))))
    ask(client, text=TEXT)

    assert "framing_drift_log_errors_total 1.0" in client.get("/metrics").text


def test_a_log_that_was_moved_away_is_begun_again(tmp_path):
    path = tmp_path / "log"
    append(path, b"one\n")
    path.rename(tmp_path / "log.1")
    append(path, b"two\n")
    append(path, b"three\n")

    assert path.read_bytes() == b"two\nthree\n"


def test_the_service_does_not_start_with_a_log_that_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FramingError, match="Name another file with --drift-log"):
        check(Settings(drift_log=str(tmp_path / "file" / "log")))

    check(Settings(drift_log=str(tmp_path / "new" / "log")))
    assert (tmp_path / "new" / "log").read_bytes() == b""
