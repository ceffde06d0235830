"""Tables as people have them: CSV, TSV, JSONL, Parquet, a Hugging Face dataset by name or folder.

Only this module imports `datasets` and `pyarrow` for reading, inside its functions.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framing.data.corpora.tables import check_columns, read_rows, read_text
from framing.errors import FramingError

NAME = "generic"
DELIMITERS = ",;\t|"


class Record(NamedTuple):
    """The fields of one row by column, where it stands, and the split it came in, if any."""

    where: str
    fields: Mapping[str, Any]
    split: str | None = None


def read_records(root: Path, needs: Sequence[str]) -> Iterator[Record]:
    """The rows of a file, or of a dataset by folder or name; raises FramingError where a needed column is missing."""
    reader = READERS.get(root.suffix.lower())
    if reader is not None:
        return reader(root, needs)
    if root.is_file() or root.suffix.lower() in {".json", ".xlsx", ".xml"}:
        raise FramingError(
            expected=f"a file among {sorted([*READERS, '.json'])}, a folder, or the name of a dataset",
            found=str(root),
            fix="Convert it, to JSONL for instance.",
        )
    return _hub(root, needs)


def _delimited(path: Path, needs: Sequence[str]) -> Iterator[Record]:
    """Parted by the character of `DELIMITERS` that is in the header most often."""
    header = read_text(path, name=NAME).split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=header.count)
    for row in read_rows(path, name=NAME, needs=needs, delimiter=delimiter):
        yield Record(f"line {row.line} of {path}", row.fields)


def _lines(path: Path, needs: Sequence[str]) -> Iterator[Record]:
    for number, line in enumerate(read_text(path, name=NAME).split("\n"), 1):
        if not line.strip():
            continue
        where = f"line {number} of {path}"
        try:
            fields = json.loads(line)
        except json.JSONDecodeError as error:
            raise FramingError(expected=f"a JSON object in {where}", found=error.msg, fix="Mend that line.") from error
        if not isinstance(fields, dict):
            raise FramingError(expected=f"a JSON object in {where}", found=repr(fields), fix="Mend that line.")
        check_columns(sorted(fields), needs, where=where, name=NAME)
        yield Record(where, fields)


def _parquet(path: Path, needs: Sequence[str]) -> Iterator[Record]:
    from pyarrow import ArrowException, parquet

    try:
        table = parquet.read_table(path)
    except (OSError, ArrowException) as error:
        raise FramingError(
            expected=f"a Parquet file {path}", found=str(error).split("\n", maxsplit=1)[0], fix="Check the file."
        ) from error
    check_columns(table.column_names, needs, where=path, name=NAME)
    for number, fields in enumerate(table.select(list(dict.fromkeys(needs))).to_pylist(), 1):
        yield Record(f"row {number} of {path}", fields)


def _hub(root: Path, needs: Sequence[str]) -> Iterator[Record]:
    for split, table in _loaded(root).items():
        check_columns(table.column_names, needs, where=root, name=NAME)
        features = table.features
        for number, row in enumerate(table, 1):
            fields = {column: _named(features[column], row[column]) for column in needs}
            yield Record(f"row {number} of {split or 'the data'} in {root}", fields, split)


def _loaded(root: Path) -> Mapping[str | None, Any]:
    """The tables by split; a dataset that was saved without splits has the split None."""
    from datasets import DatasetDict, load_dataset, load_from_disk
    from datasets.exceptions import DatasetsError

    saved = (root / "dataset_dict.json").is_file() or (root / "state.json").is_file()
    try:
        loaded = load_from_disk(str(root)) if saved else load_dataset(str(root))
    except (DatasetsError, OSError, ValueError) as error:
        raise FramingError(
            expected=f"a file, or a Hugging Face dataset by folder or name, at {str(root)!r}",
            found=str(error).split("\n", maxsplit=1)[0][:200] or type(error).__name__,
            fix="Check the path; a name needs the network.",
        ) from error
    return dict(loaded) if isinstance(loaded, DatasetDict) else {None: loaded}


def _named(feature: Any, value: Any) -> Any:
    """The names that a ClassLabel gives its numbers; any other value as it is."""
    from datasets import ClassLabel

    if isinstance(feature, ClassLabel):
        return feature.int2str(value) if value is not None and value >= 0 else None
    inner = getattr(feature, "feature", None)
    if isinstance(inner, ClassLabel):
        return [inner.int2str(one) for one in value or ()]
    return value


READERS: Mapping[str, Callable[[Path, Sequence[str]], Iterator[Record]]] = {
    ".csv": _delimited,
    ".tsv": _delimited,
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".parquet": _parquet,
}
