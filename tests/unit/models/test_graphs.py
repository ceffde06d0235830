"""The encoder through ONNX Runtime and OpenVINO: the same scores, embeddings and reasons, whatever the batch."""

import importlib.util
import logging

import numpy as np
import pytest

from framing.errors import FramingError
from framing.models import backend, graphs, openvino, program
from framing.models.calibration import learn
from framing.models.encoder import EncoderClassifier
from framing.models.store import Model
from framing.schema import multi_hot
from tests.unit.models.conftest import made, toy_sentences
from tests.unit.models.test_encoder import small

ROWS = [*toy_sentences(), made("rain " * 25), made("!?"), made("the army liberated hamlet 7 at dawn .")]


@pytest.fixture(scope="module", params=["evidence", "pooled"])
def trained(request, tiny_base):
    rows = toy_sentences()
    return small(tiny_base, head=request.param).fit(rows, rows, lambda values, step: None)


@pytest.fixture(scope="module")
def exact():
    """OpenVINO in fp32, whatever the processor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(openvino.SETTINGS, "INFERENCE_PRECISION_HINT", "f32")
        yield


@pytest.fixture(scope="module", params=[graphs.ONNX, graphs.OPENVINO])
def exported(request, trained, exact):
    return trained.exported(request.param)


def test_scores_embeddings_and_reasons_are_those_of_the_torch_model(trained, exported):
    ours, theirs = trained.read(ROWS), exported.read(ROWS)

    np.testing.assert_allclose(theirs.scores, ours.scores, atol=1e-5)
    np.testing.assert_allclose(theirs.embeddings, ours.embeddings, atol=1e-4)
    assert theirs.explain(ours.scores > 0.3) == ours.explain(ours.scores > 0.3)


def test_openvino_is_near_in_the_precision_that_it_chooses(trained, monkeypatch):
    monkeypatch.delitem(openvino.SETTINGS, "INFERENCE_PRECISION_HINT", raising=False)
    found = trained.exported(graphs.OPENVINO).read(ROWS).scores

    np.testing.assert_allclose(found, trained.read(ROWS).scores, atol=0.02)


def test_one_sentence_alone_gets_what_it_gets_in_a_batch(exported):
    alone = np.vstack([exported.read([row]).scores for row in ROWS])

    np.testing.assert_allclose(alone, exported.read(ROWS).scores, atol=1e-5)


def test_saved_and_loaded_it_needs_no_torch_weights(exported, tmp_path):
    exported.save(tmp_path)
    loaded = EncoderClassifier.load(tmp_path)

    assert sum((tmp_path / name).is_file() for name in graphs.FILES) == 1
    assert not list(tmp_path.glob("*.safetensors"))
    np.testing.assert_array_equal(loaded.read(ROWS).scores, exported.read(ROWS).scores)


def test_int8_is_smaller_and_nearly_the_same(trained):
    whole, coarse = trained.exported(graphs.ONNX), trained.exported(graphs.ONNX, int8=True)

    assert len(coarse.graph_.graph) < 0.8 * len(whole.graph_.graph)
    np.testing.assert_allclose(coarse.read(ROWS).scores, whole.read(ROWS).scores, atol=0.1)
    assert (coarse.read(ROWS).scores != whole.read(ROWS).scores).any()
    with pytest.raises(FramingError, match=r"expected --int8 with --to onnx, found --to openvino"):
        trained.exported(graphs.OPENVINO, int8=True)


def test_a_service_computes_as_it_was_exported(exported):
    decisions = learn(exported.read(ROWS).scores, multi_hot(ROWS, exported.labels), [s.document for s in ROWS])

    assert backend.choose(Model("encoder", exported, decisions, "toy/1"), "auto") == exported.graph_.backend


@pytest.mark.parametrize("to", [graphs.ONNX, graphs.OPENVINO])
def test_a_missing_package_ends_in_one_line(trained, to, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(FramingError, match=rf"pip install 'framing\[{to}\]'"):
        trained.exported(to)


def test_an_export_that_fails_leaves_the_log_as_it_was():
    log = logging.getLogger("torch.onnx")
    before = log.level

    with pytest.raises(RuntimeError), program.quiet_exporter():
        raise RuntimeError

    assert log.level == before != logging.ERROR
