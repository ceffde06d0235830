"""Does it transfer? Models trained on the composed corpus, on real text, and on both, judged on real sentences.

    python scripts/bench_transfer.py --data-root ../shared/data [--seeds 13 14 15] [--kinds rules linear encoder]

`linear-plain` and `encoder-plain` are without the taxonomy's cues; an encoder is judged both ways after one training.
A is data/conflict_frames; B is conflict_real, rebuilt from the sentences of --data-root by their hash. Both are judged
on real_dev.jsonl, which nothing is trained on: documents of B that stand in it are left out, and so are near-duplicates
of its sentences. Thresholds and calibration come from the validation sentences of the training corpus.
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from framing import taxonomy as taxonomies
from framing.data import dataset, near
from framing.data.corpora import conflict_real
from framing.evaluation import intervals, metrics
from framing.models import calibration
from framing.models.encoder import EncoderClassifier
from framing.models.linear import LinearClassifier
from framing.models.rules import RulesClassifier
from framing.schema import Floats, Sentence, blind, multi_hot

ROOT = Path(__file__).parents[1]
TAXONOMY = taxonomies.load("conflict")
LABELS = TAXONOMY.ids(optional=False)
Parts = dict[str, list[Sentence]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[13, 14, 15])
    parser.add_argument("--kinds", nargs="+", default=["rules", "linear-plain", "linear", "encoder"])
    parser.add_argument("--corpora", nargs="+", default=["A", "B", "A+B"])
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="also train on the first so many sentences")
    parser.add_argument("--only-sizes", action="store_true", help="leave out the training on all sentences")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--lora-rank", type=int, default=0, help="train an adapter; 0: all weights")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if not (options.data_root / "real_dev.jsonl").is_file():
        print(f"skipped: no real_dev.jsonl in {options.data_root}")
        return
    dev = real_dev(options.data_root)
    print(f"judged on n = {len(dev)} sentences in {len({s.document for s in dev})} documents")
    print("| trained on | sentences | model | seed | macro F1 | micro F1 | mean AP |\n|---|---|---|---|---|---|---|")
    by_label: dict[str, Floats] = {}
    for corpus in options.corpora:
        parts = training(corpus, options.data_root, dev)
        for kind in options.kinds:
            for size in [*options.sizes, *([] if options.only_sizes else [None])]:
                for seed in options.seeds if kind == "encoder" else options.seeds[:1]:
                    model = make(kind, seed, options)
                    model.fit(blind(narrow(parts["train"][:size])), blind(narrow(parts["validation"])), quiet)
                    for name in variants(kind, model):
                        about = f"{corpus} | {len(parts['train'][:size])} | {name} | {seed}"
                        f1 = report(about, parts["validation"], model, dev)
                        if size is None:
                            by_label[f"{corpus} {name} {seed}"] = f1
    print_labels(by_label, multi_hot(dev, LABELS).sum(axis=0))


def real_dev(root: Path) -> list[Sentence]:
    """The 470 real sentences; evidence and labels as they stand."""
    rows = [json.loads(line) for line in (root / "real_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        Sentence(r["id"], r["document"], 0, 0, len(r["text"]), r["text"], tuple(r["labels"]), voice=r["voice"])
        for r in rows
    ]


def training(corpus: str, root: Path, dev: Sequence[Sentence]) -> Parts:
    """Train and validation sentences of A, B or both, in an order that mixes documents.

    The test splits are trained on as well: the judge here is `dev`, which none of them holds.
    """
    parts: Parts = {"train": [], "validation": []}
    built = dataset.load(ROOT / "data/conflict_frames", TAXONOMY).splits if "A" in corpus else {}
    for found in (built, real(root, dev) if "B" in corpus else {}):
        for split, rows in found.items():
            parts["validation" if split == "validation" else "train"] += rows
    order = np.random.default_rng(0)
    return {split: [rows[k] for k in order.permutation(len(rows))] for split, rows in parts.items()}


def real(root: Path, dev: Sequence[Sentence]) -> Parts:
    """conflict_real without documents or near-duplicates of `dev`, by its frozen splits."""
    home = conflict_real.annotations_home()
    rows = {row["text_sha256"]: row for row in conflict_real.read_annotations(home)}
    found = [conflict_real.to_sentence(rows[h], text) for h, text in pool(root) if h in rows]
    held = {s.document for s in dev}
    texts = [s.text for s in [*dev, *found]]
    close = {second for first, second, _ in near.similar_pairs(texts) if first < len(dev) <= second}
    kept = [s for k, s in enumerate(found) if s.document not in held and k + len(dev) not in close]
    frozen = conflict_real.read_splits(home)
    return {split: [s for s in kept if frozen[s.document] == split] for split in dataset.SPLITS}


def pool(root: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(root / "real_pool" / "real_pool.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield row["text_sha256"], row["text"]


def learn(model: Any, validation: Sequence[Sentence]) -> calibration.Decisions:
    """Calibration and thresholds of a fitted model."""
    scores, documents = model.read(blind(validation)).scores, [s.document for s in validation]
    return calibration.learn(scores, multi_hot(validation, LABELS), documents)


def quiet(values: Mapping[str, float], step: int) -> None:
    """No progress."""


def variants(kind: str, model: Any) -> Iterator[str]:
    """Names under which the fitted model is judged: an encoder also without the gain of its cues."""
    if kind == "encoder":
        gain, model.gain_ = model.gain_, 0.0
        yield "encoder-plain"
        model.gain_ = gain
    yield kind


def report(about: str, validation: list[Sentence], model: Any, dev: list[Sentence]) -> Floats:
    """Judge one fitted model and print its row; returns F1 a label."""
    decisions = learn(model, validation)
    gold = multi_hot(dev, LABELS)
    scores = decisions.calibrate(model.read(blind(dev)).scores)
    labels, macro, micro = intervals.f1_intervals(gold, decisions.decide(scores), [s.document for s in dev])
    ap = metrics.mean_over_labels(metrics.average_precision(gold, scores))
    print(
        f"| {about} | {macro.value:.3f} [{macro.low:.3f}, {macro.high:.3f}] "
        f"| {micro.value:.3f} [{micro.low:.3f}, {micro.high:.3f}] | {ap:.3f} |",
        flush=True,
    )
    return np.array([f1.value for f1 in labels])


def print_labels(by_label: Mapping[str, Floats], positives: np.ndarray) -> None:
    """F1 a label of every model that saw all its sentences; nothing where none did."""
    if not by_label:
        return
    print(f"\n| label | n | {' | '.join(by_label)} |\n|---|---|{'---|' * len(by_label)}")
    for k, label in enumerate(LABELS):
        print(f"| {label} | {positives[k]} | {' | '.join(f'{f1[k]:.2f}' for f1 in by_label.values())} |")


def make(kind: str, seed: int, options: argparse.Namespace) -> EncoderClassifier | LinearClassifier | RulesClassifier:
    cues = {label: TAXONOMY.by_id[label].cues for label in LABELS}
    if kind == "rules":
        return RulesClassifier(labels=LABELS, cues=cues)
    if kind.startswith("linear"):
        return LinearClassifier(labels=LABELS, seed=seed, cues=cues if kind == "linear" else None)
    return EncoderClassifier(
        labels=LABELS,
        cues=cues,
        seed=seed,
        epochs=options.epochs,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        lora_rank=options.lora_rank,
        threads=options.threads,
    )


def narrow(rows: Sequence[Sentence]) -> list[Sentence]:
    """Without the labels that are off by default."""
    return dataset.Dataset("", "", {"train": rows}).restricted(LABELS).splits["train"]


if __name__ == "__main__":
    main()
