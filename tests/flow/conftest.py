from pathlib import Path

import pytest

from framing import config as configs
from framing.config import TrainConfig
from framing.data import gold


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
