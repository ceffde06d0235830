"""`framing export`: an ordinary model folder where nothing changes, a refusal with the table where something does."""

import json

import numpy as np
import pytest

from framing import exporting
from framing.answer import answer, to_documents
from framing.errors import FramingError
from framing.models import graphs, openvino
from framing.models.encoder import EncoderClassifier
from framing.pipeline import train
from framing.tracking import evidence, registry
from framing.tracking import store as tracking

TEXT = "The army said it had liberated the town after a planned regrouping."


@pytest.fixture
def run(made, tiny_base):
    settings = [f"model.base={tiny_base}", "model.epochs=2", "model.max_length=32", "threads=1"]
    return train(made("encoder", *settings), say=lambda line: None).run_id


@pytest.mark.parametrize("to", [graphs.ONNX, graphs.OPENVINO])
def test_the_folder_answers_as_the_run_does(run, tmp_path, to, monkeypatch):
    monkeypatch.setitem(openvino.SETTINGS, "INFERENCE_PRECISION_HINT", "f32")  # whatever the processor
    shown = []
    exporting.export(run, tmp_path / "out", to=to, int8=False, show=shown.append)

    logged = f"models:/{evidence.model_id(tracking.connect(), run)}"
    ours, theirs = (registry.load(uri) for uri in (logged, str(tmp_path / "out")))
    documents = to_documents([("a", TEXT)])
    scores = [answer(model, documents)["documents"][0]["sentences"][0]["scores"] for model in (ours, theirs)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-4)
    assert theirs.taxonomy_yaml == ours.taxonomy_yaml
    assert (shown[0].flipped, shown[0].drop) == (0.0, 0.0)
    assert "macro F1, any decision" in shown[0].sheet()
    assert not list(tmp_path.glob(".export-*"))


def test_an_export_that_decides_otherwise_is_shown_and_refused_and_nothing_is_written(run, tmp_path, monkeypatch):
    def worse(encoder, to, *, int8):
        twin = encoder.exported.__wrapped__(encoder, to, int8=int8)
        twin.gain_, twin.temperature = 0.0, 50.0
        return twin

    worse.__wrapped__ = EncoderClassifier.exported
    monkeypatch.setattr(EncoderClassifier, "exported", worse)
    shown = []

    with pytest.raises(FramingError, match=r"a decision changed on at most 1% of sentences.* changed"):
        exporting.export(run, tmp_path / "out", to="onnx", int8=True, show=shown.append)
    assert shown[0].flipped > exporting.FLIPS
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_and_a_run_without_an_encoder_are_refused(made, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    linear = train(made("linear"), say=lambda line: None).run_id

    with pytest.raises(FramingError, match="an empty folder"):
        exporting.export(linear, tmp_path / "full", to="onnx", int8=False, show=print)
    with pytest.raises(FramingError, match="a run of an encoder"):
        exporting.export(linear, tmp_path / "new", to="onnx", int8=False, show=print)


def test_what_is_counted():
    gold = np.array([[1, 0], [0, 1], [0, 0], [1, 1]], dtype=bool)
    after = gold.copy()
    after[3] = False

    found = exporting.difference(("a", "b"), gold, gold, after)

    assert found.flipped == 0.25
    assert list(found.flips) == [0.25, 0.25]
    assert found.drop == pytest.approx(1 / 3)
    assert json.dumps(found.to_record())
    with pytest.raises(FramingError):
        exporting.refuse(found)
