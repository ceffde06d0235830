"""Training from Parquet files: does memory grow with them, and how fast are they checked and made into batches?

    python scripts/bench_stream.py --data-root ../shared/data [--sizes 100000 1000000]

The sentences of unlabelled/conflict_pool.jsonl.gz are written again and again, each with a number at its end, into
files of 50,000 rows; every tenth gets a label, since nothing is learnt here. Each size is read by a process of its own:
one pass that counts and checks it against 2,000 held sentences, and one pass of padded batches of 32.
"""

import argparse
import gzip
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LABEL = "liberation"
ROWS = 50_000
HELD = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read(options.read)
        return
    pool = options.data_root / "unlabelled" / "conflict_pool.jsonl.gz"
    if not pool.is_file():
        print(f"skipped: no {pool}")
        return
    print(
        "| sentences | MB of Parquet | checked, sentences/s | batches, sentences/s | peak memory, MB |\n"
        + "|---" * 5
        + "|"
    )
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            write(pool, Path(scratch), size)
            command = [sys.executable, __file__, "--data-root", str(options.data_root), "--read", scratch]
            print(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip(), flush=True)


def write(pool: Path, folder: Path, size: int) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    rows = itertools.islice(numbered(pool), size)
    for part in itertools.count():
        chunk = list(itertools.islice(rows, ROWS))
        if not chunk:
            return
        parquet.write_table(pa.Table.from_pylist(chunk), folder / f"part-{part:05}.parquet", row_group_size=5_000)


def numbered(pool: Path) -> Iterator[dict[str, Any]]:
    """The pool's sentences without end, no two alike."""
    for turn in itertools.count():
        with gzip.open(pool, "rt", encoding="utf-8") as file:
            for k, line in enumerate(file):
                labels = [LABEL] if k % 10 == 0 else []
                yield {"id": f"{turn}-{k}", "text": f"{json.loads(line)['text']} {turn}-{k}", "labels": labels}


def read(folder: Path) -> None:
    from framing.data.parquet import ParquetSentences
    from framing.models import base, pretrained
    from framing.models.encoder import EncoderClassifier
    from framing.models.rows import StreamedRows
    from framing.schema import Sentence

    texts = [f"Held sentence number {k} of a column that came to the town of {k}." for k in range(HELD)]
    held = [Sentence(f"h{k}", "held", 0, 0, len(text), text, ()) for k, text in enumerate(texts)]
    begun = time.perf_counter()
    archive = ParquetSentences.open(folder, [LABEL], held)
    checked = time.perf_counter() - begun
    encoder = EncoderClassifier(labels=[LABEL], batch_size=32)
    encoder.tokenizer_ = pretrained.tokenizer(base.resolve(None).place)
    rows = StreamedRows(encoder, archive)
    begun = time.perf_counter()
    seen = sum(len(batch["input_ids"]) for batch in rows.loader())
    batched = time.perf_counter() - begun
    assert seen == len(archive)
    megabytes = sum(path.stat().st_size for path in archive.files) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {seen:,} | {megabytes:.0f} | {seen / checked:,.0f} | {seen / batched:,.0f} | {peak:,.0f} |")


if __name__ == "__main__":
    main()
