import json
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from framing import config as configs
from framing import space
from framing.errors import FramingError
from tests.conftest import ROOT

FILES = sorted((ROOT / "configs/sweep").rglob("*.yaml"))
BASE = "run: r\ndataset: d\nmodel:\n  kind: {kind}\n"
STRENGTH = "  model.strength: {low: 0.5, high: 8, log: true}\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(dimensions=STRENGTH, more="", kind="linear"):
        (tmp_path / "base.yaml").write_text(BASE.format(kind=kind), encoding="utf-8")
        path = tmp_path / "sweep.yaml"
        path.write_text(f"study: s\ntrain: base.yaml\n{more}space:\n{dimensions}", encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_sweep_loads_and_says_how_it_is_run(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = path.read_text(encoding="utf-8")

    assert space.load(path).sweep.study == path.stem
    assert text.startswith(f"# framing sweep configs/sweep/{path.name}\n")
    assert len(text.splitlines()) <= 40


def test_there_is_a_sweep_of_a_linear_model_and_of_an_encoder():
    assert {"linear", "minilm"} <= {path.stem for path in FILES}


def test_a_trial_gets_a_value_of_each_kind_and_its_config_has_them(write):
    dimensions = f"{STRENGTH}  model.min_df: {{low: 1, high: 5}}\n  model.use_cues: {{choices: [true, false]}}\n"
    plan = space.load(write(dimensions), ["seed=7"])
    trial = SimpleNamespace(
        suggest_float=lambda key, low, high, *, step, log: (low + high) / 2,
        suggest_int=lambda key, low, high, *, step, log: high - step,
        suggest_categorical=lambda key, choices: choices[-1],
    )

    values = plan.suggest(trial)
    config = plan.config(values, 3)

    assert values == {"model.strength": 4.25, "model.min_df": 4, "model.use_cues": False}
    assert (config.run, config.seed) == ("s-3", 7)
    assert (config.model.strength, config.model.min_df, config.model.use_cues) == (4.25, 4, False)


def test_a_power_of_ten_is_a_number_however_it_is_written(write):
    plan = space.load(write("  model.strength: {choices: [1e-4, 1.5E1, 0.5]}\n"))

    assert plan.sweep.space["model.strength"].choices == (0.0001, 15.0, 0.5)


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("model.learning_rate", 1e-05, "encoder"),
        ("model.learning_rate", 0.1 + 0.2, "encoder"),
        ("model.batch_size", 8, "encoder"),
        ("model.bf16", False, "encoder"),
        ("model.base", "8", "encoder"),
        ("model.base", "true", "encoder"),
        ("model.base", "a folder/x: y", "encoder"),
        ("model.base", None, "encoder"),
        ("model.strength", 3, "linear"),
    ],
)
def test_the_command_trains_exactly_the_config_of_the_trial(write, key, value, kind):
    name = key.removeprefix("model.")
    dimension = json.dumps({"choices": [value]})
    plan = space.load(write(f"  {key}: {dimension}\n", kind=kind), ["seed=7"])

    framing, train, path, *overrides = shlex.split(plan.command({key: value}, 3))
    config = configs.load(Path(path), overrides)

    assert (framing, train, overrides[-1]) == ("framing", "train", "run=s-3")
    assert config == plan.config({key: value}, 3)
    assert getattr(config.model, name) == value


@pytest.mark.parametrize(
    ("dimensions", "more", "message"),
    [
        (
            "  model.strenght: {low: 1, high: 2}\n",
            "",
            "'model.strenght'. The nearest known key is 'model.str",
        ),
        ("  model.kind: {choices: [rules]}\n", "", "found 'model.kind'"),
        ("  seed: {low: 1, high: 2}\n", "", "keys of the model 'linear' in the space of .*found 'seed'"),
        (
            "  model.strength: {low: 0, high: 2}\n",
            "",
            "value for 'model.strength' in the space, found 0.0",
        ),
        ("  model.min_df: {low: 1, high: 3.5}\n", "", "value for 'model.min_df' in the space, found 3.5"),
        ("  model.min_df: {low: 4, high: 4}\n", "", "low must be below high"),
        ("  model.strength: {low: 0, high: 4, log: true}\n", "", "a logarithmic range lies above 0"),
        (
            "  model.strength: {low: 1, hi: 4}\n",
            "",
            "'space.model.strength.hi'.* key is 'space.model.strength.hi",
        ),
        ("  model.strength: {low: 1}\n", "", "value for 'space.model.strength.high' in .*, found none"),
        ("  model.strength: 4\n", "", "value for 'space.model.strength' in"),
        ("  model.use_cues: {low: 0, high: 1}\n", "", "choices for 'model.use_cues' in .*, found a range"),
        ("  model.min_df: {low: 1, high: 4, step: 0.5}\n", "", "value for 'model.min_df' in the space, found 1.5"),
        ("  model.strength: {choices: []}\n", "", "value for 'space.model.strength.choices'"),
        ("  {}\n", "", "sound value for 'space'"),
        (STRENGTH, "skore: macro_f1\n", "found 'skore'. The nearest known key is 'score'"),
        (STRENGTH, "score: test/macro_f1\n", "sound value for 'score'.*'macro_ap', 'macro_f1'"),
        (STRENGTH, "pruning: {start: 3}\n", "'pruning.start'. The nearest known key is 'pruning.startup'"),
        (STRENGTH, "trials: 0\n", "sound value for 'trials'"),
    ],
)
def test_an_unsound_sweep_is_refused_in_one_line(write, dimensions, more, message):
    with pytest.raises(FramingError, match=message) as caught:
        space.load(write(dimensions, more))
    assert "\n" not in str(caught.value)


def test_a_model_without_settings_cannot_be_swept(write):
    with pytest.raises(FramingError, match="a model with settings in r, found 'prior'"):
        space.load(write(kind="prior"))


def test_a_score_that_does_not_exist_is_no_score(write):
    report = SimpleNamespace(split="validation", macro_ap=SimpleNamespace(value=float("nan")))

    with pytest.raises(ValueError, match="no macro_ap"):
        space.load(write()).score(report)
