import json
import shutil

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from framing import taxonomy as taxonomies
from framing.data import dataset, leaks
from framing.data.parquet import ParquetSentences
from framing.errors import FramingError
from framing.preparing import build as preparing
from framing.preparing import near

SIDES = ("north", "south", "east", "west")


def row(n):
    """Sixty documents of three sentences, of which two and two have one in common but for its end."""
    words = [
        f"Column {n} said: hamlet {n}, hill {n} and ford {n} were liberated by noon of day {n}.",
        f"Clerk {n // 6} saw {n // 6} windows and {n // 6} doors in village {n // 6} for those of the {SIDES[n % 4]}.",
        f"Rain fell {n} hours on road {n}; post {n} saw field {n} empty and bridge {n} gone.",
    ]
    text = words[n % 3]
    start = text.find("liberated")
    spans = [{"label": "liberation", "start": start, "end": start + 9}] if start >= 0 else []
    labels = [span["label"] for span in spans]
    return {"id": f"s{n}", "document": f"d{n // 3}", "text": text, "labels": labels, "evidence": spans}


@pytest.fixture
def source(tmp_path):
    for k in range(3):
        folder = tmp_path / "in" / f"year={2020 + k}"
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist([row(n) for n in range(k * 60, k * 60 + 60)]), folder / "rows.parquet")
    return tmp_path / "in"


@pytest.fixture
def build(tmp_path, source):
    def build(*, held=15, engine="local", source=source):
        return preparing.build(
            source,
            tmp_path / "out",
            taxonomy="conflict",
            held=held,
            engine=engine,
            workers=2,
            progress=lambda stage, done, total: None,
        )

    return build


@pytest.fixture
def conflict():
    return taxonomies.load("conflict")


def test_every_sentence_is_in_one_split_and_none_crosses(build, tmp_path, conflict):
    facts = build()

    made = dataset.load(tmp_path / "out", conflict)
    stream = ParquetSentences.open(
        tmp_path / "out" / "train", conflict.ids(), [*made.splits["validation"], *made.splits["test"]]
    )
    train = [s for window in stream.windows(50, 0) for s in window]
    everything = [*train, *made.splits["validation"], *made.splits["test"]]
    assert {s.id: s for s in everything}.keys() == {f"s{n}" for n in range(180)}
    assert len(everything) == 180
    assert facts["stream"] == {"folder": "train", "sentences": len(train)}
    assert len(made.splits["validation"]) > 0 < len(made.splits["test"])
    assert not leaks.find({**made.splits, "train": train}).any
    assert all(s.text[e.start : e.end] == "liberated" for s in everything for e in s.evidence)
    assert not (tmp_path / "out" / preparing.WORK).exists()


def test_documents_with_a_near_duplicate_share_a_group(build, tmp_path, monkeypatch):
    monkeypatch.setattr("framing.preparing.build.shutil.rmtree", lambda path: None)
    build()

    groups = json.loads((tmp_path / "out" / preparing.WORK / preparing.GROUPS).read_text())
    assert groups["d0"] == groups["d1"] == "d0"
    assert groups["d58"] == groups["d59"] != "d0"


def test_a_build_that_was_cut_off_goes_on(build, tmp_path, monkeypatch):
    first = build()
    kept = (tmp_path / "out" / "train" / "part-00002.parquet").read_bytes()
    shutil.rmtree(tmp_path / "out")

    def stop(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(preparing, "_finish", stop)
        with pytest.raises(KeyboardInterrupt):
            build()
    marks = {path.name for path in (tmp_path / "out" / preparing.WORK / "done").iterdir()}
    assert marks == {f"{stage}-{k}" for stage in ("grams", "split") for k in range(3)} | {"pairs-0", "near-0"}

    monkeypatch.setattr(near, "GramTask", lambda *arguments: None)  # what is marked is not done again
    assert build() == first
    assert (tmp_path / "out" / "train" / "part-00002.parquet").read_bytes() == kept


def test_the_same_files_give_the_same_dataset_whatever_the_workers(build, tmp_path, source):
    first = build()
    shutil.rmtree(tmp_path / "out")

    again = preparing.build(
        source, tmp_path / "out", taxonomy="conflict", held=15, engine="local", workers=1, progress=lambda *a: None
    )
    assert again == first


@pytest.mark.parametrize("held", [0, 46])
def test_as_much_as_is_left_to_learn_from_must_be_more_than_is_held(build, held):
    with pytest.raises(FramingError, match="no more than a quarter of the 180 sentences"):
        build(held=held)


def test_a_label_that_the_taxonomy_lacks_ends_in_one_line(build, tmp_path):
    (tmp_path / "odd").mkdir()
    pq.write_table(pa.Table.from_pylist([row(n) | {"labels": ["glory"]} for n in range(9)]), tmp_path / "odd/a.parquet")

    with pytest.raises(FramingError, match=r"only labels of the taxonomy .* found \['glory'\] in s0"):
        build(held=1, source=tmp_path / "odd")


def test_other_wishes_for_the_same_folder_are_refused(build):
    build()

    with pytest.raises(FramingError, match="was begun with, found another held"):
        build(held=20)
