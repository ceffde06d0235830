"""Write what is counted in the datasheets of both corpora: between `<!-- counts -->` or `<!-- agreement -->` and end.

python scripts/write_datasheets.py [--check]
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from framing import taxonomy as taxonomies
from framing.data import dataset, stats
from framing.data.corpora import conflict_real
from framing.data.files import write_text
from framing.data.votes import Vote, paired, read_votes
from framing.evaluation.agreement import agree
from framing.evaluation.sheet import agreement_sheet
from framing.schema import DISTANCES, VOICES

DATA = Path(__file__).parents[1] / "data"
FRAMES, REAL = DATA / "conflict_frames", DATA / "conflict_real"
TAXONOMY = taxonomies.load("conflict")
ERAS = (1900, 1950, 1990, 2100)
Row = Mapping[str, Any]


def main(*, check: bool) -> None:
    real = conflict_real.read_annotations(REAL)
    parts = {
        FRAMES / "README.md": {"counts": frames_counts(), "agreement": frames_agreement()},
        REAL / "README.md": {"counts": real_counts(real), "agreement": real_agreement(real)},
    }
    for page, blocks in parts.items():
        before = page.read_text(encoding="utf-8")
        after = before
        for name, block in blocks.items():
            after = re.sub(
                rf"<!-- {name} -->\n.*?<!-- end -->",
                lambda _, n=name, b=block: f"<!-- {n} -->\n{b.rstrip()}\n<!-- end -->",
                after,
                flags=re.DOTALL,
            )
        if check and after != before:
            sys.exit(f"{page.parent.name}/README.md is stale: run `python scripts/write_datasheets.py`")
        if after != before:
            write_text(page, after)


def frames_counts() -> str:
    """Size, spread, voices, and a row a label."""
    built = dataset.load(FRAMES, TAXONOMY)
    counted = stats.count(built, TAXONOMY)
    sizes = counted["sentences"]
    wars = [c for c in counted["conflicts"] if not c.startswith("LOCAL")]
    facts = (
        f"{sum(sizes.values()):,} sentences ({', '.join(f'{k} {v:,}' for k, v in sizes.items())}) in "
        f"{counted['documents']} articles about {len(wars)} conflicts; {counted['empty']:.1%} of them are empty. "
        f"Voice: {shares(counted['voice'])}. Distance: {shares(counted['distance'])}. Labels a sentence: "
        f"{', '.join(f'{k}: {v:,}' for k, v in counted['labels_per_sentence'].items())}. Digest `{built.digest[:12]}`. "
        "Counted by `framing data stats data/conflict_frames`.\n\n"
    )
    head = ["label", "n", "side 1", "side 2", "near", "mention", "wars with both sides", "MI (nats)"]
    keys = ("positives", "first", "second", "near", "mentions", "conflicts")
    rows = [
        [name, *(str(row[k]) for k in keys), f"{row['side_information']:.4f}"]
        for name, row in counted["labels"].items()
    ]
    return facts + table(head, rows)


def frames_agreement() -> str:
    """The writers' labels, as they stood before any ruling, against those of readers who did not see them."""
    first, second = (read_votes(FRAMES / "votes" / f"{name}.jsonl", TAXONOMY) for name in ("writer", "reader_b"))
    voices = voice_agreement(spans("writer"), spans("voice_reader"))
    return f"`writer` against `reader_b`, {compared(first, second)}\n{voices}"


def spans(name: str) -> dict[tuple[str, str, int, int], Row]:
    """The spans that a file of votes describes, by sentence, label and place."""
    lines = (FRAMES / "votes" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return {(row["id"], s["label"], s["start"], s["end"]): s for row in rows for s in row["spans"]}


def voice_agreement(first: Mapping[Any, Row], second: Mapping[Any, Row]) -> str:
    """Share of spans with the same value and Krippendorff's nominal alpha, for voice and distance."""
    import krippendorff

    shared = [key for key in first if key in second]
    lines = []
    for name, values in (("voice", VOICES), ("distance", DISTANCES)):
        codes = [[values.index(coder[key][name]) for key in shared] for coder in (first, second)]
        alpha = krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal")
        equal = np.mean([one == other for one, other in zip(*codes, strict=True)])
        lines.append(f"{name}: {equal:.3f} equal, alpha {alpha:.3f}")
    return f"`writer` against `voice_reader`, n = {len(shared)} spans in use. {'; '.join(lines)}."


def real_counts(rows: Sequence[Row]) -> str:
    """Size, splits, sources, eras, licences, and a row a label."""
    split_of = conflict_real.read_splits(REAL)
    splits = Counter(split_of[row["document"]] for row in rows)
    labelled = sum(bool(row["labels"]) for row in rows)
    eras = Counter(era(row["audit"]["date"]) for row in rows)
    ruled = sum(row["rule"] is not None for row in rows)
    documents, repositories = ({row[key] for row in rows} for key in ("document", "repository"))
    facts = (
        f"{len(rows):,} sentences ({', '.join(f'{s} {splits[s]:,}' for s in dataset.SPLITS)}) of "
        f"{len(documents):,} documents in {len(repositories)} repositories; "
        f"{labelled:,} with a label; {ruled} decided by a third reader. Dates: {listed(eras)}. "
        f"Drawn: {listed(Counter(row['audit']['sampling'] for row in rows))}.\n\n"
    )
    sources = Counter((row["audit"]["outlet"], row["licence"]) for row in rows)
    return (
        facts
        + table(["source", "licence of the text", "sentences"], [[a, b, str(n)] for (a, b), n in sources.most_common()])
        + "\n"
        + table(["label", "n", *dataset.SPLITS], list(label_rows(rows, split_of)))
    )


def label_rows(rows: Sequence[Row], split_of: Mapping[str, str]) -> Iterator[list[str]]:
    for label in TAXONOMY.ids():
        homes = Counter(split_of[row["document"]] for row in rows if label in row["labels"])
        yield [label, str(sum(homes.values())), *(str(homes[split]) for split in dataset.SPLITS)]


def real_agreement(rows: Sequence[Row]) -> str:
    """The two blind passes against each other."""
    passes = [
        {
            row["id"]: Vote(frozenset(vote["labels"]), row["document"])
            for row in rows
            for vote in row["votes"]
            if vote["by"] == by
        }
        for by in ("pass_a", "pass_b")
    ]
    return f"`pass_a` against `pass_b`, {compared(*passes)}"


def compared(first: Mapping[str, Vote], second: Mapping[str, Vote]) -> str:
    one, other, documents = paired(first, second, TAXONOMY.ids())
    return agreement_sheet(agree(one, other, documents, labels=TAXONOMY.ids()), documents)


def era(date: str) -> str:
    year = int(date[:4]) if date[:4].isdigit() else None
    return "undated" if year is None else f"before {ERAS[int(np.searchsorted(ERAS, year, side='right'))]}"


def listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in sorted(counts.items()))


def shares(counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    return ", ".join(f"{name} {n / total:.0%}" for name, n in counts.items())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
    main(check=parser.parse_args().check)
