"""How the models do on public corpora, in the protocols of published figures; docs/benchmarks.md has the results.

    python scripts/bench_corpora.py --data-root ../shared/data/labelled [--only babe] [--models prior metadata linear]

A benchmark whose corpus is not below --data-root is skipped with a line. Thresholds come from 12% of the training
documents, never from what is judged. Intervals are bootstraps by document over the sentences of all folds. Models but
`encoder` are run with the first seed only. `--encoder` and `--context` are for the runs with a transformer.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, StratifiedKFold

from framing.data.corpora import CORPORA, ptc
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.evaluation import intervals
from framing.models import calibration
from framing.models.table import model_class
from framing.schema import Evidence, Floats, Hot, Sentence, blind, multi_hot

VALIDATION = 0.12
VOTES, AGREEMENT = 5, 0.75
"""A FIGNEWS post is clean from so many votes on, and from such a share of them for one answer."""
TRIMMED = " \n.,:;"
SEPARATOR = " | "
Fold = tuple[Sequence[int], Sequence[int]]
Decide = Callable[[Floats, Hot, Floats, Hot, Sequence[str]], Hot]


class Benchmark(NamedTuple):
    """Sentences, their labels, which are learnt from and which judged in each fold, and how scores become decisions."""

    sentences: list[Sentence]
    labels: tuple[str, ...]
    folds: list[Fold]
    decide: Decide


class Task(NamedTuple):
    """A benchmark's corpus, its folder below --data-root, and what makes it from the corpus."""

    corpus: str
    folder: str
    make: Callable[[Path, argparse.Namespace], Benchmark]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[], help=f"beginnings of names among {list(TASKS)}")
    kinds = ["prior", "metadata", "linear", "encoder"]
    parser.add_argument("--models", nargs="+", default=kinds, choices=kinds)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--judge", type=int, help="train and judge the first so many folds alone, where time is short")
    parser.add_argument("--seeds", type=int, nargs="+", default=[13])
    parser.add_argument(
        "--encoder", type=json.loads, default={}, help='settings, as \'{"epochs": 3, "head": "pooled"}\''
    )
    parser.add_argument("--context", action="store_true", help="ptc-spans: the sentence behind the span")
    options = parser.parse_args()
    print("| benchmark | model | seed | n | documents | macro F1 | micro F1 | F1 of the label |\n" + "|---" * 8 + "|")
    for name, task in TASKS.items():
        if not options.only or any(name.startswith(wanted) for wanted in options.only):
            run(name, task, options)


def run(name: str, task: Task, options: argparse.Namespace) -> None:
    """Print a row for each model and seed, or why there is none."""
    root = options.data_root / task.folder
    if task.corpus not in CORPORA or not root.is_dir():
        print(f"skipped {name}: no {root if task.corpus in CORPORA else f'corpus {task.corpus}'}", flush=True)
        return
    try:
        benchmark = task.make(root, options)
    except FramingError as error:
        print(f"skipped {name}: {error}", flush=True)
        return
    for kind in options.models:
        for seed in options.seeds if kind == "encoder" else options.seeds[:1]:
            judged, decided = cross_validate(benchmark, kind, seed, options)
            cells = row([benchmark.sentences[k] for k in judged], decided, benchmark)
            print(f"| {name} | {kind} | {seed} | {cells} |", flush=True)


def cross_validate(benchmark: Benchmark, kind: str, seed: int, options: argparse.Namespace) -> tuple[list[int], Hot]:
    """The judged sentences of the folds in order, and the decisions on them."""
    judged: list[int] = []
    decisions = []
    for train, test in benchmark.folds[: options.judge]:
        parts = [[benchmark.sentences[k] for k in part] for part in (*held_out(benchmark.sentences, train, seed), test)]
        model = new_model(kind, benchmark.labels, seed, options.encoder)
        model.fit(seen(model, parts[0]), seen(model, parts[1]), lambda values, step: None)
        scores = [model.read(seen(model, part)).scores for part in parts[1:]]
        gold = [multi_hot(part, benchmark.labels) for part in parts[1:]]
        documents = [s.document for s in parts[1]]
        decisions.append(benchmark.decide(scores[0], gold[0], scores[1], gold[1], documents))
        judged += list(test)
    return judged, np.concatenate(decisions)


def held_out(sentences: Sequence[Sentence], train: Sequence[int], seed: int) -> Fold:
    """Training and validation sentences of a fold, whole documents apart."""
    documents = [sentences[k].document for k in train]
    parts = GroupShuffleSplit(1, test_size=VALIDATION, random_state=seed).split(documents, groups=documents)
    learnt, validation = next(parts)
    return [train[k] for k in learnt], [train[k] for k in validation]


def new_model(kind: str, labels: tuple[str, ...], seed: int, settings: dict[str, Any]) -> Any:
    """A model of the kind that has learnt nothing."""
    own = {} if kind == "prior" else {"seed": seed}
    return model_class(kind)(labels=labels, **own, **(settings if kind == "encoder" else {}))


def seen(model: Any, sentences: Sequence[Sentence]) -> list[Sentence]:
    """What the model may know of them."""
    return list(sentences) if model.reads_audit else blind(sentences)


def row(judged: Sequence[Sentence], decided: Hot, benchmark: Benchmark) -> str:
    """n, documents and scores with their intervals; one label is scored with its absence as the second."""
    gold = multi_hot(judged, benchmark.labels)
    documents = [s.document for s in judged]
    one = len(benchmark.labels) == 1
    labels, macro, micro = intervals.f1_intervals(with_absence(gold), with_absence(decided), documents)
    cells = [f"{i.value:.3f} [{i.low:.3f}, {i.high:.3f}]" for i in (macro, micro, *labels[:1])]
    return " | ".join([str(len(judged)), str(len(set(documents))), *cells[:2], cells[2] if one else ""])


def with_absence(hot: Hot) -> Hot:
    """One label is judged beside its absence; several stay as they are."""
    return np.hstack([hot, ~hot]) if hot.shape[1] == 1 else hot


def by_label(scores: Floats, gold: Hot, judged: Floats, _: Hot, documents: Sequence[str]) -> Hot:
    """The package's own thresholds: the highest F1 a label."""
    learnt = calibration.learn(scores, gold, documents)
    return learnt.decide(learnt.calibrate(judged))


def by_both(scores: Floats, gold: Hot, judged: Floats, *_: Any) -> Hot:
    """The threshold with the highest mean F1 of the label and of its absence."""
    candidates = np.unique(np.append(scores, [0.5]))
    f1 = [np.mean([binary_f1(gold, scores >= t), binary_f1(~gold, scores < t)]) for t in candidates]
    return np.asarray(judged >= candidates[int(np.argmax(f1))])


def binary_f1(gold: Hot, decided: Hot) -> float:
    """F1 of all entries, 0 without hits."""
    return float(2 * (gold & decided).sum() / max(gold.sum() + decided.sum(), 1))


def by_rank(_: Floats, __: Hot, judged: Floats, gold: Hot, *___: Any) -> Hot:
    """As many labels as the span has, the best first: the task's template tells how many there are."""
    ranks = np.argsort(np.argsort(-judged, axis=1, kind="stable"), axis=1)
    return np.asarray(ranks < gold.sum(axis=1, keepdims=True))


def parsed(name: str, root: Path) -> dict[str, list[Sentence]]:
    return {split: list(rows) for split, rows in CORPORA[name].parse(root).splits.items()}


def official(train: list[Sentence], test: list[Sentence], labels: tuple[str, ...], decide: Decide) -> Benchmark:
    """One fold."""
    fold = (range(len(train)), range(len(train), len(train) + len(test)))
    return Benchmark([*train, *test], labels, [fold], decide)


def ptc_sentence(root: Path, _: argparse.Namespace) -> Benchmark:
    """Any technique or none, official training and development articles."""
    rows = {split: [any_label(s, "propaganda") for s in own] for split, own in parsed("ptc", root).items()}
    return official(rows["train"] + rows["validation"], rows["test"], ("propaganda",), by_label)


def any_label(sentence: Sentence, label: str) -> Sentence:
    """The sentence with one label for all that it has."""
    evidence = tuple(dict.fromkeys(replace(e, label=label) for e in sentence.evidence))
    return replace(sentence, labels=(label,) if sentence.labels else (), evidence=evidence)


def ptc_spans(root: Path, options: argparse.Namespace) -> Benchmark:
    """The techniques of given spans, official training and development articles."""
    ptc.parse(root)  # checks the copy
    train, test = (list(spans(root, *ptc.PARTS[part], options.context)) for part in ("train", "dev"))
    return official(train, test, ptc.LABELS, by_rank)


def spans(root: Path, articles: str, labels: str, context: bool) -> Iterator[Sentence]:
    """A sentence for each marked span of the part, with all its techniques."""
    found: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    texts: dict[str, str] = {}
    for line in (root / labels).read_text(encoding="utf-8").splitlines():
        article, label, start, end = line.split("\t")
        if article not in texts:
            texts[article] = (root / articles / f"article{article}.txt").read_bytes().decode("utf-8")
        words = texts[article][int(start) : int(end)]
        low = int(start) + len(words) - len(words.lstrip(TRIMMED))
        found[article, low, low + len(words.strip(TRIMMED))].add(label)
    for (article, start, end), named in found.items():
        words, text = texts[article][start:end], texts[article]
        line = text[text.rfind("\n", 0, start) + 1 : (text + "\n").find("\n", end)]
        seen_text = f"{words}{SEPARATOR}{line}" if context else words
        ordered = tuple(label for label in ptc.LABELS if label in named)
        evidence = tuple(Evidence(label, 0, len(words)) for label in ordered)
        yield Sentence(f"{article}:{start}:{end}", article, 0, 0, len(seen_text), seen_text, ordered, evidence)


def shuffled(sentences: list[Sentence], options: argparse.Namespace) -> list[Fold]:
    """Random folds, stratified by whether a sentence has a label; documents may cross them, as in published figures."""
    has = [bool(s.labels) for s in sentences]
    return list(StratifiedKFold(options.folds, shuffle=True, random_state=options.seeds[0]).split(has, has))


def apart(sentences: list[Sentence], options: argparse.Namespace) -> list[Fold]:
    """Folds of whole outlets: every sentence is judged by a model that has not seen its outlet."""
    outlets = [s.audit["outlet"] for s in sentences]
    return list(GroupKFold(options.folds).split(outlets, groups=outlets))


def folded(corpus: str, fold: Callable[..., list[Fold]], decide: Decide, keep: Callable[[Sentence], bool]) -> Any:
    """What makes a cross-validated benchmark of all sentences that are kept."""

    def make(root: Path, options: argparse.Namespace) -> Benchmark:
        rows = parsed(corpus, root)
        sentences = sorted((s for split in SPLITS for s in rows[split] if keep(s)), key=lambda s: s.id)
        return Benchmark(sentences, CORPORA[corpus].labels, fold(sentences, options), decide)

    return make


def is_clean(sentence: Sentence) -> bool:
    """Whether enough teams voted, and most of them for one answer."""
    counts = [vote["n"] for vote in sentence.provenance["votes"]]
    return sum(counts) >= VOTES and max(counts) >= AGREEMENT * sum(counts)


TASKS = {
    "ptc-sentence": Task("ptc", "ptc-semeval2020", ptc_sentence),
    "ptc-spans": Task("ptc", "ptc-semeval2020", ptc_spans),
    "babe-random": Task("babe", "babe", folded("babe", shuffled, by_both, lambda s: True)),
    "babe-outlets": Task("babe", "babe", folded("babe", apart, by_both, lambda s: True)),
    "unlp": Task("unlp2025", "unlp2025", folded("unlp2025", shuffled, by_label, lambda s: True)),
    "fignews-clean": Task("fignews2024", "fignews2024", folded("fignews2024", shuffled, by_both, is_clean)),
}

if __name__ == "__main__":
    main()
