"""How the composed corpus differs from real war reporting in form: length, variety, repetition.

    python scripts/bench_corpus.py --data-root ../shared/data [--source fa_kes]

distinct-2 is the share of different word pairs among all, over equally many words of both (Li et al. 2016). The sample
of real text is drawn sentence by sentence with seed 0.
"""

import argparse
import gzip
import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from framing import taxonomy as taxonomies
from framing.data import dataset, near

WORD = re.compile(r"\w+")
FOLDER = Path(__file__).parents[1] / "data/conflict_frames"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--source", default="fa_kes", help="news of the Syrian war by fifteen outlets")
    options = parser.parse_args()
    pool = options.data_root / "unlabelled/conflict_pool.jsonl.gz"
    if not pool.is_file():
        print(f"skipped: no {pool}")
        return
    with gzip.open(pool, "rt", encoding="utf-8") as file:
        real = [row["text"] for row in map(json.loads, file) if row["source"] == options.source]
    built = dataset.load(FOLDER, taxonomies.load("conflict"))
    rows = [s for split in built.splits.values() for s in split]
    ours = [s.text for s in rows]
    real = [real[k] for k in np.random.default_rng(0).permutation(len(real))]
    length = min(sum(len(words(t)) for t in texts) for texts in (ours, real))
    print(f"n = {len(ours)} composed, {len(real)} real sentences ({options.source}); {length} words of each")
    for name, texts in (("composed", ours), ("real", real)):
        quartiles = np.quantile([len(t.split()) for t in texts], [0.25, 0.5, 0.75])
        print(f"{name:9} words a sentence {quartiles.tolist()}  distinct-2 {distinct(texts, length):.3f}")
    print(f"ratio of distinct-2: {distinct(ours, length) / distinct(real, length):.2f}")
    closest = max((j for a, b, j in near.similar_pairs(ours, 0.05) if rows[a].document != rows[b].document), default=0)
    print(f"highest 5-gram Jaccard of two sentences of different articles: {closest:.2f}")


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def distinct(texts: Sequence[str], length: int) -> float:
    """Different pairs of neighbouring words over all, in the first `length` words."""
    flat = [word for text in texts for word in words(text)][:length]
    pairs = list(itertools.pairwise(flat))
    return len(set(pairs)) / len(pairs)


if __name__ == "__main__":
    main()
