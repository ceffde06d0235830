"""The encoder beside what an engineer would take instead: same MiniLM weights, data, splits, seeds and threads.

    pip install --constraint constraints.txt setfit==1.2.0 sentence-transformers==6.2.0
    python scripts/bench_peers.py --data-root ../shared/data/labelled [--only conflict_frames] [--peers trainer ours]

Every peer is trained in a process of its own, one after another. Thresholds and calibration of each come from the same
validation sentences by the same rule. Seconds are those of training, from labelled sentences to a model that can
score, without the imports; those of processors (CPU s) do not grow where other work is done on the machine. Memory is
the highest of the process; size is what is saved. Tokens are real ones, without padding, read in training; gains are
paired bootstraps by document against the first row, which is `ours` where it is asked for. Corpora that --data-root
lacks are skipped with a line.

`trainer` is the loop of Hugging Face's public example `run_classification.py`: Trainer, every sentence padded to 128
tokens, fp32; its learning rate and epochs are the example's unless --trainer says otherwise. SetFit draws
`num_iterations` pairs of each kind a sentence; its own default, all pairs, is millions here. It makes them all first,
24 GB for PTC's sentences, unless `max_steps` bounds them.
"""

import argparse
import hashlib
import json
import multiprocessing
import resource
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench_corpora import TASKS, Benchmark, by_label, held_out, with_absence
from framing import config
from framing import taxonomy as taxonomies
from framing.data import dataset
from framing.errors import FramingError
from framing.evaluation import intervals, metrics
from framing.evaluation.tables import bracketed
from framing.schema import Floats, Hot, Sentence, blind, multi_hot
from peers import TRAIN, Clock, clock

ROOT = Path(__file__).parents[1]
PEERS = tuple(TRAIN)
PUBLIC = ("babe-random", "ptc-sentence")
HEAD = ("data", "peer", "seed", "n", "macro F1", "less ours", "validation mean AP", "mean AP", "s", "s / ours")
HEAD += ("CPU s", "CPU s / ours", "tokens / CPU s", "memory, MB", "size, MB")
Parts = tuple[list[Sentence], list[Sentence], list[Sentence]]
Folds = Callable[[int], list[Parts]]


class Measured(NamedTuple):
    """Raw scores of validation and test, and what they cost."""

    validation: Floats
    test: Floats
    spent: Clock
    megabytes: float
    size: float
    tokens: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=["conflict_frames", *PUBLIC], choices=["conflict_frames", *TASKS])
    parser.add_argument("--peers", nargs="+", default=list(PEERS), choices=PEERS)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--judge", type=int, help="train and judge the first so many folds alone, where time is short")
    parser.add_argument("--seeds", type=int, nargs="+", default=[13])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--keep",
        type=Path,
        help="folder for what each training gives; what is there is not done again: new code, new folder",
    )
    parser.add_argument("--setfit", type=json.loads, default={"num_iterations": 2}, help="its TrainingArguments")
    parser.add_argument("--trainer", type=json.loads, default={}, help="its TrainingArguments")
    parser.add_argument("--ours", type=json.loads, default={}, help="settings other than configs/train/minilm.yaml's")
    parser.set_defaults(context=False)
    options = parser.parse_args()
    recipe = config.load(ROOT / "configs/train/minilm.yaml").model
    options.ours = recipe.model_dump(exclude={"kind", "use_cues"}) | options.ours
    print(f"| {' | '.join(HEAD)} |\n" + "|---" * len(HEAD) + "|")
    for name, benchmark, folds in benchmarks(options):
        for seed in options.seeds:
            compare(name, benchmark, folds(seed), seed=seed, options=options)


def benchmarks(options: argparse.Namespace) -> Iterator[tuple[str, Benchmark, Folds]]:
    """Name, benchmark and folds of each of `--only`; a line where there is no corpus."""
    for name in options.only:
        try:
            benchmark, folds = benchmark_of(name, options)
        except FramingError as error:
            print(f"skipped {name}: {error}", flush=True)
            continue
        yield name, benchmark, folds


def benchmark_of(name: str, options: argparse.Namespace) -> tuple[Benchmark, Folds]:
    """The benchmark, and its train, validation and test sentences fold by fold for a seed, `--judge` of them."""
    if name == "conflict_frames":
        return conflict_frames()
    task = TASKS[name]
    if not (options.data_root / task.folder).is_dir():
        raise FramingError(
            expected=f"{task.folder} in --data-root", found="none", fix="Name the folder of the corpora."
        )
    found = task.make(options.data_root / task.folder, options)

    def folds(seed: int) -> list[Parts]:
        return [
            tuple([found.sentences[k] for k in part] for part in (*held_out(found.sentences, train, seed), test))  # type: ignore[misc]
            for train, test in found.folds[: options.judge]
        ]

    return found, folds


def conflict_frames() -> tuple[Benchmark, Folds]:
    """The splits of the project's own gold."""
    taxonomy = taxonomies.load("conflict")
    labels = taxonomy.ids(optional=False)
    splits = dataset.load(ROOT / "data/conflict_frames", taxonomy).restricted(labels).splits
    parts = (list(splits["train"]), list(splits["validation"]), list(splits["test"]))
    return Benchmark(parts[2], labels, [], by_label), lambda seed: [parts]


def compare(name: str, benchmark: Benchmark, folds: list[Parts], *, seed: int, options: argparse.Namespace) -> None:
    """A row a peer, `ours` first: the others are compared with the first row."""
    peers = [peer for peer in PEERS[::-1] if peer in options.peers]
    test = [s for parts in folds for s in parts[2]]
    gold, documents = with_absence(multi_hot(test, benchmark.labels)), [s.document for s in test]
    first: tuple[Hot, Clock] | None = None
    for peer in peers:
        measured = [kept(peer, parts, benchmark.labels, seed, options) for parts in folds]
        decided = np.concatenate([decide(m, parts, benchmark) for m, parts in zip(measured, folds, strict=True)])
        decided = with_absence(decided)
        spent = Clock(*np.sum([m.spent for m in measured], axis=0))
        first = first or (decided, spent)
        _, macro, _ = intervals.f1_intervals(gold, decided, documents)
        gain = "" if first[0] is decided else bracketed(intervals.paired_macro_f1(gold, decided, first[0], documents))
        cells = [
            name,
            peer,
            str(seed),
            str(len(test)),
            bracketed(macro),
            gain,
            *(f"{ap:.3f}" for ap in mean_aps(measured, folds, benchmark)),
        ]
        print(f"| {' | '.join([*cells, *costs(measured, spent, first[1])])} |", flush=True)


def mean_aps(measured: Sequence[Measured], folds: Sequence[Parts], benchmark: Benchmark) -> Floats:
    """Of the labels, the mean over the folds: on validation and on test."""
    pairs = [zip(parts[1:], (m.validation, m.test), strict=True) for parts, m in zip(folds, measured, strict=True)]
    aps = [
        [metrics.average_precision(multi_hot(rows, benchmark.labels), scores) for rows, scores in fold]
        for fold in pairs
    ]
    return np.mean([[metrics.mean_over_labels(ap) for ap in fold] for fold in aps], axis=0)


def costs(measured: Sequence[Measured], spent: Clock, first: Clock) -> list[str]:
    """The last cells of a row."""
    tokens = sum(m.tokens for m in measured)
    times = [f"{spent.wall:.0f}", f"{spent.wall / first.wall:.2f}", f"{spent.cpu:.0f}", f"{spent.cpu / first.cpu:.2f}"]
    speed = f"{tokens / spent.cpu:,.0f}" if tokens else ""
    return [*times, speed, f"{max(m.megabytes for m in measured):.0f}", f"{measured[0].size:.1f}"]


def decide(measured: Measured, parts: Parts, benchmark: Benchmark) -> Hot:
    """Decisions on test by the rule of the benchmark, learnt on validation."""
    gold = [multi_hot(part, benchmark.labels) for part in parts[1:]]
    documents = [s.document for s in parts[1]]
    return benchmark.decide(measured.validation, gold[0], measured.test, gold[1], documents)


def kept(peer: str, parts: Parts, labels: tuple[str, ...], seed: int, options: argparse.Namespace) -> Measured:
    """What the folder of `--keep` holds of the same training, or a new one, which goes there."""
    if options.keep is None:
        return apart(peer, parts, labels, seed, options)
    rows = [[s.id for s in part] for part in parts]
    asked = json.dumps([peer, rows, labels, seed, options.threads, vars(options).get(peer)])
    file = options.keep / f"{peer}-{seed}-{hashlib.sha256(asked.encode()).hexdigest()[:12]}.npz"
    if file.is_file():
        found = np.load(file, allow_pickle=False)
        return Measured(found["validation"], found["test"], Clock(*found["spent"].tolist()), *found["rest"].tolist())
    new = apart(peer, parts, labels, seed, options)
    options.keep.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".part.npz")
    np.savez(partial, validation=new.validation, test=new.test, spent=new.spent, rest=new[3:])
    partial.replace(file)
    return new


def apart(peer: str, parts: Parts, labels: tuple[str, ...], seed: int, options: argparse.Namespace) -> Measured:
    """The peer trained and read in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (peer, parts, labels, seed, options))


def measure(peer: str, parts: Parts, labels: tuple[str, ...], seed: int, options: argparse.Namespace) -> Measured:
    """Train, read and save, in this process."""
    import torch

    torch.set_num_threads(options.threads)
    train, validation, test = (blind(part) for part in parts)
    begun, trained = TRAIN[peer](train, validation, labels, seed, options)
    now = clock()
    spent = Clock(now.wall - begun.wall, now.cpu - begun.cpu)
    scores = [trained.score([s.text for s in part]) for part in (validation, test)]
    with tempfile.TemporaryDirectory() as folder:
        trained.save(folder)
        size = sum(p.stat().st_size for p in Path(folder).rglob("*") if p.is_file()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return Measured(scores[0], scores[1], spent, peak, size, trained.tokens)


if __name__ == "__main__":
    main()
