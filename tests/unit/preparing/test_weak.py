import json

import pytest

from framing import taxonomy as taxonomies
from framing.data.parquet import ParquetSentences
from framing.data.weak.functions import Voters
from framing.data.weak.pool import read_pool
from framing.errors import FramingError
from framing.labelling import label_pool
from framing.preparing import weak
from framing.scoring.sources import Columns
from tests.unit.scoring.conftest import SENTENCES, bad_rows, read_parts, write_lines

OWN = 'def rain(sentence):\n    return None if "Rain" in sentence.text else ...\n'


@pytest.fixture
def label(tmp_path, monkeypatch):
    monkeypatch.setattr(weak, "ROWS", 4)

    def label(source, *, functions=None, engine="local"):
        return weak.label(
            source,
            tmp_path / "out",
            taxonomy="conflict",
            functions=functions,
            columns=Columns(),
            engine=engine,
            workers=2,
            progress=lambda done, total: None,
        )

    return label


def rows(n):
    return [{"id": f"s{k}", "document": f"d{k // 2}", "text": SENTENCES[k % 3]} for k in range(n)]


def test_every_row_gets_the_labels_that_the_command_without_an_engine_gives(label, tmp_path):
    source = write_lines(tmp_path / "pool.jsonl", rows(10))
    manifest = label(source)
    voters = Voters(taxonomies.load("conflict"))
    label_pool(
        source, tmp_path / "alone.jsonl", voters, taxonomy="conflict/1.0", aggregate="majority", gold=None, say=print
    )

    alone = list(read_pool(tmp_path / "alone.jsonl"))
    found = read_parts(tmp_path / "out")
    assert [r["id"] for r in found] == [s.id for s in alone]
    assert [r["document"] for r in found] == [s.document for s in alone]
    assert [tuple(r["labels"]) for r in found] == [s.labels for s in alone]
    assert [[(e["label"], e["start"], e["end"]) for e in r["evidence"]] for r in found] == [
        [(e.label, e.start, e.end) for e in s.evidence] for s in alone
    ]
    assert [json.loads(r["provenance"])["votes"] for r in found] == [s.provenance["votes"] for s in alone]
    assert manifest["counts"]["labels"]["liberation"] == sum("liberation" in s.labels for s in alone) > 0
    assert (manifest["parts"], manifest["counts"]["rows"]) == (3, 10)


def test_what_comes_out_can_be_streamed(label, tmp_path):
    label(write_lines(tmp_path / "pool.jsonl", rows(10)))

    assert len(ParquetSentences.open(tmp_path / "out", taxonomies.load("conflict").ids(), ())) == 10


def test_bad_rows_are_named_and_counted(label, tmp_path):
    manifest = label(write_lines(tmp_path / "pool.jsonl", [*rows(2), {"text": 7}, "{"]))

    assert [(r["row"], r["reason"]) for r in bad_rows(tmp_path / "out")] == [
        (3, "the text is not a string"),
        (4, "not JSON"),
    ]
    assert (manifest["counts"]["rows"], manifest["counts"]["sentences"]) == (4, 2)
    assert "2 rows not labelled" in weak.sheet(manifest, tmp_path / "out")


def test_a_job_goes_on_where_it_was_and_refuses_other_functions(label, tmp_path):
    source = write_lines(tmp_path / "pool.jsonl", rows(10))
    first = label(source)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("part-*")}
    (tmp_path / "out" / weak.MANIFEST).unlink()
    (tmp_path / "out" / "part-00001.parquet").unlink()

    assert label(source) == first
    changed = [path for path, time in kept.items() if path.stat().st_mtime_ns != time]
    assert [path.name for path in changed] == ["part-00001.parquet"]
    own = tmp_path / "mine.py"
    own.write_text(OWN, encoding="utf-8")
    with pytest.raises(FramingError, match="was begun with, found another functions"):
        label(source, functions=own)
