"""Your own data: a table, a Hugging Face dataset, a brat folder or a Label Studio export, with a map of its columns.

    framing data build generic --root news.csv --columns text=body,labels=tags --taxonomy mine.yaml --out FOLDER

A row of a table is a sentence as it stands; a text with spans is split into sentences. docs/generic.md has the fields.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from framing import taxonomy as taxonomies
from framing.data.corpora.annotated import Passage, is_annotated, read_passages
from framing.data.corpora.card import Card, Parsed
from framing.data.corpora.cells import check_known, in_order, is_empty, read_evidence, read_labels
from framing.data.corpora.formats import Record, read_records
from framing.data.corpora.passages import read_passage
from framing.data.corpora.tables import split_by_group
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Evidence, Sentence
from framing.taxonomy import Taxonomy

CARD = Card(
    name="generic",
    title="Your own data: CSV, TSV, JSONL, Parquet, Hugging Face, brat, Label Studio",
    url="your own files",
    licence="that of your data",
    citation="that of your data",
    counts={},
)
LABELS: tuple[str, ...] = ()
"""Those of the taxonomy that is named."""
AUDIT = ("outlet", "date", "conflict", "topic", "party", "source_type", "group")
FIELDS = ("text", "labels", "id", "document", "start", "end", "evidence", "split", "language", *AUDIT)
DEFAULTS = {"text": "text", "labels": "labels"}
SPLIT_NAMES = {"train": "train", "test": "test"} | dict.fromkeys(("validation", "valid", "val", "dev"), "validation")
TRAINING = {"train": 0.8, "validation": 0.2}
"""Where the data has a test part and no validation part: the proportion of `splits.SHARES`."""
Placed = tuple[str | None, Sentence]


def parse(root: Path, *, columns: Mapping[str, str] | None = None, taxonomy: str = "conflict") -> Parsed:
    """Sentences by split, and a line for each row without text; raises FramingError for what cannot be right."""
    labels = taxonomies.load(taxonomy)
    if is_annotated(root):
        placed, left_out = _from_passages(root, columns or {}, labels)
    else:
        placed, left_out = _from_rows(root, DEFAULTS | dict(columns or {}), labels)
    return Parsed(_by_split(placed, root), tuple(left_out))


def read_columns(text: str) -> dict[str, str]:
    """The column of each field in `text=body,labels=tags`; raises FramingError on a field there is not."""
    columns: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        field, _, column = pair.partition("=")
        if field not in FIELDS or not column or field in columns:
            near = get_close_matches(field, FIELDS, 1)
            raise FramingError(
                expected=f"FIELD=COLUMN pairs in --columns, each of {sorted(FIELDS)} once",
                found=repr(pair),
                fix=f"Did you mean {near[0]}?" if near and near[0] != field else "Correct that pair.",
            )
        columns[field] = column
    if ("start" in columns) != ("end" in columns):
        raise FramingError(
            expected="start and end in --columns, or none of them", found="one of them", fix="Name both."
        )
    return columns


def _from_rows(root: Path, columns: Mapping[str, str], taxonomy: Taxonomy) -> tuple[list[Placed], list[str]]:
    """A sentence a row; rows that share an id are one sentence with the labels and spans of all."""
    found: dict[str, Placed] = {}
    left_out = []
    indexes: Counter[str] = Counter()
    for number, record in enumerate(read_records(root, list(columns.values())), 1):
        fields = {field: record.fields[column] for field, column in columns.items()}
        if not str(fields["text"] or "").strip():
            left_out.append(f"{record.where}: no text")
            continue
        sentence = _sentence(record.where, f"{root.stem}:{number}", fields, taxonomy)
        if sentence.id in found:
            split, first = found[sentence.id]
            found[sentence.id] = split, _merged(record.where, first, sentence, taxonomy)
            continue
        found[sentence.id] = _split_of(record, fields), replace(sentence, index=indexes[sentence.document])
        indexes[sentence.document] += 1
    return list(found.values()), left_out


def _sentence(where: str, fallback: str, fields: Mapping[str, Any], taxonomy: Taxonomy) -> Sentence:
    text = str(fields["text"])
    name = str(fields.get("id") or fallback)
    evidence = read_evidence(where, text, fields, taxonomy)
    named = {*read_labels(where, fields["labels"], taxonomy), *(e.label for e in evidence)}
    return Sentence(
        id=name,
        document=str(fields.get("document") or name),
        index=0,
        start=0,
        end=len(text),
        text=text,
        labels=in_order(named, taxonomy),
        evidence=evidence,
        language=str(fields.get("language") or taxonomy.language),
        taxonomy=taxonomy.name,
        provenance={"kind": "gold", "by": "generic", "votes": []},
        audit={field: fields[field] for field in AUDIT if not is_empty(fields.get(field))},
    )


def _merged(where: str, first: Sentence, second: Sentence, taxonomy: Taxonomy) -> Sentence:
    if (first.text, first.document) != (second.text, second.document):
        raise FramingError(
            expected=f"the text and document that the id {first.id!r} had before in {where}",
            found="others",
            fix="Give every sentence an id of its own, or leave id out of --columns.",
        )
    labels = in_order({*first.labels, *second.labels}, taxonomy)
    return replace(first, labels=labels, evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))))


def _from_passages(root: Path, columns: Mapping[str, str], taxonomy: Taxonomy) -> tuple[list[Placed], list[str]]:
    if columns and root.is_dir():
        raise FramingError(expected="no --columns for a brat folder", found=str(dict(columns)), fix="Leave it out.")
    column = columns.get("text", DEFAULTS["text"])
    needs = [column, *(name for field, name in columns.items() if field not in {"text", "labels"})]
    passages, left_out = read_passages(root, needs, column)
    placed = []
    for passage in passages:
        check_known(passage.where, [m.label for m in passage.marks] + list(passage.labels or ()), taxonomy)
        fields = {field: passage.fields[name] for field, name in columns.items() if name in passage.fields}
        placed += [(_named_split(passage.where, fields.get("split")), s) for s in _sentences(passage, fields, taxonomy)]
    return placed, left_out


def _sentences(passage: Passage, fields: Mapping[str, Any], taxonomy: Taxonomy) -> Iterator[Sentence]:
    """One for the whole passage where it has labels of its own, else one for each of its sentences."""
    name = str(fields.get("document") or passage.name)
    language = str(fields.get("language") or taxonomy.language)
    provenance = {"kind": "gold", "by": "generic", "votes": list(passage.votes)}
    audit = {field: fields[field] for field in AUDIT if not is_empty(fields.get(field))}
    if passage.labels is None:
        for sentence in read_passage(name, passage.text, passage.marks, taxonomy.ids(), language):
            yield replace(sentence, taxonomy=taxonomy.name, provenance=provenance, audit=audit)
        return
    marks = passage.marks
    yield Sentence(
        id=passage.name,
        document=name,
        index=0,
        start=0,
        end=len(passage.text),
        text=passage.text,
        labels=in_order({*passage.labels, *(mark.label for mark in marks)}, taxonomy),
        evidence=tuple(Evidence(*mark) for mark in marks),
        language=language,
        taxonomy=taxonomy.name,
        provenance=provenance,
        audit=audit,
    )


def _split_of(record: Record, fields: Mapping[str, Any]) -> str | None:
    return _named_split(record.where, fields.get("split") or record.split)


def _named_split(where: str, value: Any) -> str | None:
    if value is None:
        return None
    if str(value).lower() not in SPLIT_NAMES:
        raise FramingError(
            expected=f"a split among {sorted(SPLIT_NAMES)} in {where}", found=repr(value), fix="Correct it."
        )
    return SPLIT_NAMES[str(value).lower()]


def _by_split(placed: Sequence[Placed], root: Path) -> dict[str, list[Sentence]]:
    """The splits as given. Without a validation part one comes out of train; without a test part validation is it."""
    given = {split: [s for name, s in placed if name == split] for split in (*SPLITS, None)}
    present = {split for split, rows in given.items() if rows}
    if present <= {None} or present == {"train"}:
        return split_by_group([s for _, s in placed])
    if "train" not in present or None in present or len(present) == 1:
        raise FramingError(
            expected=f"train and test in the split of every row of {root}",
            found=str(sorted(str(split) for split in present)),
            fix="Leave split out of --columns to have the data split by group.",
        )
    test = given["test"] or given["validation"]
    parts = {"validation": given["validation"]} if given["test"] and given["validation"] else {}
    train = {"train": given["train"], **parts} if parts else split_by_group(given["train"], TRAINING)
    return {"train": train["train"], "validation": train["validation"], "test": test}
