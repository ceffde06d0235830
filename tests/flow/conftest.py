from pathlib import Path

import pytest
from safetensors.numpy import load_file

from framing import config as configs
from framing.config import TrainConfig
from framing.data import gold
from framing.tracking import evidence, registry
from framing.tracking import store as tracking


@pytest.fixture
def dataset(gold_folder: Path, store: Path) -> Path:
    """The toy articles, compiled; the current folder is an empty project."""
    gold.compile_folder(gold_folder, "conflict")
    return gold_folder


@pytest.fixture
def made(dataset: Path, tmp_path: Path):
    """A config of one kind on the toy dataset."""

    def made(kind: str = "linear", *overrides: str) -> TrainConfig:
        path = tmp_path / "config.yaml"
        path.write_text(f"run: toy\ndataset: {dataset}\nmodel:\n  kind: {kind}\ndraws: 100\n", encoding="utf-8")
        return configs.load(path, overrides)

    return made


def weights(run_id: str):
    """What the run's encoder has learnt, by name."""
    uri = f"models:/{evidence.model_id(tracking.connect(), run_id)}"
    with registry.located(uri) as (folder, _):
        return load_file(folder / "classifier" / "model.safetensors")
