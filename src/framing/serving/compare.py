"""Documents on one event, compared: which frames each uses, how often, in whose voice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from framing.schema import VOICES


def compare(documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts a document, what all share, what one has alone; `documents` as in the answer, two or more."""
    rows = [_profile(document) for document in documents]
    used = [set(row["frames"]) for row in rows]
    order = sorted(set().union(*used))
    counts = Counter(label for labels in used for label in labels)
    return {
        "documents": rows,
        "shared": [label for label in order if counts[label] == len(rows)],
        "exclusive": {
            row["id"]: [label for label in order if label in labels and counts[label] == 1]
            for row, labels in zip(rows, used, strict=True)
        },
    }


def _profile(document: Mapping[str, Any]) -> dict[str, Any]:
    sentences = document["sentences"]
    frames: dict[str, dict[str, Any]] = {}
    for sentence in sentences:
        for frame in sentence["frames"]:
            row = frames.setdefault(
                frame["label"], {"sentences": [], "voices": dict.fromkeys(VOICES, 0), "sources": []}
            )
            row["sentences"].append(sentence["index"])
            who = frame["evidence"][0] if frame["evidence"] else sentence
            row["voices"][who["voice"]] += 1
            if who["source"] and who["source"] not in row["sources"]:
                row["sources"].append(who["source"])
    return {
        "id": document["id"],
        "sentences": len(sentences),
        "frames": {label: _counted(frames[label], len(sentences)) for label in sorted(frames)},
    }


def _counted(row: Mapping[str, Any], sentences: int) -> dict[str, Any]:
    count = len(row["sentences"])
    return {"count": count, "share": round(count / sentences, 4), **row}
