"""Tokens a second of the training loop, beside the stock Trainer's with every sentence padded to 128 in fp32.

    python scripts/bench_training.py [--sentences 1000] [--repeats 3] [--threads 2]
    python scripts/bench_training.py --layers 12 --width 768 --batch-size 1024 --sentences 100000 --repeats 0  # a GPU

Both train one epoch on the same sentences of data/conflict_frames from the same weights, in turn, each in a new
process; tokens are real ones, without padding, seconds those of the processors; on a GPU, of the wall. With --layers
and --width the weights are random ones of a BERT of that shape (12 and 768: base size), which costs what trained
ones do; --compile has torch compile its layers.

On a CUDA device the share of the device's peak that goes into the model (model FLOP utilisation, Chowdhery et al. 2022)
is printed as well, of 6 FLOPs a token and weight outside the embeddings and 12 a token, layer, width and token attended
to. It is that of our loop from its first report on, step 20, to its last: loading and warming up are left out.
"""

import argparse
import itertools
import tempfile
import time
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
    parser.add_argument("--layers", type=int, help="with --width: random weights of this shape")
    parser.add_argument("--width", type=int)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.layers:
            options.base = shaped(options.layers, options.width, folder)
        compare(options)


def compare(options: argparse.Namespace) -> None:
    """The table of speeds, and the use of the device."""
    options.setfit = {}
    options.ours = {
        "epochs": 1,
        "batch_size": options.batch_size,
        "base": options.base,
        "torch_compile": options.compile,
    }
    options.trainer = {"num_train_epochs": 1, "per_device_train_batch_size": options.batch_size}
    benchmark, folds = conflict_frames()
    parts, labels = sentences(folds(13)[0], options.sentences), benchmark.labels
    if options.repeats:
        side_by_side(parts, labels, options)
    print(utilisation(parts, labels, options))


def side_by_side(parts: Parts, labels: tuple[str, ...], options: argparse.Namespace) -> None:
    """Both loops in turn."""
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


def seconds(spent: Clock) -> float:
    """Of the processors, which other work on the machine does not lengthen; on a CUDA device of the wall."""
    import torch

    return spent.wall if torch.cuda.is_available() else spent.cpu


def sentences(parts: Parts, n: int) -> Parts:
    """So many training sentences, again and again where there are fewer, and a few to validate on."""
    train, validation, test = parts
    return list(itertools.islice(itertools.cycle(train), n)), validation[:100], test[:1]


def utilisation(parts: Parts, labels: tuple[str, ...], options: argparse.Namespace) -> str:
    """Model FLOP utilisation on a CUDA device, or what is missing."""
    import torch

    flops = flops_a_token(options.base, [s.text for s in parts[0]])
    if not torch.cuda.is_available():
        return f"{flops / 1e6:,.0f} million FLOPs a token; on a CUDA device this says the share of its peak"
    speed = steady(parts, labels, options)
    name = torch.cuda.get_device_name()
    peak = next((found for key, found in PEAK.items() if key in name), None)
    share = "of an unknown peak" if peak is None else f"model FLOP utilisation {speed * flops / peak:.1%}"
    memory = torch.cuda.max_memory_allocated() / 2**30
    return f"{name}: {speed:,.0f} tokens/s, {share}, batches of {options.batch_size}, {memory:.1f} GiB"


def steady(parts: Parts, labels: tuple[str, ...], options: argparse.Namespace) -> float:
    """Real tokens a second of our loop between its first report of the training loss and its last."""
    from framing.models.encoder import EncoderClassifier

    reports: list[tuple[float, int]] = []

    def note(values: dict[str, float], step: int) -> None:
        if "train/loss" in values:
            reports.append((time.perf_counter(), step))

    model = EncoderClassifier(labels=labels, seed=13, threads=options.threads, **options.ours)
    model.fit(parts[0], parts[1], note)
    rows = model.tokenize([s.text for s in parts[0][:5000]])[0]
    (begun, first), (ended, last) = reports[0], reports[-1]
    return (last - first) * options.batch_size * sum(map(len, rows)) / len(rows) / (ended - begun)


def shaped(layers: int, width: int, folder: str) -> str:
    """A BERT of that many layers and that width with random weights, and the tokeniser of the package's base."""
    from transformers import BertConfig, BertModel

    from framing.models import base, pretrained

    words = pretrained.tokenizer(base.resolve(None).place)
    heads, inner = width // 64, 4 * width
    BertModel(
        BertConfig(
            vocab_size=len(words),
            num_hidden_layers=layers,
            hidden_size=width,
            num_attention_heads=heads,
            intermediate_size=inner,
        )
    ).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


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
