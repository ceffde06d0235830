"""Weak labels and splits on the engine: speed, and whether memory grows with the input.

    python scripts/bench_prepare.py --data-root ../shared/data [--sizes 100000 1000000] [--commands label build]

The sentences of unlabelled/conflict_pool.jsonl.gz are written again and again, each with three numbers in it, so that
copies are near-duplicates of each other or not by their length. `framing label --engine local` and then
`framing data build --engine local` run on them (`label-file`: `framing label` of one file, with no engine), each as a
command of its own; memory is the largest of their processes.
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

FILE_ROWS = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--commands", nargs="+", default=["label", "build"], choices=["label-file", "label", "build"])
    parser.add_argument("--run", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run(options.run)
        return
    pool = options.data_root / "unlabelled" / "conflict_pool.jsonl.gz"
    if not pool.is_file():
        print(f"skipped: no {pool}")
        return
    print("| command | sentences | sentences/s | peak memory of a process, MB |\n" + "|---" * 4 + "|")
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            write(pool, Path(scratch) / "in", size, size if "label-file" in options.commands else FILE_ROWS)
            crew = ["--engine", "local", "--workers", str(options.processes)]
            commands = {
                "label-file": ["label", "in/00000.jsonl", "--out", "weak.jsonl"],
                "label": ["label", "in", "--out", "labelled", *crew],
                "build": ["data", "build", "labelled", "--out", "split", *crew],
            }
            for name in options.commands:
                print(f"| `{name}` | {size:,} | {measured(commands[name], Path(scratch), size)} |", flush=True)


def measured(words: list[str], folder: Path, size: int) -> str:
    """Sentences a second and megabytes of one command, which a process between watches."""
    command = [sys.executable, str(Path(__file__).resolve()), "--data-root", ".", "--run", *words]
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - begun
    return f"{size / seconds:,.0f} | {int(done.stdout.splitlines()[-1]):,}"


def run(words: list[str]) -> None:
    """Run a command and print the megabytes of the largest process below this one."""
    subprocess.run([sys.executable, "-m", "framing.cli.main", *words], check=True)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)


def write(pool: Path, folder: Path, size: int, file_rows: int) -> None:
    """So many sentences in files of so many rows."""
    folder.mkdir()
    rows = itertools.islice(numbered(pool), size)
    for part in itertools.count():
        chunk = list(itertools.islice(rows, file_rows))
        if not chunk:
            return
        (folder / f"{part:05}.jsonl").write_text("".join(chunk), encoding="utf-8")


def numbered(pool: Path) -> Iterator[str]:
    """The pool's sentences without end, as lines of JSON, no two alike."""
    for turn in itertools.count():
        with gzip.open(pool, "rt", encoding="utf-8") as file:
            for k, line in enumerate(file):
                text = f"{turn} {turn * turn} {json.loads(line)['text']} {turn}-{k}"
                yield json.dumps({"id": f"{turn}-{k}", "document": f"{turn}-{k // 10}", "text": text}) + "\n"


if __name__ == "__main__":
    main()
