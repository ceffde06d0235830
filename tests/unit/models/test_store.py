import json
from dataclasses import replace

import numpy as np
import pytest

from framing.errors import FramingError
from framing.models import example, store
from framing.models.calibration import Decisions
from framing.models.linear import LinearClassifier
from framing.models.store import Model
from tests.unit.models.conftest import LABELS


@pytest.fixture
def model(toy_rows, silent):
    classifier = LinearClassifier(labels=LABELS).fit(toy_rows, [], silent)
    return Model(
        "linear", classifier, Decisions((1.5, 1.5), (-0.5, -0.5), (0.5, 0.4), (0.3, 0.4)), "toy/1", {"run": "r"}
    )


def test_saved_and_loaded_gives_the_same_scores_decisions_and_facts(model, toy_rows, tmp_path):
    store.save(model, tmp_path / "m", taxonomy_yaml="id: toy\n", card="# Card\n")
    loaded = store.load(tmp_path / "m")

    np.testing.assert_array_equal(loaded.read(toy_rows)[0], model.read(toy_rows)[0])
    assert (loaded.decisions, loaded.taxonomy, dict(loaded.facts)) == (model.decisions, "toy/1", {"run": "r"})
    assert (tmp_path / "m/README.md").read_text(encoding="utf-8") == "# Card\n"


def test_a_reference_is_saved_with_the_model_and_may_be_missing(model, tmp_path):
    store.save(replace(model, reference={"center": [0.5]}), tmp_path / "with", taxonomy_yaml="", card="")
    store.save(model, tmp_path / "without", taxonomy_yaml="", card="")

    assert store.load(tmp_path / "with").reference == {"center": [0.5]}
    assert store.load(tmp_path / "without").reference == {}
    assert not (tmp_path / "without" / "reference.json").exists()


def test_a_full_folder_is_not_written_over(model, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    with pytest.raises(FramingError, match="an empty folder"):
        store.save(model, tmp_path, taxonomy_yaml="", card="")


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(FramingError, match=r"a model folder with framing\.json"):
        store.load(tmp_path)


def test_a_newer_format_is_refused(model, tmp_path):
    store.save(model, tmp_path / "m", taxonomy_yaml="", card="")
    facts = json.loads((tmp_path / "m/framing.json").read_text(encoding="utf-8"))
    (tmp_path / "m/framing.json").write_text(json.dumps({**facts, "format": 2}), encoding="utf-8")

    with pytest.raises(FramingError, match="found format 2"):
        store.load(tmp_path / "m")


def test_a_loaded_model_brings_its_card_its_labels_and_its_example(model, tmp_path):
    store.save(model, tmp_path / "m", taxonomy_yaml="id: toy\n", card="# Card\n")
    loaded = store.load(tmp_path / "m")

    assert (loaded.taxonomy_yaml, loaded.card) == ("id: toy\n", "# Card\n")
    assert dict(loaded.example) == example.example_scores(model)
    example.check_example(loaded, loaded.example)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda scores: {k: v + 0.01 for k, v in scores.items()}, "recorded when the model was saved"),
        (lambda scores: {"other": 0.5}, r"scores for the labels \['other'\]"),
    ],
)
def test_a_model_that_answers_its_example_otherwise_is_refused(model, change, message):
    with pytest.raises(FramingError, match=message):
        example.check_example(model, change(example.example_scores(model)))


def test_a_model_whose_scores_are_no_numbers_is_refused(model):
    broken = replace(model, decisions=replace(model.decisions, slope=(float("nan"),) * 2))

    with pytest.raises(FramingError, match=r"scores in \[0, 1\]"):
        example.check_example(broken, {})
