"""What calibration a label and a band of doubt are worth, on models of the store that `make run` fills.

    python scripts/bench_calibration.py [--runs linear minilm] [--halves 20]

The validation and test articles of data/conflict_frames, on which no weight was trained, are halved at random: what is
learnt on one half is judged on the other. `weight` is how many positives the fit of all labels counts for in that of a
label: with 10^9 all labels share one slope and intercept, with 0.001 each has its own. `risk` is the share of a label's
positives that may lie below its band of doubt. All figures are means over the halves.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupShuffleSplit

from framing import taxonomy as taxonomies
from framing.data import dataset
from framing.errors import FramingError
from framing.evaluation import metrics, selective
from framing.models import calibration, platt
from framing.schema import Floats, Hot, Sentence, blind, multi_hot
from framing.tracking import evidence, registry, store
from framing.tracking.lookup import find_run

ROOT = Path(__file__).parents[1]
WEIGHTS = (1e9, 60.0, 20.0, 5.0, 0.001)
RISKS = (0.05, 0.1, 0.15, 0.2, 0.25)
Halves = list[tuple[np.ndarray, np.ndarray]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", nargs="+", default=["linear", "minilm"])
    parser.add_argument("--halves", type=int, default=20)
    options = parser.parse_args()
    taxonomy = taxonomies.load("conflict")
    found = dataset.load(ROOT / "data/conflict_frames", taxonomy)
    data = found.restricted(taxonomy.ids(optional=False))
    rows = [*data.splits["validation"], *data.splits["test"]]
    documents = [s.document for s in rows]
    print(f"n = {len(rows)} sentences in {len(set(documents))} documents, data {found.digest[:12]}")
    split = GroupShuffleSplit(options.halves, test_size=0.5, random_state=0)
    halves = list(split.split(documents, groups=documents))
    for name in options.runs:
        raw, gold = read(name, rows)
        print_calibrations(name, raw, gold, halves)
        print_bands(name, raw, gold, halves, documents=np.array(documents))


def read(name: str, rows: Sequence[Sentence]) -> tuple[Floats, Hot]:
    """Raw scores of a run's model, and gold."""
    client = store.connect()
    try:
        run = find_run(client, name)
    except FramingError as error:
        raise SystemExit(f"skipped: {error}") from error
    model = registry.load(f"models:/{evidence.model_id(client, run.info.run_id)}")
    return model.classifier.read(blind(rows)).scores, multi_hot(rows, model.labels)


def print_calibrations(name: str, raw: Floats, gold: Hot, halves: Halves) -> None:
    """Calibration error (15 bins of equal mass) and log loss by the weight of the common fit."""
    print("\n| model | weight | ECE, mean of labels | ECE, worst label | log loss |\n|---|---|---|---|---|")
    for weight in WEIGHTS:
        found = []
        for own, other in halves:
            scores = platt.scale(raw[other], *platt.fit(raw[own], gold[own], weight=weight))
            error = metrics.calibration_error(gold[other], scores)
            chance = np.where(gold[other], scores, 1 - scores)
            found.append((np.mean(error), np.max(error), -np.log(np.maximum(chance, platt.EPSILON)).mean()))
        mean, worst, loss = np.mean(found, axis=0)
        print(f"| {name} | {weight:g} | {mean:.4f} | {worst:.4f} | {loss:.4f} |", flush=True)


def print_bands(name: str, raw: Floats, gold: Hot, halves: Halves, *, documents: np.ndarray) -> None:
    """Coverage and risk by the target."""
    print(
        "\n| model | risk | positives denied | labels answered | sentences answered in full | of these wrong | of all |"
    )
    print("|---" * 7 + "|")
    for risk in RISKS:
        found = []
        for own, other in halves:
            learnt = calibration.learn(raw[own], gold[own], documents[own].tolist(), risk=risk)
            scores, truth = learnt.calibrate(raw[other]), gold[other]
            decided, low = learnt.decide(scores), np.array(learnt.doubt)
            answered = selective.answered(scores, np.array(learnt.thresholds), low)
            full, wrong = answered.all(axis=1), (decided != truth).any(axis=1)
            denied = (truth & (scores < low)).sum() / truth.sum()
            found.append((denied, answered.mean(), full.mean(), wrong[full].mean(), wrong.mean()))
        cells = " | ".join(f"{value:.3f}" for value in np.mean(found, axis=0))
        print(f"| {name} | {risk} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
