import gzip
import json

import pytest

from framing.data.weak.pool import read_pool, write_pool
from framing.errors import FramingError
from framing.schema import Sentence


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "pool.jsonl"
    path.write_text('{"text": "One.", "document": "d", "source": "wire"}\n\n{"text": "Two.", "id": "x"}\n')
    return path


def test_a_row_needs_only_text_and_the_rest_is_kept_for_audit(pool):
    one, two = read_pool(pool)

    assert (one.id, one.document, one.text, one.end, dict(one.audit)) == ("pool:1", "d", "One.", 4, {"source": "wire"})
    assert (two.id, two.document, dict(two.audit)) == ("x", "x", {})


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_what_is_written_is_read_again(tmp_path, name):
    rows = [Sentence("a", "d", 3, 10, 14, "Über", provenance={"kind": "weak"}, audit={"outlet": "Wire"})]

    write_pool(tmp_path / name, rows)

    assert list(read_pool(tmp_path / name)) == rows
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_records_have_the_form_of_a_datasets_files(tmp_path):
    write_pool(tmp_path / "out.jsonl", [Sentence("a", "d", 0, 0, 3, "Up.", audit={"outlet": "Wire"})])

    record = json.loads((tmp_path / "out.jsonl").read_text())

    assert (record["audit"], record["provenance"]) == ('{"outlet": "Wire"}', "{}")


def test_a_failure_leaves_neither_half_a_file_nor_a_changed_one(tmp_path):
    def rows():
        yield Sentence("a", "d", 0, 0, 3, "Up.")
        raise KeyboardInterrupt

    (tmp_path / "out.jsonl").write_text("before")
    with pytest.raises(KeyboardInterrupt):
        write_pool(tmp_path / "out.jsonl", rows())

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.jsonl", "before")]


@pytest.mark.parametrize("line", ["no json", '["text"]', '{"text": 3}', '{"sentence": "One."}'])
def test_a_bad_row_is_refused_by_line(tmp_path, line):
    path = tmp_path / "pool.jsonl"
    path.write_text(f'{{"text": "One."}}\n{line}\n')

    with pytest.raises(FramingError, match=r"`text` in line 2"):
        list(read_pool(path))


def test_a_missing_or_cut_file_is_refused(tmp_path):
    whole = gzip.compress(b'{"text": "One."}\n' * 1000)
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:-12])
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")

    for name, found in {"none.jsonl": "No such file", "cut.jsonl.gz": "EOFError", "bytes.jsonl": "Unicode"}.items():
        with pytest.raises(FramingError, match=f"a readable JSONL file .*{name}, found {found}"):
            list(read_pool(tmp_path / name))


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(FramingError, match="a place to write"):
        write_pool(tmp_path / "file" / "out.jsonl", [])
