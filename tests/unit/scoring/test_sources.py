import csv
import gzip
import json
from contextlib import closing

import pyarrow as pa
import pytest
from pyarrow import parquet

from framing.data.articles import MAX_BYTES
from framing.errors import FramingError
from framing.scoring.sources import TOO_LONG, Columns, Slice, kind, open_source

ROWS = [{"id": f"d{k}", "text": f'Row {k}, "so" called.\nNext line.'} for k in range(11)]


def as_jsonl(path):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS), encoding="utf-8")


def as_csv(path, delimiter=","):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["other", "text", "id"], delimiter=delimiter)
        writer.writeheader()
        writer.writerows({"other": 1, **row} for row in ROWS)


def as_parquet(path):
    parquet.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=3)


def packed(write, plain):
    def pack(path):
        write(path.with_name(plain))
        path.write_bytes(gzip.compress(path.with_name(plain).read_bytes()))

    return pack


FORMS = {
    "a.jsonl": as_jsonl,
    "a.csv": as_csv,
    "a.tsv": lambda path: as_csv(path, "\t"),
    "a.parquet": as_parquet,
    "a.jsonl.gz": packed(as_jsonl, "a.jsonl"),
    "a.csv.gz": packed(as_csv, "a.csv"),
}


def slices(source, name, rows):
    return [Slice(name, *cut) for cut in source.cut(rows)]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("size", [1, 4, 11, 50])
def test_slices_hold_every_row_once_in_any_order(tmp_path, name, size):
    FORMS[name](tmp_path / name)
    source = open_source(tmp_path / name, Columns())
    pieces = slices(source, name, size)

    for order in (pieces, pieces[::-1]):
        found = sorted((row.number, row.id, row.text) for piece in order for row in source.read(piece))
        assert found == [(k + 1, row["id"], row["text"]) for k, row in enumerate(ROWS)]
    source.close()


def test_a_row_that_is_none_has_a_reason_and_the_others_stand(tmp_path):
    lines = [
        b'{"text": "a"}',
        b"[1]",
        b"{",
        b"",
        b'{"text": "\xff"}',
        b'{"text": "' + b"x" * MAX_BYTES + b'"}',
        b'{"text": "b"}',
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    with closing(open_source(tmp_path / "a.jsonl", Columns())) as source:
        (piece,) = slices(source, "a.jsonl", 50)
        found = list(source.read(piece))

    assert [(row.number, row.reason or row.text) for row in found] == [
        (1, "a"),
        (2, "not a JSON object"),
        (3, "not JSON"),
        (5, "not UTF-8"),
        (6, TOO_LONG),
        (7, "b"),
    ]


def test_records_of_a_csv_with_other_fields_have_a_reason(tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n1,one\n2\n3,three,more\n,four\n", encoding="utf-8")
    with closing(open_source(tmp_path / "a.csv", Columns())) as source:
        (piece,) = slices(source, "a.csv", 50)
        found = list(source.read(piece))

    assert [(row.id, row.text, row.reason) for row in found] == [
        ("1", "one", ""),
        (None, None, "1 fields, not 2"),
        (None, None, "3 fields, not 2"),
        (None, "four", ""),
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_table_without_the_column_is_refused_by_name(tmp_path, name):
    FORMS[name](tmp_path / name)

    with pytest.raises(FramingError, match=r"a column 'body' in .*Name it with --text COLUMN"):
        open_source(tmp_path / name, Columns("body"))


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"no parquet")

    with pytest.raises(FramingError, match=r"a readable file .*a\.parquet"):
        open_source(tmp_path / "a.parquet", Columns())


@pytest.mark.parametrize(
    ("name", "found"), [("x.CSV.GZ", ".csv.gz"), ("x.ndjson", ".ndjson"), ("x.gz", ""), ("x.txt", "")]
)
def test_the_suffix_decides(tmp_path, name, found):
    assert kind(tmp_path / name) == found
