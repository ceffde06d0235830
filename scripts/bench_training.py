"""Tokens a second of the training loop, beside the stock Trainer's with every sentence padded to 128 in fp32.

    python scripts/bench_training.py [--sentences 1000] [--repeats 3] [--threads 2]
    python scripts/bench_training.py --base FacebookAI/roberta-base --batch-size 128 --sentences 20000   # on a GPU

Both train one epoch on the same sentences of data/conflict_frames from the same weights, in turn, each in a new
process; tokens are real ones, without padding, seconds those of the processors. On a CUDA device the share of the
device's peak that goes into the model (model FLOP utilisation, Chowdhery et al. 2022) is printed as well, of 6 FLOPs a
token and weight outside the embeddings and 12 a token, layer, width and token attended to.
"""

import argparse
import itertools
from collections.abc import Sequence
from statistics import median

from bench_peers import Clock, Parts, apart, conflict_frames

PEAK = {"H100": 989e12, "H200": 989e12, "A100": 312e12, "L4": 121e12, "A10": 125e12}
"""Dense bf16 FLOPs a second, as NVIDIA's data sheets give them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--base", help="model folder or hub id; none: the MiniLM of the package")
    options = parser.parse_args()
    options.setfit = {}
    options.ours = {"epochs": 1, "batch_size": options.batch_size, "base": options.base}
    options.trainer = {"num_train_epochs": 1, "per_device_train_batch_size": options.batch_size}
    benchmark, folds = conflict_frames()
    parts, labels = sentences(folds(13)[0], options.sentences), benchmark.labels
    print("| loop | " + " | ".join(f"tokens/s, run {k + 1}" for k in range(options.repeats)) + " | median |")
    print("|---" * (options.repeats + 2) + "|")
    speeds: dict[str, list[float]] = {"ours": [], "trainer": []}
    for _ in range(options.repeats):
        for peer, found in speeds.items():
            measured = apart(peer, parts, labels, 13, options)
            found.append(measured.tokens / seconds(measured.spent))
    for peer, found in speeds.items():
        print(f"| {peer} | " + " | ".join(f"{speed:,.0f}" for speed in found) + f" | {median(found):,.0f} |")
    ratios = sorted(a / b for a, b in zip(*speeds.values(), strict=True))
    print(f"ours / trainer: median {median(ratios):.2f}, from {ratios[0]:.2f} to {ratios[-1]:.2f}")
    print(utilisation(median(speeds["ours"]), parts, options.base))


def seconds(spent: Clock) -> float:
    """Of the processors, which other work on the machine does not lengthen; on a CUDA device of the wall."""
    import torch

    return spent.wall if torch.cuda.is_available() else spent.cpu


def sentences(parts: Parts, n: int) -> Parts:
    """So many training sentences, again and again where there are fewer, and a few to validate on."""
    train, validation, test = parts
    return list(itertools.islice(itertools.cycle(train), n)), validation[:100], test[:1]


def utilisation(speed: float, parts: Parts, base: str | None) -> str:
    """Model FLOP utilisation on a CUDA device, or what is missing."""
    import torch

    flops = speed * flops_a_token(base, [s.text for s in parts[0]])
    if not torch.cuda.is_available():
        return f"model FLOPs: {flops / 1e9:,.0f} billion a second; on a CUDA device this says their share of its peak"
    name = torch.cuda.get_device_name()
    peak = next((found for key, found in PEAK.items() if key in name), None)
    return f"{name}: peak not known" if peak is None else f"{name}: model FLOP utilisation {flops / peak:.1%}"


def flops_a_token(base: str | None, texts: Sequence[str]) -> float:
    """Of a forward and a backward pass."""
    from framing.models import base as bases
    from framing.models import pretrained

    place = bases.resolve(base).place
    network = pretrained.with_new_head(place, "evidence", ("a",))
    lengths = [len(row) for row in pretrained.tokenizer(place)(list(texts[:2000]), truncation=True)["input_ids"]]
    attended = sum(n * n for n in lengths) / sum(lengths)
    inside = sum(p.numel() for name, p in network.named_parameters() if "embeddings" not in name)
    shape = network.config
    return 6 * inside + 12 * shape.num_hidden_layers * shape.hidden_size * attended


if __name__ == "__main__":
    main()
