"""Train the bundled model on both corpora, beside a full fine-tune of the same data, and write it as a model folder.

    python scripts/build_bundled.py --data-root ../shared/data [--out models/bundled] [--settings model.epochs=8]

conflict_real is rebuilt from the sentences of --data-root by their hash. Both models learn from the train splits of
conflict_frames and conflict_real, and take their decisions from the validation splits; the card says how they do on
the test splits and on real_dev, which neither is trained on, nor on its documents or near-duplicates of its sentences.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench_transfer import TAXONOMY, real, real_dev
from framing import config as configs
from framing import pipeline, probing
from framing import taxonomy as taxonomies
from framing.config import TrainConfig
from framing.data import dataset
from framing.data.dataset import Dataset
from framing.evaluation.card import Section, model_card
from framing.evaluation.intervals import DRAWS
from framing.judging import Judged, find, judge_split
from framing.models import store
from framing.models.store import Model
from framing.schema import Sentence
from framing.tracking import bundled, runs

ROOT = Path(__file__).parents[1]
LIMIT = 8_000_000
"""Bytes that the bundled model may have."""
JUDGED = {"test": "test splits of both corpora", "real_dev": "real_dev"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / bundled.HOME)
    parser.add_argument("--config", type=Path, default=ROOT / "configs/train/adapter.yaml")
    parser.add_argument("--settings", nargs="*", default=[], help="other settings than --config's, of both models")
    parser.add_argument("--full", nargs="*", default=["model.lora_rank=0", "model.learning_rate=3e-4"])
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    dev = real_dev(options.data_root)
    data = both(options.data_root, dev)
    settings = [f"threads={options.threads}", f"run={bundled.NAME}", *options.settings]
    small = configs.load(options.config, settings)
    full = fitted(configs.load(options.config, [*settings, *options.full]), data)
    found = {"full": judged(full, data, dev)}
    print(table(found), flush=True)
    model = fitted(small, data)
    found["bundled"] = judged(model, data, dev)
    print(table(found), flush=True)
    section = Section("Beside the full fine-tune", table(found))
    write(model, data, found["bundled"]["test"], small, section, options.out)


def both(root: Path, dev: Sequence[Sentence]) -> Dataset:
    """conflict_frames and conflict_real by their own splits, in an order that mixes documents."""
    frames = dataset.load(ROOT / "data/conflict_frames", TAXONOMY).splits
    found = real(root, dev)
    order = np.random.default_rng(0)
    splits = {split: [*frames[split], *found[split]] for split in dataset.SPLITS}
    mixed = {split: [rows[k] for k in order.permutation(len(rows))] for split, rows in splits.items()}
    return Dataset("conflict_frames+conflict_real", TAXONOMY.name, mixed).restricted(TAXONOMY.ids(optional=False))


def fitted(config: TrainConfig, data: Dataset) -> Model:
    """Trained; every validation score is printed."""

    def progress(values: Mapping[str, float], step: int) -> None:
        if "val/macro_ap" in values:
            print(f"step {step}: validation mean AP {values['val/macro_ap']:.3f}", flush=True)

    return pipeline.fit(config, TAXONOMY, data, run_id="", progress=progress)


def judged(model: Model, data: Dataset, dev: Sequence[Sentence]) -> dict[str, Judged]:
    """On the test splits and on real_dev."""
    beside = Dataset("real_dev", data.taxonomy, {"train": [], "validation": [], "test": dev}).restricted(model.labels)
    reports = {"test": data, "real_dev": beside}
    return {
        name: judge_split(model, one, "test", name=bundled.NAME, draws=DRAWS, seed=13) for name, one in reports.items()
    }


def table(found: Mapping[str, Mapping[str, Judged]]) -> str:
    """Markdown: a row a model and set of sentences."""
    lines = ["| model | judged on | sentences | macro F1 | micro F1 | mean AP |", "|---|---|---|---|---|---|"]
    for model, sets in found.items():
        for name, one in ((name, judged.report) for name, judged in sets.items()):
            figures = " | ".join(f"{v:.3f} [{low:.3f}, {high:.3f}]" for v, low, high in (one.macro_f1, one.micro_f1))
            lines.append(f"| {model} | {JUDGED[name]} | {one.sentences} | {figures} | {one.macro_ap.value:.3f} |")
    return "\n".join(lines)


def write(  # noqa: PLR0917 - the parts of one folder
    model: Model, data: Dataset, test: Judged, config: TrainConfig, beside: Section, out: Path
) -> None:
    """The model folder with card and certificate; put in place when whole, refused where it is larger than `LIMIT`."""
    findings = find(model, data, test, baselines=[], draws=config.draws, seed=config.seed)
    probed = probing.probe(model, data.splits["test"], test.scores, draws=config.draws, seed=config.seed)
    model = replace(model, facts=facts(model.facts))
    stated = {name: str(value) for name, value in model.facts.items() if value is not None}
    more = [beside, *probed.sections()]
    card = model_card(findings, kind=model.kind, taxonomy=model.taxonomy, facts=stated, more=more)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        folder = Path(scratch) / out.name
        yaml = taxonomies.find(config.taxonomy).read_text(encoding="utf-8")
        store.save(model, folder, taxonomy_yaml=yaml, card=card)
        (folder / runs.SIDES).write_text(json.dumps(probed.records()["sides"]), encoding="utf-8")
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if size > LIMIT:
            raise SystemExit(f"the model has {size} bytes, more than {LIMIT}: choose a lower model.lora_rank")
        former = Path(scratch) / "former"
        if out.exists():
            out.rename(former)
        folder.rename(out)
    print(f"{out}: {size} bytes")


def facts(known: Mapping[str, Any]) -> dict[str, Any]:
    """What the model says of itself: the bundled one belongs to no run."""
    return {**known, "name": f"framing-{bundled.NAME}", "run_id": None}


if __name__ == "__main__":
    main()
