"""Sentences a second, on one core, of reading, splitting and writing records, and peak memory, by number of sentences.

    python scripts/bench_data.py --sizes 100000 1000000 [--plot docs/images/bench_data.png]

Rows are made in memory: twenty sentences a document, two labels, no near-duplicate search. Each size runs in a process
of its own, as peak memory never falls.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

TEXT = "the army said that its men had taken two towns near river while rain fell on roads and shops stayed shut"
WORDS = TEXT.split()
LABELS = ("liberation", "euphemistic_retreat")
PER_DOCUMENT = 20


def lines(n: int) -> Iterator[str]:
    for k in range(n):
        text = " ".join(WORDS[(k * 7 + j * (1 + k % 5)) % len(WORDS)] for j in range(18))
        label = [LABELS[k % 2]] if k % 10 < 2 else []
        evidence = [{"label": label[0], "start": 0, "end": 8}] if label else []
        record = {"id": f"{k}", "document": f"d{k // PER_DOCUMENT}", "index": k % PER_DOCUMENT, "start": 0,
                  "end": len(text), "text": text, "labels": label, "evidence": evidence, "taxonomy": "conflict/1.0",
                  "provenance": "{}", "audit": json.dumps({"outlet": f"o{k % 97}"})}  # fmt: skip
        yield json.dumps(record) + "\n"


def measure(n: int) -> dict[str, float]:
    from framing import taxonomy
    from framing.data.files import write_lines
    from framing.data.streaming import build_file

    conflict = taxonomy.load("conflict")
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "rows.jsonl"
        write_lines(source, lines(n))
        start, wall = time.process_time(), time.perf_counter()
        build_file(source, conflict, out=Path(scratch) / "out")
        cpu, seconds = time.process_time() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"sentences": n, "per_cpu_second": n / cpu, "per_second": n / seconds, "peak_mb": peak}


def plot(rows: list[dict[str, float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    axes.plot([r["sentences"] for r in rows], [r["peak_mb"] for r in rows], marker="o")
    axes.set(
        xscale="log",
        ylim=(0, None),
        xlabel="sentences",
        ylabel="peak memory, MB",
        title="framing data build FILE.jsonl",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--plot", type=Path, help="where the plot of peak memory goes")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure(args.one)))
        return
    rows = []
    for n in args.sizes:
        done = subprocess.run([sys.executable, __file__, "--one", str(n)], check=True, capture_output=True, text=True)
        rows.append(json.loads(done.stdout))
        row = rows[-1]
        print(f"{n:>9,} sentences: {row['per_cpu_second']:>9,.0f} a CPU second, {row['per_second']:>9,.0f} a second, "
              f"peak {row['peak_mb']:,.0f} MB", flush=True)  # fmt: skip
    if args.plot:
        plot(rows, args.plot)


if __name__ == "__main__":
    main()
