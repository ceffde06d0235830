"""A LoRA adapter: small on disk, equal when read again, refused on another base."""

import shutil

import numpy as np
import pytest
import torch

from framing.errors import FramingError
from framing.models.encoder import EncoderClassifier
from tests.unit.models.conftest import made, toy_sentences
from tests.unit.models.test_encoder import small


@pytest.fixture(scope="module")
def base(tiny_base, tmp_path_factory):
    """A copy of the tiny base in a place of its own."""
    return shutil.copytree(tiny_base, tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="module")
def adapted(base):
    rows = toy_sentences()
    return small(base, epochs=8, lora_rank=4, learning_rate=1e-2).fit(rows, rows, lambda values, step: None)


def test_an_adapter_learns(adapted):
    liberated, rain = adapted.read([made("the army liberated hamlet 3 ."), made("rain fell .")]).scores[:, 0]

    assert liberated > rain


def test_the_base_is_as_it_was_and_only_the_adapter_is_saved(adapted, base, tmp_path):
    adapted.save(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
        "encoder.json",
    ]
    embeddings = adapted.model_.get_input_embeddings().weight
    fresh = EncoderClassifier.load(tmp_path).model_.get_input_embeddings().weight
    torch.testing.assert_close(embeddings, fresh, rtol=0, atol=0)
    assert str(base) not in (tmp_path / "adapter_config.json").read_text()


def test_saved_loaded_and_saved_again_it_gives_the_same_scores(adapted, toy_rows, tmp_path):
    adapted.save(tmp_path)
    loaded = EncoderClassifier.load(tmp_path)
    (tmp_path / "again").mkdir()
    loaded.save(tmp_path / "again")

    scores = adapted.read(toy_rows).scores
    np.testing.assert_array_equal(loaded.read(toy_rows).scores, scores)
    np.testing.assert_array_equal(EncoderClassifier.load(tmp_path / "again").read(toy_rows).scores, scores)


def test_another_base_is_refused(adapted, tmp_path):
    adapted.save(tmp_path)
    settings = tmp_path / "encoder.json"
    settings.write_text(settings.read_text().replace(adapted.base_digest_, "0" * 64))

    with pytest.raises(FramingError, match="base that the adapter was trained on"):
        EncoderClassifier.load(tmp_path)
