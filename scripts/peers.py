"""How each peer of bench_peers.py is trained: the same MiniLM weights, labelled sentences in, scores out."""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from framing.schema import Floats, Sentence, multi_hot

PADDED = 128
Score = Callable[[list[str]], Floats]
Rows = Sequence[Sentence]


class Clock(NamedTuple):
    """Seconds on the wall, and of all processors on this process."""

    wall: float
    cpu: float


def clock() -> Clock:
    """Now."""
    return Clock(time.perf_counter(), time.process_time())


class Trained(NamedTuple):
    """What a peer has after training: how it scores, how it is saved, and how many real tokens it has read."""

    score: Score
    save: Callable[[str], Any]
    tokens: int = 0


Begun = tuple[Clock, Trained]


def train_linear(train: Rows, validation: Rows, labels: tuple[str, ...], seed: int, _: argparse.Namespace) -> Begun:
    """TF-IDF and logistic regression, as configs/train/linear.yaml has it, without cues."""
    from framing.models.linear import LinearClassifier

    begun = clock()
    model = LinearClassifier(labels=labels, seed=seed).fit(train, validation, lambda values, step: None)
    return begun, Trained(lambda texts: model.read(as_sentences(texts)).scores, lambda folder: model.save(Path(folder)))


def train_ours(train: Rows, validation: Rows, labels: tuple[str, ...], seed: int, options: argparse.Namespace) -> Begun:
    """The encoder without cues, with the settings of `options.ours`."""
    from framing.models.encoder import EncoderClassifier

    begun, steps = clock(), 0

    def count(values: Any, step: int) -> None:
        nonlocal steps
        steps = max(steps, step)

    model = EncoderClassifier(labels=labels, seed=seed, threads=options.threads, **options.ours)
    model.fit(train, validation, count)
    epochs = (2 if model.r_drop else 1) * steps / -(-len(train) // model.batch_size)
    tokens = round(epochs * sum(len(row) for row in model.tokenize([s.text for s in train])[0]))
    return begun, Trained(
        lambda texts: model.read(as_sentences(texts)).scores, lambda folder: model.save(Path(folder)), tokens
    )


def train_probe(
    train: Rows, validation: Rows, labels: tuple[str, ...], seed: int, options: argparse.Namespace
) -> Begun:
    """Logistic regressions on the frozen embeddings of Sentence Transformers."""
    import joblib
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    begun = clock()
    encoder = SentenceTransformer(base(options))
    head = OneVsRestClassifier(LogisticRegression(max_iter=1000, random_state=seed))
    head.fit(encoder.encode([s.text for s in train]), multi_hot(train, labels).astype(int))

    def save(folder: str) -> None:
        encoder.save(folder)
        joblib.dump(head, Path(folder) / "head.joblib")

    return begun, Trained(lambda texts: positive(head.predict_proba(encoder.encode(texts))), save)


def train_setfit(
    train: Rows, validation: Rows, labels: tuple[str, ...], seed: int, options: argparse.Namespace
) -> Begun:
    """Contrastive pairs, then logistic regressions, as SetFit's guide to multi-label data has it."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    begun = clock()
    one = len(labels) == 1  # which SetFit takes as numbers, not as lists
    gold = multi_hot(train, labels).astype(int)
    model = SetFitModel.from_pretrained(base(options), multi_target_strategy=None if one else "one-vs-rest")
    rows = {"text": [s.text for s in train], "label": (gold[:, 0] if one else gold).tolist()}
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder, seed=seed, report_to="none", save_strategy="no", **options.setfit
        )
        Trainer(model=model, args=arguments, train_dataset=Dataset.from_dict(rows)).train()
    return begun, Trained(
        lambda texts: positive(np.asarray(model.predict_proba(texts, as_numpy=True))), model.save_pretrained
    )


def train_trainer(
    train: Rows, validation: Rows, labels: tuple[str, ...], seed: int, options: argparse.Namespace
) -> Begun:
    """Sequence classification with the stock Trainer, every sentence padded alike, as the example has it."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer, TrainingArguments, set_seed

    begun = clock()
    set_seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(base(options))
    model = AutoModelForSequenceClassification.from_pretrained(
        base(options), num_labels=len(labels), problem_type="multi_label_classification"
    )

    def encoded(texts: list[str]) -> dict[str, Any]:
        return dict(tokenizer(texts, padding="max_length", max_length=PADDED, truncation=True))

    gold, inputs = multi_hot(train, labels).astype(np.float32), encoded([s.text for s in train])
    rows = [{**{name: column[k] for name, column in inputs.items()}, "labels": gold[k]} for k in range(len(train))]
    settings = {"num_train_epochs": 3, "learning_rate": 2e-5, "per_device_train_batch_size": 32, **options.trainer}
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            seed=seed,
            report_to="none",
            save_strategy="no",
            use_cpu=not torch.cuda.is_available(),
            disable_tqdm=True,
            logging_strategy="no",
            **settings,
        )
        Trainer(model=model, args=arguments, train_dataset=rows).train()

    def score(texts: list[str]) -> Floats:
        model.eval()
        with torch.inference_mode():
            batches = [texts[k : k + 32] for k in range(0, len(texts), 32)]
            logits = [
                model(**tokenizer(b, padding=True, truncation=True, return_tensors="pt").to(model.device)).logits.cpu()
                for b in batches
            ]
        return np.asarray(torch.sigmoid(torch.cat(logits)).double().numpy())

    tokens = sum(map(sum, inputs["attention_mask"])) * settings["num_train_epochs"]
    return begun, Trained(
        score, lambda folder: (model.save_pretrained(folder), tokenizer.save_pretrained(folder)), tokens
    )


TRAIN = {
    "linear": train_linear,
    "probe": train_probe,
    "setfit": train_setfit,
    "trainer": train_trainer,
    "ours": train_ours,
}


def base(options: argparse.Namespace) -> str:
    """The folder of the MiniLM that the package trains from, or what the options name."""
    from framing.models import base as bases

    return bases.resolve(getattr(options, "base", None)).place


def as_sentences(texts: Sequence[str]) -> list[Sentence]:
    """Texts as nothing but text."""
    return [Sentence(str(k), str(k), 0, 0, len(text), text) for k, text in enumerate(texts)]


def positive(scores: Any) -> Floats:
    """(n_sentences, n_labels): scikit-learn gives both classes where there is one label."""
    found = np.asarray(scores, dtype=np.float64)
    return found[:, 1:] if found.ndim == 2 and found.shape[1] == 2 else found
