"""CPU seconds and memory of finding near-duplicates: exact counting, MinHash by rensa as used, MinHash by datasketch.

    python scripts/bench_near.py --pool POOL.jsonl.gz --ways exact minhash --sizes 50000 500000

Sentences are those of the pool; above its size, a first half of one and a second half of another, drawn with one seed.
`datasketch` is no dependency: install it to run its row. Each row runs in a process of its own.
"""

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

PERMUTATIONS = 126


def sentences(pool: Path, n: int) -> list[str]:
    with gzip.open(pool, "rt", encoding="utf-8") as file:
        rows = [json.loads(line)["text"] for line in file]
    words, draw = [row.split() for row in rows], random.Random(0)
    while len(rows) < n:
        one, other = draw.choice(words), draw.choice(words)
        rows.append(" ".join(one[: len(one) // 2] + other[len(other) // 2 :]))
    return rows[:n]


def pairs(way: str, texts: list[str]) -> int:
    from framing.data import near

    if way == "datasketch":
        return datasketch_pairs(texts)
    return sum(1 for _ in near.near_pairs(texts, exact=len(texts) if way == "exact" else 0))


def datasketch_pairs(texts: list[str]) -> int:
    from datasketch import MinHash, MinHashLSH

    from framing.data import minhash, near

    index, found = MinHashLSH(num_perm=PERMUTATIONS, params=(minhash.BANDS, minhash.ROWS)), 0
    for k, text in enumerate(texts):
        if grams := [" ".join(gram).encode() for gram in near.shingles(text)]:
            signature = MinHash(num_perm=PERMUTATIONS, seed=minhash.SEED)
            signature.update_batch(grams)
            found += len(index.query(signature))
            index.insert(k, signature)
    return found


def measure(pool: Path, way: str, n: int) -> None:
    texts = sentences(pool, n)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found, seconds = pairs(way, texts), time.process_time() - start
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{way:10} {n:>9,} sentences: {seconds:6.1f} CPU s, {memory:6,.0f} MB, {found:,} pairs", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, required=True, help="JSONL, gzip, one `text` a line")
    parser.add_argument("--ways", nargs="+", default=["exact", "minhash"], choices=["exact", "minhash", "datasketch"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[50_000])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    for way in args.ways:
        for n in args.sizes:
            if args.here:
                measure(args.pool, way, n)
            else:
                words = ["--pool", str(args.pool), "--ways", way, "--sizes", str(n), "--here"]
                subprocess.run([sys.executable, __file__, *words], check=True)


if __name__ == "__main__":
    main()
