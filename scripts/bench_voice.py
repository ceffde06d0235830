"""How well the voice rules find attribution: PolNeAR, none / indirect / quoted a sentence.

    python scripts/bench_voice.py --data-root ../shared/data/labelled [--part dev]

Gold is that of the corpus `polnear` (framing/data/corpora/polnear.py); a sentence without label is `none`.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from framing.data.corpora import polnear
from framing.data.corpora.tables import read_text
from framing.data.sentences import document
from framing.data.voice import read_voices
from framing.evaluation import intervals, metrics

NAMES = ("none", "indirect", "quoted")
GOLD = {(): 0, ("indirect",): 1, ("quoted",): 2}
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
    for name, sentences in polnear.read_part(root)[0].items():
        text = read_text(root / "text" / f"{name}.txt", name="polnear")
        began = time.perf_counter()
        voices = read_voices(document(name, text))
        seconds += time.perf_counter() - began
        for sentence, voice in zip(sentences, voices, strict=True):
            gold.append(GOLD[sentence.labels])
            found.append(PREDICTED[voice.voice])
            documents.append(name)
            if options.part == "train" and gold[-1] != found[-1] and options.errors:
                print(f"{NAMES[gold[-1]]:9} -> {NAMES[found[-1]]:9} {sentence.text[:230]}")
    print_scores(np.array(gold), np.array(found), documents, seconds)


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
