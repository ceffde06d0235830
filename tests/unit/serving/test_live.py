from dataclasses import replace

import pytest

from framing.errors import FramingError
from framing.models.backend import choose
from framing.serving.live import Follower, Live, Served, admit
from framing.serving.metrics import Metrics


class Versions:
    """A registry whose alias the test moves."""

    def __init__(self, **models):
        self.models, self.now, self.loads = models, "1", []

    def version(self):
        if self.now is None:
            raise ConnectionError
        return self.now

    def load(self, version):
        self.loads.append(version)
        return self.models[f"v{version}"], {"flips": 0}


@pytest.fixture
def following(model):
    second = replace(model, facts={**model.facts, "version": "2"})
    broken = replace(second, example=dict.fromkeys(model.labels, 0.99))
    versions = Versions(v1=model, v2=second, v3=broken)
    live = Live(admit(model), Metrics())
    return live, versions, Follower(live, versions)


def test_a_moved_alias_is_followed_and_back_again(following):
    live, versions, follower = following
    for version in ("1", "2", "2", "1"):
        versions.now = version
        follower.poll()
        assert live.current.version == version

    assert versions.loads == ["2", "1"]
    assert live.current.certificate == {"flips": 0}
    page = live.metrics.page().decode()
    assert 'framing_model_info{backend="fp32",kind="linear",taxonomy="conflict/1.0",version="1"} 1.0' in page
    assert 'framing_model_info{backend="fp32",kind="linear",taxonomy="conflict/1.0",version="2"} 0.0' in page
    assert "framing_model_swaps_total 2.0" in page


@pytest.mark.parametrize("version", ["3", "4"], ids=["other scores", "no files"])
def test_a_broken_version_is_refused_once_and_the_old_one_answers(following, version):
    live, versions, follower = following
    versions.now = version
    follower.poll()
    follower.poll()

    assert versions.loads == [version]
    assert live.state() == {"status": "ready", "version": "1", "refused": version, "registry": "answers"}
    assert "framing_model_refused_total 1.0" in live.metrics.page().decode()
    versions.now = "1"
    follower.poll()
    assert live.state()["refused"] is None


def test_a_registry_that_is_down_is_said_and_changes_nothing(following):
    live, versions, follower = following
    versions.now = None
    follower.poll()

    assert (live.current.version, live.state()["registry"]) == ("1", "does not answer")
    assert "framing_registry_errors_total 1.0" in live.metrics.page().decode()
    versions.now = "2"
    follower.poll()
    assert (live.current.version, live.state()["registry"]) == ("2", "answers")


def test_what_was_taken_is_kept(following):
    live, versions, _ = following
    kept = []
    versions.now = "2"
    Follower(live, versions, keep=kept.append).poll()

    assert [served.version for served in kept] == ["2"]


def test_a_model_that_does_not_answer_its_example_is_not_admitted(model):
    with pytest.raises(FramingError, match="recorded when the model was saved"):
        admit(replace(model, example=dict.fromkeys(model.labels, 0.99)))
    assert isinstance(admit(model), Served)


@pytest.mark.parametrize("wanted", ["fp32", "bf16", "auto"])
def test_only_an_encoder_has_a_choice_of_backend(model, wanted):
    assert choose(model, wanted) == "fp32"


def test_a_backend_of_another_name_is_refused(model):
    with pytest.raises(FramingError, match="a backend among"):
        choose(model, "int4")


@pytest.fixture
def encoder(tiny_base):
    from framing.models.calibration import Decisions
    from framing.models.encoder import EncoderClassifier
    from framing.models.store import Model
    from tests.unit.models.conftest import LABELS, toy_sentences

    rows = toy_sentences()
    classifier = EncoderClassifier(labels=LABELS, base=str(tiny_base), epochs=1, max_length=32, threads=1)
    classifier.fit(rows, rows, lambda values, step: None)
    return Model("encoder", classifier, Decisions((1.0, 1.0), (0.0, 0.0), (0.5, 0.5), (0.5, 0.5)), "toy/1")


def test_an_encoder_answers_in_bf16_nearly_as_in_fp32(encoder):
    from framing.models.example import example_scores

    exact = example_scores(encoder)

    assert choose(encoder, "bf16") == "bf16"
    coarse = example_scores(encoder)
    assert coarse == pytest.approx(exact, abs=0.03)
    assert coarse != exact


@pytest.mark.parametrize(("times", "chosen"), [((1.0, 2.0), "fp32"), ((2.0, 1.0), "bf16")])
def test_auto_takes_bf16_only_where_it_is_faster(encoder, times, chosen, monkeypatch):
    import torch

    from framing.models import backend

    usual, clock = backend._timed, iter(times)
    monkeypatch.setattr(backend, "_timed", lambda model: (usual(model)[0], next(clock)))

    assert choose(encoder, "auto") == chosen
    kind = next(encoder.classifier.model_.parameters()).dtype
    assert kind == (torch.bfloat16 if chosen == "bf16" else torch.float32)
