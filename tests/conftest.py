"""What all tests share: no network, a store of their own, a small gold folder and a tiny encoder, all made here."""

import os

os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}

import shutil
from pathlib import Path

import pytest

from framing import taxonomy as taxonomies
from framing.data import gold
from framing.tracking import store as tracking

ROOT = Path(__file__).parents[1]

SIDES = {"A": ("Tarvia", "its"), "B": ("Quellin", "their")}
HEAD = (
    "---\nconflict: TARVIA-QUELLIN\nsides: [A, B]\nsource_type: agency\noutlet: Toy Wire\ndate: 2019-08-0{day}\n---\n"
)
BODY = """{who} wins the day {{narrator}}

{who}'s army said {n} of its men [liberated]{{liberation}} hamlet {n}. {{indirect party={side} source="{who}'s army"}}
The others spoke {n} times of a [planned regrouping]{{euphemistic_retreat}} near hamlet {n}. {{indirect party={side}}}
Rain fell on hamlet {n} for most of the morning.
A clerk counted {n} broken windows in the school.
"""


@pytest.fixture(scope="session")
def conflict() -> taxonomies.Taxonomy:
    return taxonomies.load("conflict")


def forget_stores(patch: pytest.MonkeyPatch) -> None:
    """MLflow writes the addresses it is told into the environment, where the next test's processes would find them."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        patch.delenv(name, raising=False)


def write_toy_articles(folder: Path) -> Path:
    """Twelve toy articles, none nearly the same. They are for mechanics only: nothing is measured on them."""
    (folder / "articles").mkdir(parents=True)
    for n in range(12):
        side = "AB"[n % 2]
        text = HEAD.format(day=n % 9 + 1) + BODY.format(who=SIDES[side][0], side=side, n=n)
        (folder / "articles" / f"toy-{n:02}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def gold_folder(tmp_path: Path) -> Path:
    return write_toy_articles(tmp_path / "toy")


@pytest.fixture
def toy(gold_folder: Path, conflict: taxonomies.Taxonomy) -> gold.Dataset:
    return gold.build(gold_folder, conflict)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a new store: MLflow makes one in fifty migrations, which take a second."""
    with pytest.MonkeyPatch.context() as patch:
        forget_stores(patch)
        patch.chdir(tmp_path_factory.mktemp("store"))
        tracking.connect()
        return tracking.home() / tracking.DATABASE


@pytest.fixture
def store(tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is an empty project with a store of its own."""
    forget_stores(monkeypatch)
    project = tmp_path / "project"
    (project / "configs" / "train").mkdir(parents=True)
    (project / "runs").mkdir()
    shutil.copy(empty_store, project / "runs")
    monkeypatch.chdir(project)
    return project


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer encoder with random weights and a word tokeniser: the smallest honest base model."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("tiny")
    words = (BODY + "wins tarvia quellin liberated planned regrouping 0 1 2 3 4 5 6 7 8 9 ' . ,").lower().split()
    pieces = sorted(
        {*words, *"abcdefghijklmnopqrstuvwxyz", *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz0123456789")}
    )
    vocabulary = {token: k for k, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *pieces])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    set_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def trained_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose champion is a `linear` model of the toy articles. Made once; tests only read it."""
    from framing import config as configs
    from framing import pipeline

    project = tmp_path_factory.mktemp("project")
    (project / "configs" / "train").mkdir(parents=True)
    write_toy_articles(project / "toy")
    config = project / "configs" / "train" / "toy.yaml"
    config.write_text("run: toy\ndataset: toy\nmodel:\n  kind: linear\ndraws: 100\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        forget_stores(patch)
        patch.chdir(project)
        gold.compile_folder(project / "toy", "conflict")
        pipeline.crown([pipeline.train(configs.load(config), say=lambda line: None)])
    return project


@pytest.fixture
def champion(trained_project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is a copy of the trained project, whose store a test may change."""
    copy = tmp_path_factory.mktemp("trained") / "project"
    shutil.copytree(trained_project, copy)
    forget_stores(monkeypatch)
    monkeypatch.chdir(copy)
    return copy
