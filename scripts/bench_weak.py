"""Does weak data help? Gold only, weak only, both, and gold with self-training, on the same gold test and on real text.

    python scripts/bench_weak.py --data-root ../shared/data [--kinds linear encoder] [--seeds 13 14 15]

Gold is data/conflict_frames; its validation split gives calibration and thresholds of every model, whatever it was
trained on. The pool is unlabelled/conflict_pool.jsonl.gz of --data-root, without the documents and near-duplicates of
what is judged (the gold test split and real_dev.jsonl, which nothing is trained on). Weak labels are those of the
taxonomy's cues by majority vote. Self-training labels the pool with the gold-only model of the same kind and keeps the
sentences that it is sure of.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench_transfer import learn
from framing import labelling
from framing import taxonomy as taxonomies
from framing.data import dataset, near
from framing.data.weak.aggregate import Majority
from framing.data.weak.functions import Voters
from framing.data.weak.pool import read_pool
from framing.evaluation import intervals, metrics
from framing.evaluation.tables import bracketed
from framing.models.calibration import Decisions
from framing.models.encoder import EncoderClassifier
from framing.models.linear import LinearClassifier
from framing.schema import Hot, Sentence, blind, multi_hot

ROOT = Path(__file__).parents[1]
TAXONOMY = taxonomies.load("conflict")
LABELS = TAXONOMY.ids(optional=False)
WAYS = ("gold", "weak", "gold + weak", "gold + self-training")
Judged = Mapping[str, Sequence[Sentence]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--kinds", nargs="+", choices=["linear", "encoder"], default=["linear", "encoder"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[13, 14, 15])
    parser.add_argument("--pool-size", type=int, default=20_000, help="sentences drawn from the pool, by the seed")
    parser.add_argument("--epochs", type=int, default=8, help="of the encoder")
    parser.add_argument("--threads", type=int, default=2, help="of the encoder")
    options = parser.parse_args()
    gold = dataset.load(ROOT / "data/conflict_frames", TAXONOMY).restricted(LABELS)
    judged = {"gold test": gold.splits["test"], "real_dev": real_dev(options.data_root)}
    for name, rows in judged.items():
        print(f"{name}: n = {len(rows)} sentences in {len({s.document for s in rows})} documents")
    pool = [s for s in read_pool(options.data_root / "unlabelled/conflict_pool.jsonl.gz") if s.text.strip()]
    pool = apart(pool, [s for rows in judged.values() for s in rows])
    print(f"pool: {len(pool)} sentences apart from them, {min(options.pool_size, len(pool))} drawn a seed\n")
    print("| model | trained on | sentences | seed | judged on | macro F1 | less gold only | mean AP |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in options.kinds:
        for seed in options.seeds:
            drawn = sample(pool, options.pool_size, seed)
            compare(kind, seed, options, gold=gold, pool=drawn, judged=judged)


def real_dev(root: Path) -> list[Sentence]:
    """The 470 real sentences."""
    rows = [json.loads(line) for line in (root / "real_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    return [Sentence(r["id"], r["document"], 0, 0, len(r["text"]), r["text"], tuple(r["labels"])) for r in rows]


def apart(pool: Sequence[Sentence], held: Sequence[Sentence]) -> list[Sentence]:
    """The pool without the documents of `held` and without near-duplicates of its sentences."""
    documents = {s.document for s in held}
    texts = [s.text for s in [*held, *pool]]
    close = {second for first, second, _ in near.similar_pairs(texts) if first < len(held) <= second}
    return [s for k, s in enumerate(pool, len(held)) if k not in close and s.document not in documents]


def sample(pool: Sequence[Sentence], size: int, seed: int) -> list[Sentence]:
    """So many sentences of the pool, drawn by the seed."""
    drawn = np.random.default_rng(seed).permutation(len(pool))[:size]
    return [pool[k] for k in drawn]


def compare(
    kind: str,
    seed: int,
    options: argparse.Namespace,
    *,
    gold: dataset.Dataset,
    pool: Sequence[Sentence],
    judged: Judged,
) -> None:
    """Train and judge the four ways; gold only comes first, the others are paired with it."""
    train, validation = list(gold.splits["train"]), gold.splits["validation"]
    weak = weak_labels(pool)
    base: dict[str, Hot] = {}
    sure: list[Sentence] = []
    for way in WAYS:
        rows = {"gold": train, "weak": weak, "gold + weak": train + weak}.get(way) or train + sure
        model = make(kind, seed, options)
        model.fit(blind(rows), blind(validation), lambda values, step: None)
        decisions = learn(model, validation)
        if way == "gold":
            sure = confident(model, decisions, pool)
        for name, sentences in judged.items():
            report(
                f"| {kind} | {way} | {len(rows)} | {seed} | {name} |", model, decisions, sentences, base=base, name=name
            )


def weak_labels(pool: Sequence[Sentence]) -> list[Sentence]:
    """The pool with the labels of the cues; evidence of the optional labels goes with them."""
    voters = Voters(TAXONOMY)
    rows = [
        labelling.label_sentence(s, voters.cast(s), voters, Majority(), taxonomy=TAXONOMY.name, by="majority")
        for s in pool
    ]
    return list(dataset.Dataset("", "", {"train": rows}).restricted(LABELS).splits["train"])


def confident(model: Any, decisions: Decisions, pool: Sequence[Sentence]) -> list[Sentence]:
    """Pool sentences whose every label is sure: over half-way from threshold to 1, or below the band of doubt."""
    scores = decisions.calibrate(model.read(blind(pool)).scores)
    thresholds, doubt = np.array(decisions.thresholds), np.array(decisions.doubt)
    yes, no = scores >= (1 + thresholds) / 2, scores < doubt
    kept = np.flatnonzero((yes | no).all(axis=1))
    return [replace(pool[k], labels=tuple(np.array(LABELS)[yes[k]].tolist())) for k in kept]


def report(
    head: str, model: Any, decisions: Decisions, sentences: Sequence[Sentence], *, base: dict[str, Hot], name: str
) -> None:
    """One row; the first call for a judged set is what later ones are paired with."""
    hot, documents = multi_hot(sentences, LABELS), [s.document for s in sentences]
    scores = decisions.calibrate(model.read(blind(sentences)).scores)
    decided = decisions.decide(scores)
    first = base.setdefault(name, decided)
    _, macro, _ = intervals.f1_intervals(hot, decided, documents)
    gain = "" if first is decided else bracketed(intervals.paired_macro_f1(hot, decided, first, documents))
    ap = metrics.mean_over_labels(metrics.average_precision(hot, scores))
    print(f"{head} {bracketed(macro)} | {gain} | {ap:.3f} |", flush=True)


def make(kind: str, seed: int, options: argparse.Namespace) -> EncoderClassifier | LinearClassifier:
    if kind == "linear":
        return LinearClassifier(labels=LABELS, seed=seed)
    return EncoderClassifier(labels=LABELS, seed=seed, epochs=options.epochs, threads=options.threads)


if __name__ == "__main__":
    main()
