"""How long the score sheet of a large split takes: every metric, every interval.

python scripts/bench_scores.py [--sentences 20000] [--labels 14] [--draws 1000]
"""

import argparse
import time

import numpy as np

from framing.evaluation.report import judge
from framing.schema import Sentence

PER_DOCUMENT = 20
RATE = 0.05


def main(sentences: int, labels: int, draws: int) -> float:
    random = np.random.default_rng(0)
    names = [f"label_{k}" for k in range(labels)]
    gold = random.random((sentences, labels)) < RATE
    scores = np.clip(0.4 * gold + 0.6 * random.random(gold.shape), 0, 1)
    rows = [
        Sentence(
            f"s{k}",
            f"d{k // PER_DOCUMENT}",
            k,
            0,
            1,
            "x",
            labels=tuple(n for n, on in zip(names, hot, strict=True) if on),
        )
        for k, hot in enumerate(gold)
    ]
    about = {"name": "bench", "split": "test", "data_digest": "0" * 64}
    began = time.perf_counter()
    judge(
        rows,
        scores,
        scores >= 0.5,
        labels=names,
        thresholds=[0.5] * labels,
        doubt=[0.4] * labels,
        about=about,
        draws=draws,
    )
    return time.perf_counter() - began


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=20_000)
    parser.add_argument("--labels", type=int, default=14)
    parser.add_argument("--draws", type=int, default=1000)
    asked = parser.parse_args()
    took = main(asked.sentences, asked.labels, asked.draws)
    print(f"{asked.sentences} sentences x {asked.labels} labels, {asked.draws} draws: {took:.1f} s")
