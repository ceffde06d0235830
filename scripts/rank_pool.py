"""Does the pool still hold sentences of a rare label? Those not coded yet, ranked by the bundled model.

    python scripts/rank_pool.py --data-root ../shared/data --labels setback_minimisation care_for_troops [--show 75]

Prints how many of the sentences without an annotation the model would give the label, the scores at some ranks, and
with `--show` the likeliest sentences, to be read: on the terminal, since their text is not ours to keep.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from framing.data.corpora import conflict_real
from framing.models import store
from framing.models.store import Model
from framing.schema import Floats, Sentence
from framing.tracking import bundled

RANKS = (1, 10, 25, 50, 75, 100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--labels", nargs="+", required=True)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    pool = options.data_root / "real_pool" / "real_pool.jsonl.gz"
    if not pool.is_file():
        print(f"skipped: no {pool}")
        return
    model, left = store.load(bundled.folder()), not_coded(pool)
    scores = model.decisions.calibrate(model.classifier.read(left).scores)
    print(f"{len(left)} sentences without an annotation; {bundled.NAME} model")
    print(f"| label | over its threshold | {' | '.join(f'score at rank {rank}' for rank in RANKS)} |")
    print("|---" * (len(RANKS) + 2) + "|")
    for label in options.labels:
        print_label(label, model, scores, left, show=options.show)


def not_coded(pool: Path) -> list[Sentence]:
    """The pool's sentences that conflict_real has no annotation of."""
    coded = {row["id"] for row in conflict_real.read_annotations(conflict_real.annotations_home())}
    with gzip.open(pool, "rt", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["id"] not in coded]
    return [Sentence(r["id"], r["document"], 0, 0, len(r["text"]), r["text"], ()) for r in rows]


def print_label(label: str, model: Model, scores: Floats, left: Sequence[Sentence], *, show: int) -> None:
    column = model.classifier.labels.index(label)
    order = np.argsort(-scores[:, column], kind="stable")
    over = int((scores[:, column] >= model.decisions.thresholds[column]).sum())
    at = " | ".join(f"{scores[order[rank - 1], column]:.2f}" for rank in RANKS if rank <= len(order))
    print(f"| {label} | {over} | {at} |")
    for k in order[:show]:
        print(f"{scores[k, column]:.2f}  {left[k].text}")


if __name__ == "__main__":
    main()
