"""Is `framing score` right, and how much slower is it than the bare model? Real sentences, two processes.

    python scripts/bench_score.py --data-root ../shared/data [--model URI] [--sentences 20000] [--engines local spark]

The bare loop is the model alone: as many processes, each with its share of the sentences in memory, in batches of the
same size, scores and evidence, and nothing written. Start of the processes and loading count on both sides. Scores are
compared, sentence by sentence, with those that the model gives in this process to the first 10,000.
"""

import argparse
import gzip
import json
import os
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from framing.models.store import Model
from framing.schema import Sentence
from framing.scoring import job
from framing.scoring.local import cores, threads_for
from framing.scoring.plan import Settings
from framing.scoring.scorer import BATCH

POOL = "unlabelled/conflict_pool.jsonl.gz"
CHECKED = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--model", default="models:/framing@champion")
    parser.add_argument("--sentences", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=cores())
    parser.add_argument("--engines", nargs="+", default=["local"])
    parser.add_argument("--part-rows", type=int, default=0, help="as of framing score; 0: its default")
    options = parser.parse_args()
    if not (options.data_root / POOL).is_file():
        print(f"skipped: no {POOL} in {options.data_root}")
        return
    texts = pool(options.data_root / POOL, options.sentences)
    bare = bare_loop(texts, options.model, options.processes)
    print(f"n = {len(texts)} sentences, {options.processes} processes, {os.cpu_count()} cores, model {options.model}")
    print(f"| way | sentences/s | of the bare loop |\n|---|---:|---:|\n| bare loop | {len(texts) / bare:.0f} | 1.00 |")
    for engine in options.engines:
        with tempfile.TemporaryDirectory() as scratch:
            seconds = scored(texts, Path(scratch), engine, options)
            print(f"| `--engine {engine}` | {len(texts) / seconds:.0f} | {bare / seconds:.2f} |", flush=True)
            largest = difference(texts[:CHECKED], Path(scratch) / "out", options.model)
            print(f"largest difference of a score, {min(CHECKED, len(texts))} sentences: {largest:.1e}", flush=True)


def pool(path: Path, n: int) -> list[str]:
    """The first so many texts; from the beginning again where there are fewer."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in islice(file, n)]
    return list(islice(cycle(texts), n))


def bare_loop(texts: Sequence[str], model: str, processes: int) -> float:
    """Seconds of the model alone."""
    began = time.perf_counter()
    context = get_context("spawn")
    shares = [texts[k::processes] for k in range(processes)]
    crew = [context.Process(target=infer, args=(share, model, threads_for(processes))) for share in shares]
    for process in crew:
        process.start()
    for process in crew:
        process.join()
    assert all(process.exitcode == 0 for process in crew)
    return time.perf_counter() - began


def infer(texts: Sequence[str], uri: str, threads: int) -> None:
    from framing.models.backend import set_threads

    sentences, model = as_sentences(texts), loaded(uri)
    if model.kind == "encoder":
        set_threads(threads)
    for first in range(0, len(sentences), BATCH):
        scores, reading = model.read(sentences[first : first + BATCH])
        reading.explain(model.decisions.decide(scores))


def scored(texts: Sequence[str], folder: Path, engine: str, options: argparse.Namespace) -> float:
    source = folder / "in.jsonl"
    source.write_text("".join(f"{json.dumps({'text': text})}\n" for text in texts), encoding="utf-8")
    began = time.perf_counter()
    job.score(
        source,
        folder / "out",
        model=options.model,
        engine=engine,
        workers=options.processes,
        settings=Settings("sentence", rows=options.part_rows),
        progress=lambda done, total: None,
    )
    return time.perf_counter() - began


def difference(texts: Sequence[str], out: Path, uri: str) -> float:
    """The largest difference of any score from the model's own in this process."""
    from pyarrow import parquet

    model = loaded(uri)
    rows = [row for path in sorted(out.glob("part-*.parquet")) for row in parquet.read_table(path).to_pylist()]
    found = np.array([[row["scores"][label] for label in model.labels] for row in rows[: len(texts)]])
    return float(np.abs(found - model.read(as_sentences([row["text"] for row in rows[: len(texts)]]))[0]).max())


def as_sentences(texts: Sequence[str]) -> list[Sentence]:
    from framing.answer import to_documents

    documents = to_documents([(str(k), text) for k, text in enumerate(texts)], unit="sentence")
    return [sentence for document in documents for sentence in document.sentences]


def loaded(uri: str) -> Model:
    from framing.tracking.registry import load

    return load(uri)


if __name__ == "__main__":
    main()
