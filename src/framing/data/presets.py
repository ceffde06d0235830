"""How the sentences of any corpus are split: by whole groups, so that nothing near crosses, balanced over labels.

A group is documents that share a near-duplicate sentence, and what the preset keeps together as well: an outlet, an
event, a conflict. `time` cuts at two dates, `corpus` tests on the corpus named last. `random` deals single sentences:
it leaks, and the dataset says so.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from framing.data import splits
from framing.data.dataset import SPLITS
from framing.data.near import SIZE, group_documents
from framing.errors import FramingError
from framing.schema import Sentence

RANDOM = "random"
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?(?!\d)")
"""ISO 8601 dates, which sort as text; other forms count as no date."""

Documents = Mapping[str, Sequence[Sentence]]
Assignment = dict[str, str]


def split(sentences: Sequence[Sentence], by: str) -> tuple[dict[str, list[Sentence]], list[str]]:
    """Sentences by split, and a line for each document that is in none; raises FramingError where a split is empty.

    `by` is a name of PRESETS, or RANDOM.
    """
    if by == RANDOM:
        return _dealt(sentences), []
    documents: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        documents[sentence.document].append(sentence)
    assigned = PRESETS[by](documents)
    rows: dict[str, list[Sentence]] = {name: [] for name in SPLITS}
    for document, name in assigned.items():
        rows[name].extend(documents[document])
    if empty := [name for name in SPLITS if not rows[name]]:
        largest = max(Counter(assigned.values()).values(), default=0)
        raise FramingError(
            expected=f"sentences in every split by {by}",
            found=f"none in {empty}, {largest} of {len(documents)} documents in one",
            fix="Use `--by article`, or more groups.",
        )
    return rows, [f"{document}: no {by} to split by" for document in documents if document not in assigned]


def by_article(documents: Documents) -> Assignment:
    """Whole documents, near-duplicates and stated groups (`audit.group`) together."""
    return splits.assign(_grouped(documents, _values(documents, "group")), {})


def by_value(field: str) -> Callable[[Documents], Assignment]:
    """Whole documents, all of one value of the audit field together; those without one as `by_article`."""

    def assign(documents: Documents) -> Assignment:
        values = _values(documents, field)
        if len(set(values.values())) < len(SPLITS):
            raise FramingError(
                expected=f"at least {len(SPLITS)} values of audit.{field}",
                found=str(sorted(set(values.values()))),
                fix="Split by article, or give the field when the corpus is read.",
            )
        return splits.assign(_grouped(documents, values), {})

    return assign


def by_time(documents: Documents) -> Assignment:
    """The oldest to train, the newest to test, one date in one split; a group counts as its newest document.

    A group without a date is in no split.
    """
    dates = {name: found[0] for name, value in _values(documents, "date").items() if (found := DATE.match(value))}
    groups = _groups(documents, {})
    newest: dict[str, str] = {}
    for name, date in dates.items():
        newest[groups[name]] = max(date, newest.get(groups[name], ""))
    dated = {name: newest[groups[name]] for name in documents if groups[name] in newest}
    sizes: Counter[str] = Counter()
    for name, date in dated.items():
        sizes[date] += len(documents[name])
    cut = _cut(sizes)
    return {name: cut[date] for name, date in dated.items()}


def by_corpus(documents: Documents) -> Assignment:
    """The corpus that comes last is the test split, the others are train and validation, by article."""
    corpora = {name: str(rows[0].audit.get("corpus", "")) for name, rows in documents.items()}
    names = list(dict.fromkeys(corpora.values()))
    if len(names) < 2:
        raise FramingError(
            expected="documents of two corpora", found=str(names), fix="Use `framing data mix A B --by corpus`."
        )
    seen = {name: rows for name, rows in documents.items() if corpora[name] != names[-1]}
    answer = splits.assign(_grouped(seen, _values(seen, "group")), {}, {"train": 0.8, "validation": 0.2})
    return {name: answer.get(name, "test") for name in documents}


PRESETS: Mapping[str, Callable[[Documents], Assignment]] = {
    "article": by_article,
    "outlet": by_value("outlet"),
    "event": by_value("event"),
    "conflict": by_value("conflict"),
    "time": by_time,
    "corpus": by_corpus,
}


def _values(documents: Documents, field: str) -> dict[str, str]:
    """The audit field of each document that has one."""
    return {name: str(value) for name, rows in documents.items() if (value := rows[0].audit.get(field))}


def _groups(documents: Documents, together: Mapping[str, str]) -> dict[str, str]:
    texts = {name: [s.text for s in rows] for name, rows in documents.items()}
    return group_documents(texts, together=together, shortest=SIZE)


def _grouped(documents: Documents, together: Mapping[str, str]) -> dict[str, list[Sentence]]:
    """The same documents with their group where `splits.assign` reads it."""
    groups = _groups(documents, together)
    return {
        name: [replace(s, audit={**s.audit, "group": groups[name]}) for s in rows[:1]] + list(rows[1:])
        for name, rows in documents.items()
    }


def _cut(sizes: Mapping[str, int]) -> dict[str, str]:
    """The split of each date: in order, each where the middle of its sentences falls."""
    total, before, answer = sum(sizes.values()), 0, {}
    for date in sorted(sizes):
        middle = (before + sizes[date] / 2) / total
        train, validation = splits.SHARES["train"], splits.SHARES["validation"]
        answer[date] = "train" if middle < train else "validation" if middle < train + validation else "test"
        before += sizes[date]
    return answer


def _dealt(sentences: Sequence[Sentence]) -> dict[str, list[Sentence]]:
    """Single sentences, each where the SHA-256 of its id falls."""
    rows: dict[str, list[Sentence]] = {name: [] for name in SPLITS}
    edges = (splits.SHARES["train"], splits.SHARES["train"] + splits.SHARES["validation"], 1.0)
    for sentence in sentences:
        drawn = int(splits.hash_of(sentence.id)[:8], 16) / 2**32
        rows[next(name for name, edge in zip(SPLITS, edges, strict=True) if drawn < edge)].append(sentence)
    return rows
