"""What a dataset holds, counted: sentences, labels, voices, sides, and how much a label tells about the side."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from framing.data.dataset import SPLITS, Dataset
from framing.schema import Sentence
from framing.taxonomy import Taxonomy


def describe(dataset: Dataset, taxonomy: Taxonomy, *, as_json: bool = False) -> str:
    """The counts as text for people, or as JSON."""
    counted = count(dataset, taxonomy)
    if as_json:
        return json.dumps(counted, ensure_ascii=False, indent=1)
    rows = [
        f"{label:26}{row['positives']:6}{row['first']:7}{row['second']:7}{row['near']:7}{row['mentions']:7}"
        f"{row['conflicts']:7}{row['side_information']:9.4f}"
        for label, row in counted["labels"].items()
    ]
    head = f"{'label':26}{'n':>6}{'side 1':>7}{'side 2':>7}{'near':>7}{'ment.':>7}{'wars':>7}{'MI nats':>9}"
    facts = [f"{key}: {value}" for key, value in counted.items() if key != "labels"]
    return "\n".join([*facts, "", head, *rows])


def count(dataset: Dataset, taxonomy: Taxonomy) -> dict[str, Any]:
    """All counts as JSON values; labels in taxonomy order."""
    rows = [s for split in SPLITS for s in dataset.splits[split]]
    words = [len(s.text.split()) for s in rows]
    return {
        "documents": len({s.document for s in rows}),
        "sentences": {split: len(dataset.splits[split]) for split in SPLITS},
        "empty": round(sum(not s.labels for s in rows) / max(len(rows), 1), 3),
        "words_quartiles": np.quantile(words, [0.25, 0.5, 0.75]).tolist() if words else [],
        "voice": dict(Counter(s.voice for s in rows).most_common()),
        "distance": dict(Counter(s.distance for s in rows).most_common()),
        "labels_per_sentence": dict(sorted(Counter(len(s.labels) for s in rows).items())),
        "conflicts": dict(Counter(str(s.audit.get("conflict")) for s in rows).most_common()),
        "labels": {label: _label(label, rows) for label in taxonomy.ids()},
    }


def side(sentence: Sentence) -> int | None:
    """0 or 1 for the first or second side of a two-sided conflict, None for everybody else."""
    sides = sentence.audit.get("sides") or []
    party = sentence.audit.get("party")
    return sides.index(party) if len(sides) == 2 and party in sides else None


def side_information(present: Sequence[bool], sides: Sequence[int]) -> float:
    """Mutual information in nats of a label and the side that speaks, Miller-Madow corrected; at least 0.

    The plug-in estimate less (r - 1)(c - 1) / 2n for an r x c table (Miller 1955).
    """
    table = np.zeros((2, 2))
    for has, which in zip(present, sides, strict=True):
        table[int(has), which] += 1
    n = float(table.sum())
    if n == 0:
        return 0.0
    share = table / n
    independent = share.sum(1, keepdims=True) @ share.sum(0, keepdims=True)
    some = share > 0
    plugin = float((share[some] * np.log(share[some] / independent[some])).sum())
    return max(0.0, plugin - 1 / (2 * n))


def _label(label: str, rows: Sequence[Sentence]) -> dict[str, Any]:
    positives = [s for s in rows if label in s.labels]
    sided = [(label in s.labels, which) for s in rows if (which := side(s)) is not None]
    by_side = Counter(which for has, which in sided if has)
    heard = {(str(s.audit["conflict"]), side(s)) for s in positives if side(s) is not None}
    both = Counter(conflict for conflict, _ in heard)
    return {
        "positives": len(positives),
        "first": by_side[0],
        "second": by_side[1],
        "near": sum(label in (s.audit.get("near") or ()) for s in rows),
        "mentions": sum(e.label == label and e.use == "mention" for s in rows for e in s.evidence),
        "conflicts": sum(n == 2 for n in both.values()),
        "side_information": side_information([has for has, _ in sided], [which for _, which in sided]),
    }
