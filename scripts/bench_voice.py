"""How well the voice rules find attribution: PolNeAR, none / indirect / quoted a sentence.

    python scripts/bench_voice.py --data-root ../shared/data/labelled [--part dev]

A sentence is quoted where an attributed content overlaps a quotation with a word in it, indirect where it overlaps
content otherwise, else none. Of several annotations of one text the alphabetically first is taken.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from framing.data.quotes import find_quotations
from framing.data.sentences import document
from framing.data.voice import read_voices
from framing.evaluation import intervals, metrics

NAMES = ("none", "indirect", "quoted")
PREDICTED = {"narrator": 0, "indirect": 1, "mixed": 2, "direct": 2}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--part", default="dev", choices=["dev", "train"])
    parser.add_argument("--errors", type=int, default=0, help="print so many errors of each kind (train only)")
    options = parser.parse_args()
    root = options.data_root / "polnear" / options.part
    if not root.is_dir():
        print(f"skipped: no PolNeAR at {root}")
        return
    gold, found, documents, seconds = [], [], [], 0.0
    for path in sorted((root / "text").glob("*.txt")):
        annotations = sorted((root / "attributions").glob(f"{path.stem}_*.ann"))
        if not annotations:
            continue
        text = path.read_text(encoding="utf-8")
        spans = contents(annotations[0])
        began = time.perf_counter()
        article = document(path.stem, text)
        voices = read_voices(article)
        seconds += time.perf_counter() - began
        marks = [q for q in find_quotations(text) if text[q.inner_start : q.inner_end].strip()]
        for sentence, voice in zip(article.sentences, voices, strict=True):
            truth = label(sentence.start, sentence.end, spans, marks)
            gold.append(truth)
            found.append(PREDICTED[voice.voice])
            documents.append(path.stem)
            if options.part == "train" and truth != found[-1] and options.errors:
                print(f"{NAMES[truth]:9} -> {NAMES[found[-1]]:9} {sentence.text[:230]}")
    print_scores(np.array(gold), np.array(found), documents, seconds)


def contents(path: Path) -> list[tuple[int, int]]:
    """Character spans of attributed content in a brat file."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("T")]
    named = [row[1].split(" ", 1) for row in rows]
    return [
        (int(part.split()[0]), int(part.split()[1]))
        for kind, at in named
        if kind == "Content"
        for part in at.split(";")
    ]


def label(start: int, end: int, spans: list[tuple[int, int]], marks: list) -> int:
    """0 none, 1 indirect, 2 quoted."""
    said = [(max(a, start), min(b, end)) for a, b in spans if a < end and start < b]
    quoted = any(a < q.inner_end and q.inner_start < b for a, b in said for q in marks)
    return 2 if quoted else 1 if said else 0


def print_scores(gold: np.ndarray, found: np.ndarray, documents: list[str], seconds: float) -> None:
    """Macro F1 with its interval, F1 a kind, the confusion, and the speed."""
    hot = [np.stack([values == k for k in range(3)], axis=1) for values in (gold, found)]
    kinds, macro, _ = intervals.f1_intervals(hot[0], hot[1], documents)
    count = metrics.counts(*hot)
    print(f"n = {len(gold)} sentences, {len(set(documents))} documents")
    print(f"macro F1 {macro.value:.3f} [{macro.low:.3f}, {macro.high:.3f}]")
    for k, name in enumerate(NAMES):
        p, r = metrics.precision(count)[k], metrics.recall(count)[k]
        f1 = kinds[k]
        print(
            f"{name:9} n={int((gold == k).sum()):5} P {p:.3f} R {r:.3f} F1 {f1.value:.3f} [{f1.low:.3f}, {f1.high:.3f}]"
        )
    print("gold \\ found", *NAMES)
    for k, name in enumerate(NAMES):
        print(f"{name:12}", *[int(((gold == k) & (found == j)).sum()) for j in range(3)])
    print(f"{len(gold) / seconds:.0f} sentences a second")


if __name__ == "__main__":
    main()
