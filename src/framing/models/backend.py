"""How an encoder computes while it serves: threads, and bf16 where a short self-test finds it faster and as right.

A model that was exported computes as it was exported.
"""

import time
from typing import Any, Literal, get_args

import numpy as np

from framing.errors import FramingError
from framing.models.example import COARSE, TEXT
from framing.models.store import Model
from framing.schema import Floats, Sentence

Backend = Literal["fp32", "bf16", "auto"]
FP32, BF16 = "fp32", "bf16"
FASTER = 1.1
"""bf16 must be so much faster to be worth its digits."""
ROUNDS = 3


def choose(model: Model, wanted: str) -> str:
    """Put an encoder into `wanted`, or the better one for `auto`; returns what the model computes in.

    What is no encoder computes in fp32, what was exported as `onnx` or `openvino`.
    """
    if wanted not in get_args(Backend):
        raise FramingError(expected=f"a backend among {get_args(Backend)}", found=repr(wanted), fix="Correct it.")
    graph = getattr(model.classifier, "graph_", None)
    if graph is not None:
        return str(graph.backend)
    network = getattr(model.classifier, "model_", None)
    if wanted == FP32 or model.kind != "encoder" or network is None:
        return FP32
    exact, slow = _timed(model)
    _cast(network, BF16)
    coarse, fast = _timed(model)
    if wanted == BF16 or (slow / fast >= FASTER and float(np.abs(exact - coarse).max()) <= COARSE):
        return BF16
    _cast(network, FP32)
    return FP32


def set_threads(threads: int) -> None:
    """Threads of one torch operation; more than the cores kept for it makes it many times slower."""
    import torch

    torch.set_num_threads(threads)


def _cast(network: Any, name: str) -> None:
    import torch

    network.to(torch.bfloat16 if name == BF16 else torch.float32)


def _timed(model: Model) -> tuple[Floats, float]:
    """Scores of some sentences of several lengths, and the best time of a few rounds."""
    texts = [TEXT * (1 + k % 3) for k in range(16)]
    rows = [Sentence(str(k), "example", k, 0, len(text), text) for k, text in enumerate(texts)]
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        scores, _reading = model.read(rows)
        best = min(best, time.perf_counter() - start)
    return scores, best
