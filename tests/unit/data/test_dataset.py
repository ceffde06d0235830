import json
from dataclasses import replace

import pytest

from framing.data import dataset as datasets
from framing.data import gold
from framing.errors import FramingError


@pytest.fixture
def built(gold_folder, toy, conflict):
    gold.write(gold_folder, conflict)
    return gold_folder


def rewrite(path, change):
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_load_gives_what_was_saved(built, toy, conflict):
    loaded = datasets.load(built, conflict)

    assert loaded.digest == toy.digest
    assert loaded.split_digest == toy.split_digest


def test_no_document_crosses_splits(toy):
    homes = [{s.document for s in toy.splits[split]} for split in datasets.SPLITS]

    assert sum(map(len, homes)) == len(set.union(*homes)) == 12


def test_hub_form_has_the_columns_of_the_record(toy):
    hub = toy.to_hub()

    assert set(hub) == {"train", "validation", "test"}
    assert {"id", "text", "labels", "evidence", "voice", "audit"} <= set(hub["train"].column_names)
    assert hub["train"][0]["text"] == toy.splits["train"][0].text


def test_the_written_files_load_with_the_datasets_library(built, tmp_path):
    from datasets import load_dataset

    files = {split: str(built / f"{split}.jsonl") for split in datasets.SPLITS}
    loaded = load_dataset("json", data_files=files, cache_dir=str(tmp_path / "cache"))

    assert sum(len(loaded[split]) for split in datasets.SPLITS) == 60


def test_restricted_drops_other_labels_with_their_evidence(toy):
    narrow = toy.restricted(["liberation"])

    assert {e.label for split in narrow.splits.values() for s in split for e in s.evidence} == {"liberation"}


def test_digest_covers_labels(toy):
    first, *rest = toy.splits["train"]
    other = replace(toy, splits={**toy.splits, "train": [replace(first, labels=("liberation",)), *rest]})

    assert other.digest != toy.digest


def test_a_changed_record_is_noticed(built, conflict):
    rewrite(built / "test.jsonl", lambda rows: rows[0].update(text=rows[0]["text"].upper()))

    with pytest.raises(FramingError, match=r"digest .* of their manifest"):
        datasets.load(built, conflict)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[0].update(labels=["libration"]), r"only labels of conflict/1.0.*\['libration'\]"),
        (lambda rows: rows.append(rows[0]), "every sentence id once"),
        (lambda rows: rows[1]["evidence"].append({"label": "liberation", "start": 1, "end": 999}), "evidence inside"),
        (
            lambda rows: rows[0].update(document="toy-00" if rows[0]["document"] != "toy-00" else "toy-01"),
            "in one split",
        ),
    ],
)
def test_unsound_records_are_refused(built, conflict, change, message):
    rewrite(built / "test.jsonl", change)

    with pytest.raises(FramingError, match=message):
        datasets.load(built, conflict)


def test_a_broken_line_is_named(built, conflict):
    (built / "test.jsonl").write_text("{\n", encoding="utf-8")

    with pytest.raises(FramingError, match=r"line 1 of test.jsonl"):
        datasets.load(built, conflict)


def test_a_folder_without_manifest_is_refused(tmp_path, conflict):
    with pytest.raises(FramingError, match=r"manifest.json, found none"):
        datasets.load(tmp_path, conflict)


def test_another_format_is_refused(built, conflict):
    stated = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    (built / "manifest.json").write_text(json.dumps({**stated, "format": 99}), encoding="utf-8")

    with pytest.raises(FramingError, match="format 99"):
        datasets.load(built, conflict)
