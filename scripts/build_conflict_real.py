"""Make data/conflict_real/annotations.jsonl from the pool and two blind passes; only labels and places are written.

    python scripts/build_conflict_real.py --data-root ../shared/data --first a.jsonl ... --second b.jsonl ...
        [--rulings rulings.jsonl ...] [--voices voices.jsonl ...]

Rows of the passes are {"id", "labels", "evidence": [{"label", "start", "end"}]}; a ruling is such a row with a "rule".
Where both passes give the same labels, the evidence of the first stands; where they differ, the ruling decides; a
sentence without a second vote or a ruling is left out. Rows of voices are {"id", "spans": [{"label", "start", "end",
"voice", "source": [start, end] or null, "distance"}]}.
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from framing import taxonomy as taxonomies
from framing.data import near, splits
from framing.data.corpora import conflict_real
from framing.data.files import write_jsonl, write_text
from framing.data.voice import read_sentence
from framing.schema import Sentence

HOME = Path(__file__).parents[1] / conflict_real.HOME
PLACE = ("id", "repository", "commit", "path", "encoding", "start", "end", "text_sha256", "document", "licence")
AUDIT = {"source": "outlet", "speaker_side": "party", "conflict": "conflict", "date": "date", "sampling": "sampling"}
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", type=Path, required=True)
    parser.add_argument("--first", type=Path, nargs="+", required=True)
    parser.add_argument("--second", type=Path, nargs="+", required=True)
    parser.add_argument("--rulings", type=Path, nargs="*", default=[])
    parser.add_argument("--voices", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    first, second, rulings, voices = map(by_id, (options.first, options.second, options.rulings, options.voices))
    order = {label: k for k, label in enumerate(taxonomies.load("conflict").ids())}
    rows, texts = [], {}
    for source in pool(options.data_root):
        votes = {"pass_a": first.get(source["id"]), "pass_b": second.get(source["id"])}
        decided = decide(votes["pass_a"], votes["pass_b"], rulings.get(source["id"]))
        if decided is None:
            continue
        rows.append(annotation(source, votes, decided, order, voices.get(source["id"], {}).get("spans", [])))
        texts[source["id"]] = source["text"]
    write_jsonl(HOME / conflict_real.ANNOTATIONS, rows)
    documents: dict[str, list[Sentence]] = {}
    for row in rows:
        documents.setdefault(row["document"], []).append(conflict_real.to_sentence(row, texts[row["id"]]))
    for by, (file, assign) in splits.WAYS.items():
        wars = {d: str(own[0].audit["conflict"]) for d, own in documents.items() if own[0].audit["conflict"]}
        together = wars if by == "conflict" else {}
        answer = assigned(documents, HOME / file, splits.assign if together else assign, together)
        write_text(HOME / file, json.dumps(answer, indent=0, sort_keys=True) + "\n")
    print(f"{len(rows)} annotations in {len(documents)} documents, {sum(bool(r['labels']) for r in rows)} with a label")


def by_id(paths: Sequence[Path]) -> dict[str, Row]:
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row for row in map(json.loads, lines)}


def pool(root: Path) -> Iterator[Row]:
    with gzip.open(root / "real_pool/real_pool.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def decide(first: Row | None, second: Row | None, ruling: Row | None) -> Row | None:
    """The row whose labels and evidence stand; None where nothing decides."""
    if first is None or second is None:
        return None
    if ruling is not None:
        return ruling
    return first if set(first["labels"]) == set(second["labels"]) else None


def annotation(
    source: Row, votes: Mapping[str, Row | None], decided: Row, order: Mapping[str, int], spoken: Sequence[Row]
) -> Row:
    """The stand-off row: no text in it, nor any word of evidence."""
    first = votes["pass_a"] or {}
    read = read_sentence(source["text"])
    voices = {placed(span): {k: span[k] for k in ("voice", "source", "distance")} for span in spoken}
    spans = [{**where(span), **voices.get(placed(span), {})} for span in decided["evidence"]]
    return {
        **{key: source[key] for key in PLACE},
        "labels": sorted(decided["labels"], key=order.__getitem__),
        "evidence": sorted(spans, key=lambda e: (order[e["label"]], e["start"])),
        "voice": first.get("voice") or read.voice,
        "voice_by": "pass_a" if first.get("voice") else "rules",
        "distance": read.distance,
        "rule": decided.get("rule"),
        "votes": [vote(by, row, order) for by, row in votes.items() if row],
        "audit": {ours: source[theirs] for theirs, ours in AUDIT.items()},
    }


def vote(by: str, row: Row, order: Mapping[str, int]) -> Row:
    """What one pass gave; evidence where it was kept."""
    given = {"by": by, "labels": sorted(row["labels"], key=order.__getitem__)}
    return given | ({"evidence": [where(span) for span in row["evidence"]]} if row.get("evidence") else {})


def where(span: Row) -> Row:
    return {key: span[key] for key in ("label", "start", "end")}


def placed(span: Row) -> tuple[str, int, int]:
    return span["label"], span["start"], span["end"]


def assigned(
    documents: Mapping[str, list[Sentence]], path: Path, assign: splits.Assign, together: Mapping[str, str]
) -> dict[str, str]:
    """Splits by groups of documents that share a near-duplicate sentence or a value; earlier answers stand."""
    frozen = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    groups = near.group_documents({d: [s.text for s in own] for d, own in documents.items()}, together=together)
    joined: dict[str, list[Sentence]] = {}
    for document, own in documents.items():
        joined.setdefault(groups[document], []).extend(own)
    known = {groups[d]: split for d, split in frozen.items() if d in groups}
    answer = assign(joined, known)
    return {document: answer[groups[document]] for document in documents if groups[document] in answer}


if __name__ == "__main__":
    main()
