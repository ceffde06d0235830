"""Which split a document belongs to: by whole groups, balanced over labels, and never moved once given.

Sechidis et al. (2011), "On the stratification of multi-label data": the group with the rarest label goes where that
label is missed most. Here the unit is a group of documents, and earlier answers are kept: new documents move none.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from framing.errors import FramingError
from framing.schema import Sentence

SHARES: Mapping[str, float] = {"train": 0.60, "validation": 0.15, "test": 0.25}
PERIOD = 1990
"""Where `by_period` cuts: before and after the end of the Cold War."""
SIZE = "(sentences)"
"""Counted beside the labels, so that the splits also keep their shares of sentences."""


def assign(
    documents: Mapping[str, Sequence[Sentence]],
    frozen: Mapping[str, str],
    shares: Mapping[str, float] = SHARES,
) -> dict[str, str]:
    """The split of every document: `frozen` answers first, then new groups where they are missed most."""
    groups = {document: _group(document, sentences) for document, sentences in documents.items()}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for document, sentences in documents.items():
        count(counts[groups[document]], sentences)
    return assign_groups(groups, counts, frozen, shares)


def assign_groups(
    groups: Mapping[str, str],
    counts: Mapping[str, Counter[str]],
    frozen: Mapping[str, str],
    shares: Mapping[str, float] = SHARES,
) -> dict[str, str]:
    """`assign` from the group of each document and what each group holds (`count`), without the sentences."""
    total: Counter[str] = Counter()
    for held in counts.values():
        total.update(held)
    answer = {groups[document]: frozen[document] for document in sorted(groups, reverse=True) if document in frozen}
    have: dict[str, Counter[str]] = {split: Counter() for split in shares}
    for name, split in answer.items():
        have[split].update(counts[name])
    for name in sorted(set(counts) - set(answer), key=lambda g: (_rarest(counts[g], total), hash_of(g))):
        answer[name] = max(shares, key=lambda split: (_missed(counts[name], have[split], total, shares[split]), split))
        have[answer[name]].update(counts[name])
    return {document: answer[name] for document, name in groups.items()}


def count(counts: Counter[str], sentences: Iterable[Sentence]) -> None:
    """Add the sentences and their labels to what a group holds."""
    for sentence in sentences:
        counts[SIZE] += 1
        counts.update(sentence.labels)


def by_conflict(documents: Mapping[str, Sequence[Sentence]], frozen: Mapping[str, str]) -> dict[str, str]:
    """Whole conflicts in one split, so that the test split holds unseen ones; a document of no conflict goes alone."""
    value = {name: str(rows[0].audit.get("conflict") or name) for name, rows in documents.items() if rows}
    joined: dict[str, list[Sentence]] = defaultdict(list)
    for name, rows in documents.items():
        joined[value[name]] += [replace(row, audit={**row.audit, "group": value[name]}) for row in rows]
    answer = assign(joined, {value[name]: split for name, split in frozen.items() if name in value})
    return {name: answer[value[name]] for name in documents}


def by_period(
    documents: Mapping[str, Sequence[Sentence]], frozen: Mapping[str, str], year: int = PERIOD
) -> dict[str, str]:
    """Train and validation before `year`, test from then on; a document without a year is in no split."""
    dated = {name: str(rows[0].audit.get("date", ""))[:4] for name, rows in documents.items()}
    early = {name: documents[name] for name, when in dated.items() if when.isdigit() and int(when) < year}
    late = {name: "test" for name, when in dated.items() if when.isdigit() and int(when) >= year}
    return {**assign(early, frozen, {"train": 0.8, "validation": 0.2}), **late}


Assign = Callable[[Mapping[str, Sequence[Sentence]], Mapping[str, str]], dict[str, str]]
WAYS: Mapping[str, tuple[str, Assign]] = {
    "article": ("splits.json", assign),
    "conflict": ("splits_conflict.json", by_conflict),
    "period": ("splits_period.json", by_period),
}
"""How documents can be split: the file of the frozen answers, and the function that gives new ones."""


def way(by: str) -> tuple[str, Assign]:
    """The row of WAYS; raises FramingError on another name."""
    if by not in WAYS:
        raise FramingError(expected=f"a way to split among {sorted(WAYS)}", found=repr(by), fix="Correct --by.")
    return WAYS[by]


def digest(splits: Mapping[str, str]) -> str:
    """SHA-256 over `document split` lines in order: equal digests, equal splits."""
    lines = "\n".join(f"{document}\t{splits[document]}" for document in sorted(splits))
    return hashlib.sha256(lines.encode()).hexdigest()


def hash_of(name: str) -> str:
    """SHA-256 in hexadecimal: an order that owes nothing to the data."""
    return hashlib.sha256(name.encode()).hexdigest()


def _group(document: str, sentences: Sequence[Sentence]) -> str:
    return str((sentences[0].audit.get("group") if sentences else None) or document)


def _rarest(counts: Counter[str], total: Counter[str]) -> int:
    return min((total[label] for label in counts), default=0)


def _missed(counts: Counter[str], have: Counter[str], total: Counter[str], share: float) -> float:
    """How much of this group's labels the split still lacks, each label in units of its total."""
    return sum((share * total[label] - have[label]) * n / total[label] ** 2 for label, n in counts.items() if n)
