import json

import pytest

from framing.data import dataset, streaming
from framing.data.files import write_jsonl
from framing.errors import FramingError
from framing.schema import Sentence, to_record


def rows(n, **more):
    return [
        Sentence(f"{k}:{i}", f"d{k}", i, 0, 9, f"w{k} x{i} y", ("liberation",) if i == 0 else (),
                 taxonomy="conflict/1.0", audit={"outlet": f"o{k % 5}"}, **more)
        for k in range(n)
        for i in range(4)
    ]  # fmt: skip


def write(path, sentences):
    write_jsonl(path, map(to_record, sentences))
    return path


def test_the_folder_is_what_the_same_sentences_give_in_memory(tmp_path, conflict):
    said = streaming.build_file(write(tmp_path / "pool.jsonl", rows(20)), conflict, out=tmp_path / "out")

    loaded = dataset.load(tmp_path / "out", conflict)
    assert (loaded.digest, loaded.split_digest, loaded.name) == (said["digest"], said["split_digest"], "pool")
    assert said["counts"] == {
        "train": {"documents": 12, "sentences": 48},
        "validation": {"documents": 3, "sentences": 12},
        "test": {"documents": 5, "sentences": 20},
    }
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "test.jsonl",
        "train.jsonl",
        "validation.jsonl",
    ]


def test_an_outlet_stays_in_one_split(tmp_path, conflict):
    streaming.build_file(write(tmp_path / "pool.jsonl", rows(20)), conflict, out=tmp_path / "out", by="outlet")

    homes = {}
    for split, sentences in dataset.load(tmp_path / "out", conflict).splits.items():
        for s in sentences:
            homes.setdefault(s.audit["outlet"], set()).add(split)
    assert [len(where) for where in homes.values()] == [1] * 5


def test_what_cannot_be_streamed_is_refused_and_leaves_no_manifest(tmp_path, conflict):
    path = write(tmp_path / "pool.jsonl", rows(3))
    with pytest.raises(FramingError, match="split a JSONL file among"):
        streaming.build_file(path, conflict, out=tmp_path / "out", by="time")
    with pytest.raises(FramingError, match="a JSONL file"):
        streaming.build_file(tmp_path / "none.jsonl", conflict, out=tmp_path / "out")
    path.write_text(path.read_text() + "[1]\n")
    with pytest.raises(FramingError, match=r"in line 13 of pool\.jsonl"):
        streaming.build_file(path, conflict, out=tmp_path / "out")
    write(path, [Sentence("a", "a", 0, 0, 1, "x", ("moon",))])
    with pytest.raises(FramingError, match=r"only labels of the taxonomy, found \['moon'\]"):
        streaming.build_file(path, conflict, out=tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []


def test_records_may_hold_audit_as_json_text(tmp_path, conflict):
    path = write(tmp_path / "pool.jsonl", rows(4))
    flat = [dataset.flat(json.loads(line)) for line in path.read_text().splitlines()]
    write_jsonl(path, flat)

    assert [s.audit for s in dataset.read_rows(path)] == [s.audit for s in rows(4)]
