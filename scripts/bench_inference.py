"""Sentences a second of `transformers.pipeline`, of the model in torch, and exported, side by side.

    python scripts/bench_inference.py --data-root ../shared/data [--model URI] [--sentences 1024] [--batches 32 1]

The pipeline is `text-classification` over the same transformer and as many labels, batches of 32 in the order given, as
its documentation shows it. Ours give scores and evidence; the last columns compare them with torch's. All read the same
real sentences with the same threads.
"""

import argparse
import gzip
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from framing.models.store import Model
from framing.schema import Floats, Sentence
from framing.tracking.registry import load

POOL = "unlabelled/conflict_pool.jsonl.gz"
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--model", default="models:/framing@champion")
    parser.add_argument("--sentences", type=int, default=1024)
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 1])
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    if not (options.data_root / POOL).is_file():
        print(f"skipped: no {POOL} in {options.data_root}")
        return
    torch.set_num_threads(options.threads)
    with gzip.open(options.data_root / POOL, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in islice(file, options.sentences)]
    model = load(options.model)
    print(f"n = {len(texts)} sentences, {options.threads} threads, best of {ROUNDS}")
    print("| way | batch | sentences/s | of the pipeline | largest change of a score | decided otherwise |")
    print("|---|---:|---:|---:|---:|---:|")
    for size in options.batches:
        some = texts if size > 1 else texts[: len(texts) // 4]
        pipeline = rate(piped(model, size), some)
        print(f"| transformers.pipeline | {size} | {pipeline:.1f} | 1.00 | | |", flush=True)
        rows = numbered(some)
        exact = model.read(rows)[0]
        for name, one in ways(model).items():
            found = rate(reader(one, size), some)
            changed = changes(model, exact, one.read(rows)[0])
            print(f"| {name} | {size} | {found:.1f} | {found / pipeline:.2f} | {changed} |", flush=True)


def ways(model: Model) -> dict[str, Model]:
    encoder: Any = model.classifier
    return {
        "torch, fp32": model,
        "ONNX Runtime, fp32": replace(model, classifier=encoder.exported("onnx")),
        "ONNX Runtime, int8": replace(model, classifier=encoder.exported("onnx", int8=True)),
        "OpenVINO": replace(model, classifier=encoder.exported("openvino")),
    }


def piped(model: Model, size: int) -> Callable[[Sequence[str]], object]:
    """The stock pipeline over the model's transformer, with a head of as many labels."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

    with tempfile.TemporaryDirectory() as folder:
        encoder: Any = model.classifier
        encoder.model_.save_pretrained(folder)
        encoder.tokenizer_.save_pretrained(folder)
        network = AutoModelForSequenceClassification.from_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    run = pipeline("text-classification", model=network, tokenizer=tokenizer, top_k=None, device="cpu")
    return lambda texts: run(list(texts), batch_size=size, truncation=True, max_length=encoder.max_length)


def numbered(texts: Sequence[str]) -> list[Sentence]:
    """As the sentences of one document."""
    return [Sentence(str(k), "a", k, 0, len(text), text) for k, text in enumerate(texts)]


def changes(model: Model, before: Floats, after: Floats) -> str:
    """The largest difference of a calibrated score, and the share of sentences with another decision."""
    flipped = (model.decisions.decide(before) != model.decisions.decide(after)).any(axis=1)
    return f"{np.abs(before - after).max():.4f} | {flipped.mean():.1%}"


def reader(model: Model, size: int) -> Callable[[Sequence[str]], object]:
    """Ours: all texts at once, or as many calls."""

    def read(texts: Sequence[str]) -> None:
        rows = numbered(texts)
        for part in [rows] if size > 1 else [[row] for row in rows]:
            scores, reading = model.read(part)
            reading.explain(scores >= np.array(model.decisions.thresholds))

    return read


def rate(call: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """The best of a few rounds, after a short one."""
    call(texts[:32])
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call(texts)
        best = min(best, time.perf_counter() - start)
    return len(texts) / best


if __name__ == "__main__":
    main()
