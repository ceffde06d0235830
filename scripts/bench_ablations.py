"""What each choice in the encoder's recipe is worth: one change at a time, the same data, splits and seeds.

    python scripts/bench_ablations.py [--variants default mean focal] [--seeds 13 14 15] [--threads 2]
    python scripts/bench_ablations.py --only babe-random ptc-sentence unlp --data-root DATA --settings '{"epochs": 4}'

Trained and judged on data/conflict_frames, without cues, or on the public corpora of bench_corpora.py in its folds, of
which mean AP is the mean. Choose by the columns of validation; those of test are there to tell whether the choice
holds. Variants that the package does not have are put in place of its parts here.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import logsigmoid

from bench_corpora import TASKS, Benchmark, with_absence
from bench_peers import Parts, benchmarks
from bench_transfer import TAXONOMY, quiet
from framing.data import dataset
from framing.evaluation import intervals, metrics, sides
from framing.evaluation.tables import bracketed
from framing.models import encoder as encoders
from framing.models import losses, training
from framing.models.encoder import EncoderClassifier
from framing.schema import Floats, Hot, Sentence, blind, multi_hot

ROOT = Path(__file__).parents[1]
Pool = Callable[[Tensor, Tensor, float], Tensor]


class Variant(NamedTuple):
    """Settings of the encoder, what is changed in the package meanwhile, and what becomes of the training sentences."""

    settings: Mapping[str, Any] = {}
    change: Callable[[], AbstractContextManager[Any]] = ExitStack
    rows: Callable[[Sequence[Sentence]], list[Sentence]] = blind


class Judged(NamedTuple):
    """Mean AP of both, and what was decided on test."""

    validation: float
    test: float
    decided: Hot


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=list(VARIANTS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[13])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="+", default=["conflict_frames"], choices=["conflict_frames", *TASKS])
    parser.add_argument("--data-root", type=Path, default=Path(), help="of the public corpora")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--judge", type=int, help="train and judge the first so many folds alone")
    parser.add_argument("--settings", type=json.loads, default={}, help="of the encoder, where a variant has none")
    parser.set_defaults(context=False)
    options = parser.parse_args()
    print("| data | variant | seed | validation mean AP | test mean AP | test macro F1 | s |\n" + "|---" * 7 + "|")
    for name, benchmark, folds in benchmarks(options):
        for variant in options.variants:
            for seed in options.seeds:
                cells = row(VARIANTS[variant], benchmark, folds(seed), seed, options)
                print(f"| {name} | {variant} | {seed} | {cells} |", flush=True)


def row(variant: Variant, benchmark: Benchmark, folds: list[Parts], seed: int, options: argparse.Namespace) -> str:
    """Train and judge, fold by fold."""
    begun = time.perf_counter()
    judged = [learn_and_judge(variant, benchmark, parts, seed, options) for parts in folds]
    seconds = time.perf_counter() - begun
    test = [s for parts in folds for s in parts[2]]
    gold, decided = multi_hot(test, benchmark.labels), np.concatenate([found.decided for found in judged])
    documents = [s.document for s in test]
    _, macro, _ = intervals.f1_intervals(with_absence(gold), with_absence(decided), documents)
    aps = np.mean([[found.validation, found.test] for found in judged], axis=0)
    return f"{aps[0]:.3f} | {aps[1]:.3f} | {bracketed(macro)} | {seconds:.0f}"


def learn_and_judge(
    variant: Variant, benchmark: Benchmark, parts: Parts, seed: int, options: argparse.Namespace
) -> Judged:
    """Mean AP of validation and test, and the decisions on test by the benchmark's rule."""
    settings = {**options.settings, **variant.settings}
    with variant.change():
        model = EncoderClassifier(labels=benchmark.labels, seed=seed, threads=options.threads, **settings)
        model.fit(variant.rows(parts[0]), blind(parts[1]), quiet)
        scores = [model.read(blind(part)).scores for part in parts[1:]]
    gold = [multi_hot(part, benchmark.labels) for part in parts[1:]]
    aps = [metrics.mean_over_labels(metrics.average_precision(*pair)) for pair in zip(gold, scores, strict=True)]
    documents = [s.document for s in parts[1]]
    return Judged(*aps, benchmark.decide(scores[0], gold[0], scores[1], gold[1], documents))


def pooling(pool: Pool) -> Callable[[], AbstractContextManager[Any]]:
    """Another way from token logits to a sentence logit, in training and in reading."""

    def read(logits: Sequence[Floats], offsets: Sequence[np.ndarray], temperature: float, n_labels: int) -> Floats:
        pooled = np.zeros((len(logits), n_labels))
        for k, (found, place) in enumerate(zip(logits, offsets, strict=True)):
            real = place[:, 1] > place[:, 0]
            kept = torch.from_numpy(found[real] if real.any() else found[:1])[None]
            pooled[k] = pool(kept, torch.ones(kept.shape[:2], dtype=torch.bool), temperature)[0].numpy()
        return np.asarray(1 / (1 + np.exp(-pooled)))

    def start(encoder: EncoderClassifier, rows: Any) -> None:
        with torch.no_grad():
            encoder.model_.classifier.bias.copy_(losses.log_odds(rows.positives / rows.count))

    return together(
        lambda: patch.object(training, "pool", pool),
        lambda: patch.object(encoders, "pooled_scores", read),
        lambda: patch.object(training, "_start_at_base_rates", start),
    )


def together(*changes: Callable[[], AbstractContextManager[Any]]) -> Callable[[], AbstractContextManager[Any]]:
    """Several changes as one."""

    @contextmanager
    def all_of_them() -> Iterator[None]:
        with ExitStack() as stack:
            for change in changes:
                stack.enter_context(change())
            yield

    return all_of_them


def mean(logits: Tensor, mask: Tensor, _: float) -> Tensor:
    """Of the token logits: the logit of the mean of the token states, as Sentence Transformers pools."""
    weight = mask.unsqueeze(-1).float()
    return (logits.float() * weight).sum(1) / weight.sum(1).clamp(min=1)


def attention(logits: Tensor, mask: Tensor, temperature: float) -> Tensor:
    """A mean weighed by the softmax of the logits themselves."""
    hidden = logits.float().masked_fill(~mask.unsqueeze(-1), float("-inf"))
    return (torch.softmax(hidden / temperature, dim=1) * logits.float()).sum(1)


def top_3(logits: Tensor, mask: Tensor, _: float) -> Tensor:
    """The mean of the three highest token logits."""
    hidden = logits.float().masked_fill(~mask.unsqueeze(-1), -30.0)
    return hidden.topk(min(3, hidden.shape[1]), dim=1).values.mean(1)


def focal(logits: Tensor, gold: Tensor, weight: Tensor) -> Tensor:
    """Lin et al. 2017, gamma 2, the package's weights of positives."""
    loss = bce(logits, gold, pos_weight=weight, reduction="none")
    return (loss * (torch.sigmoid(logits) - gold).abs().detach() ** 2).mean()


def asymmetric(logits: Tensor, gold: Tensor, _: Tensor) -> Tensor:
    """Ridnik et al. 2021: gamma 4 for negatives, of which the easiest 0.05 are left out, 0 for positives."""
    moved = (torch.sigmoid(-logits) + 0.05).clamp(max=1)
    negative = (1 - moved) ** 4 * torch.log(moved.clamp(min=1e-8))
    return -(gold * logsigmoid(logits) + (1 - gold) * negative).mean()


def unweighted(logits: Tensor, gold: Tensor, _: Tensor) -> Tensor:
    """Every label and sentence alike."""
    return bce(logits, gold)


class Layered(training.EvidenceTrainer):
    """A learning rate that falls by a tenth a layer downwards (Howard and Ruder 2018)."""

    def create_optimizer(self, *_: Any, **__: Any) -> Any:
        """A group a layer."""
        if self.optimizer is None:
            layers = self.model.config.num_hidden_layers
            groups: dict[int, list[Any]] = {}
            for name, parameter in self.model.named_parameters():
                parts = name.split(".")
                below = "embeddings" in parts and layers + 1
                inside = "layer" in parts and layers - int(parts[parts.index("layer") + 1])
                groups.setdefault(int(below or inside or 0), []).append(parameter)
            rate, decay = self.args.learning_rate, self.args.weight_decay
            settings = [{"params": own, "lr": rate * 0.9**depth} for depth, own in groups.items()]
            self.optimizer = torch.optim.AdamW(settings, weight_decay=decay)
        return self.optimizer


@contextmanager
def frozen_embeddings() -> Iterator[None]:
    """The embedding matrix stays as it is."""
    start = training._start_at_base_rates

    def freeze(encoder: EncoderClassifier, rows: Any) -> None:
        start(encoder, rows)
        encoder.model_.get_input_embeddings().weight.requires_grad_(False)

    with patch.object(training, "_start_at_base_rates", freeze):
        yield


def with_swaps(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The sentences, and each that names a side again with the sides exchanged; its spans are not marked."""
    lexicons = sides.load_all(ROOT / "configs/sides")
    swapped = [
        replace(s, id=f"{s.id}~", text=other, end=s.start + len(other), evidence=())
        for s in sentences
        for lexicon in [lexicons.get(str(s.audit.get("conflict")))]
        if lexicon is not None and (other := lexicon.swap(s.text)) != s.text
    ]
    return blind([*sentences, *swapped])


@contextmanager
def with_context() -> Iterator[None]:
    """The sentence before as a second segment, which is read and not pooled."""
    before: dict[str, str] = {}
    rows = dataset.load(ROOT / "data/conflict_frames", TAXONOMY).splits.values()
    for part in rows:
        ordered = sorted(part, key=lambda s: (s.document, s.index))
        for first, second in pairwise(ordered):
            if first.document == second.document:
                before[second.text] = first.text

    def tokenize(self: EncoderClassifier, texts: Sequence[str]) -> tuple[list[list[int]], list[np.ndarray]]:
        found = self.tokenizer_(
            list(texts),
            [before.get(text, "") for text in texts],
            truncation="longest_first",
            max_length=self.max_length,
            return_offsets_mapping=True,
        )
        own = [np.array([s == 0 for s in found.sequence_ids(k)]) for k in range(len(texts))]
        places = [np.array(o) * keep[:, None] for o, keep in zip(found["offset_mapping"], own, strict=True)]
        return found["input_ids"], places

    with patch.object(EncoderClassifier, "tokenize", tokenize):
        yield


def loss(changed: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Callable[[], AbstractContextManager[Any]]:
    """Another sentence loss."""
    return lambda: patch.object(training, "sentence_loss", changed)


def layered() -> AbstractContextManager[Any]:
    """Layer-wise rates."""
    return patch.object(training, "EvidenceTrainer", Layered)


VARIANTS = {
    "default": Variant(),
    "[CLS]": Variant({"head": "pooled"}),
    "mean, no spans": Variant({"token_weight": 0.0}, pooling(mean)),
    "mean": Variant({}, pooling(mean)),
    "attention": Variant({}, pooling(attention)),
    "top 3": Variant({}, pooling(top_3)),
    "temperature 0.5": Variant({"temperature": 0.5}),
    "temperature 2": Variant({"temperature": 2.0}),
    "token weight 0": Variant({"token_weight": 0.0}),
    "token weight 3": Variant({"token_weight": 3.0}),
    "token weight 30": Variant({"token_weight": 30.0}),
    "unweighted": Variant({}, loss(unweighted)),
    "focal": Variant({}, loss(focal)),
    "asymmetric": Variant({}, loss(asymmetric)),
    "R-Drop": Variant({"r_drop": 1.0}),
    "layer-wise rates": Variant({}, layered),
    "frozen embeddings": Variant({}, frozen_embeddings),
    "context": Variant({}, with_context),
    "side swaps": Variant({}, ExitStack, with_swaps),
    "learning rate 1e-4": Variant({"learning_rate": 1e-4}),
    "learning rate 4e-4": Variant({"learning_rate": 4e-4}),
    "[CLS], learning rate 5e-5": Variant({"head": "pooled", "learning_rate": 5e-5}),
    "temperature 0.25": Variant({"temperature": 0.25}),
    "temperature 0.5, token weight 3": Variant({"temperature": 0.5, "token_weight": 3.0}),
    "temperature 0.5, R-Drop": Variant({"temperature": 0.5, "r_drop": 1.0}),
    "attention, R-Drop": Variant({"r_drop": 1.0}, pooling(attention)),
    "temperature 0.5, layer-wise rates": Variant({"temperature": 0.5}, layered),
    "temperature 0.5, side swaps": Variant({"temperature": 0.5}, ExitStack, with_swaps),
    "temperature 0.5, learning rate 3e-4": Variant({"temperature": 0.5, "learning_rate": 3e-4}),
    "temperature 0.5, batch 32, learning rate 3e-4": Variant(
        {"temperature": 0.5, "learning_rate": 3e-4, "batch_size": 32}
    ),
}

if __name__ == "__main__":
    main()
