"""One dataset from several: every document once, labels of one taxonomy, splits drawn anew by group.

Or by the first of them: its splits stay as they are, and the others, weak labels say, are learnt from alone.

Corpora overlap: SemEval-2023 and NLP4IF hold articles of PTC under the same ids. Of such documents, and of those whose
sentences are mostly near-duplicates, the one of the dataset named first is kept.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from framing import taxonomy as taxonomies
from framing.data import dataset
from framing.data.assemble import Built, assemble
from framing.data.dataset import SPLITS, Dataset
from framing.data.near import SIZE, near_pairs, words_of
from framing.errors import FramingError
from framing.schema import Sentence

FIRST = "first"
"""The way to split that keeps the splits of the dataset named first."""
SAME = 0.5
"""Share of a document's sentences that stand in documents before it, from which it is taken for one of them."""

LabelMap = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Held:
    """A document of one of the datasets."""

    corpus: str
    id: str
    sentences: tuple[Sentence, ...]


def mix(
    folders: Sequence[Path], *, out: Path, by: str = "article", map_file: Path | None = None, allow_leaks: bool = False
) -> Built:
    """The mixture of dataset folders as a dataset in `out`.

    Datasets of another taxonomy than the first are refused, unless `map_file` says for each of their labels which of
    the first taxonomy it is (YAML, `theirs: ours`; `theirs: null` drops it).
    """
    stated = [dataset.read_manifest(folder) for folder in folders]
    known = {one["taxonomy"]: taxonomies.named(one["taxonomy"]) for one in stated}
    loaded = [dataset.load(folder, known[one["taxonomy"]]) for folder, one in zip(folders, stated, strict=True)]
    _check_names([one.name for one in loaded])
    ours = loaded[0].taxonomy
    renamed = [_renamed(one, ours, known[ours].ids(), _read_map(map_file)) for one in loaded]
    kept, left_out = once([document for one in renamed for document in _documents(one)])
    own = by == FIRST
    rows = _as_first(kept, loaded[0]) if own else _together(kept)
    facts: dict[str, Any] = {"mixed": [{"name": one.name, "digest": one.digest} for one in loaded]}
    name = "+".join(one.name for one in loaded)
    built = assemble(name, rows, out=out, by=by, own=own, facts=facts, left_out=left_out, allow_leaks=allow_leaks)
    return replace(built, unit="documents and sentences")


def _together(documents: Sequence[Held]) -> dict[str, list[Sentence]]:
    """All sentences in one split, to be dealt out anew."""
    return {"train": [s for document in documents for s in document.sentences], "validation": [], "test": []}


def _as_first(documents: Sequence[Held], first: Dataset) -> dict[str, list[Sentence]]:
    """Sentences by the splits of the first dataset; those of the others are in train."""
    homes = {s.document: split for split in SPLITS for s in first.splits[split]}
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    for document in documents:
        split = homes[document.id] if document.corpus == first.name else "train"
        rows[split] += document.sentences
    return rows


def once(documents: Sequence[Held]) -> tuple[list[Held], list[str]]:
    """Every document once, the first of its kind, and a line for each that was left out.

    An id that stands for another text in another dataset gets that dataset's name before it.
    """
    copies = _copies(documents)
    kept: dict[str, Held] = {}
    left_out: list[str] = []
    for k, document in enumerate(documents):
        if k in copies:
            first = documents[copies[k]]
            left_out.append(f"{document.id} of {document.corpus}: is {first.id} of {first.corpus}")
        else:
            one = document if document.id not in kept else _prefixed(document)
            kept[one.id] = one
    return list(kept.values()), left_out


def _copies(documents: Sequence[Held]) -> dict[int, int]:
    """For each document that an earlier one of another dataset holds, that one."""
    answer: dict[int, int] = {}
    for k, others in sorted(_met(documents).items()):
        best = max(others, key=lambda other: (len(others[other]), -other))
        if _is_copy(documents[k], documents[best], len(others[best])):
            answer[k] = answer.get(best, best)
    return answer


def _met(documents: Sequence[Held]) -> dict[int, dict[int, set[str]]]:
    """Which texts of a document are near those of an earlier one of another dataset: `met[document][earlier]`."""
    homes: dict[str, list[int]] = defaultdict(list)
    for k, document in enumerate(documents):
        for text in _long(document):
            homes[text].append(k)
    met: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for text, other_text in _alike(list(homes)):
        for k, other in product(homes[text], homes[other_text]):
            if other < k and documents[other].corpus != documents[k].corpus:
                met[k][other].add(text)
    return met


def _long(document: Held) -> list[str]:
    """Its different texts of five words and more, case and punctuation aside."""
    words = (words_of(s.text) for s in document.sentences)
    return list(dict.fromkeys(" ".join(found) for found in words if len(found) >= SIZE))


def _alike(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        yield text, text
    for first, second, _ in near_pairs(texts):
        yield texts[first], texts[second]
        yield texts[second], texts[first]


def _is_copy(document: Held, other: Held, shared: int) -> bool:
    return document.id == other.id or shared >= SAME * len(_long(document))


def _prefixed(document: Held) -> Held:
    name = f"{document.corpus}/{document.id}"
    rows = tuple(replace(s, id=f"{document.corpus}/{s.id}", document=name) for s in document.sentences)
    return Held(document.corpus, name, rows)


def _documents(one: Dataset) -> list[Held]:
    rows: dict[str, list[Sentence]] = defaultdict(list)
    for split in SPLITS:
        for s in one.splits[split]:
            rows[s.document].append(replace(s, audit={**s.audit, "corpus": one.name}))
    return [Held(one.name, document, tuple(sentences)) for document, sentences in rows.items()]


def _renamed(one: Dataset, ours: str, order: Sequence[str], names: LabelMap) -> Dataset:
    if one.taxonomy == ours:
        return one
    labels = {
        label for rows in one.splits.values() for s in rows for label in (*s.labels, *(e.label for e in s.evidence))
    }
    if missing := sorted(labels - set(names)):
        raise FramingError(
            expected=f"datasets of one taxonomy, {ours}, or --map with every label",
            found=f"{one.taxonomy} in {one.name}, without {missing}",
            fix="Write a YAML file of `their label: our label` (null drops it) and name it with --map.",
        )
    if strange := sorted({to for to in names.values() if to is not None} - set(order)):
        raise FramingError(expected=f"labels of {ours} in --map", found=str(strange), fix="Correct the file.")
    return replace(one, splits={k: [_mapped(s, ours, order, names) for s in rows] for k, rows in one.splits.items()})


def _mapped(sentence: Sentence, ours: str, order: Sequence[str], names: LabelMap) -> Sentence:
    given = {names[label] for label in sentence.labels}
    evidence = tuple(replace(e, label=to) for e in sentence.evidence if (to := names[e.label]) is not None)
    return replace(sentence, labels=tuple(n for n in order if n in given), evidence=evidence, taxonomy=ours)


def _read_map(path: Path | None) -> LabelMap:
    if path is None:
        return {}
    try:
        names = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise FramingError(
            expected=f"a label map in {path}", found=str(error).splitlines()[0], fix="Write `their label: our label`."
        ) from error
    if not isinstance(names, dict) or not all(value is None or isinstance(value, str) for value in names.values()):
        raise FramingError(
            expected=f"a label map in {path}", found=type(names).__name__, fix="Write `their label: our label`."
        )
    return names


def _check_names(names: Sequence[str]) -> None:
    if len(names) < 2 or len(set(names)) < len(names):
        raise FramingError(
            expected="two or more datasets of different names", found=str(list(names)), fix="Name other folders."
        )
