import json

import pytest

from framing.data import gold
from framing.errors import FramingError
from tests.conftest import ROOT

SHIPPED = ROOT / "data/conflict_frames"


def test_compiled_files_of_the_shipped_gold_are_current(conflict):
    assert gold.is_current(gold.build(SHIPPED, conflict), SHIPPED)


def test_compiling_twice_says_unchanged(gold_folder):
    assert "built" in gold.compile_folder(gold_folder, "conflict")
    assert "unchanged" in gold.compile_folder(gold_folder, "conflict")


def test_check_refuses_stale_files_and_writes_nothing(gold_folder):
    with pytest.raises(FramingError, match="found older ones"):
        gold.compile_folder(gold_folder, "conflict", check=True)
    assert not (gold_folder / "manifest.json").exists()


def test_a_new_article_moves_no_other(gold_folder, conflict):
    gold.compile_folder(gold_folder, "conflict")
    before = json.loads((gold_folder / "splits.json").read_text(encoding="utf-8"))
    copy = (gold_folder / "articles/toy-00.txt").read_text(encoding="utf-8")
    (gold_folder / "articles/toy-99.txt").write_text(copy, encoding="utf-8")
    gold.compile_folder(gold_folder, "conflict")
    after = json.loads((gold_folder / "splits.json").read_text(encoding="utf-8"))

    assert {name: after[name] for name in before} == before
    assert "toy-99" in after


def test_votes_reach_the_record(gold_folder, conflict):
    (gold_folder / "votes").mkdir()
    vote = {"id": "toy-00:1", "labels": ["liberation"]}
    (gold_folder / "votes/second.jsonl").write_text(json.dumps(vote) + "\n", encoding="utf-8")
    rows = {s.id: s for split in gold.build(gold_folder, conflict).splits.values() for s in split}

    assert rows["toy-00:1"].provenance["votes"] == [{"by": "second", "labels": ["liberation"]}]
    assert rows["toy-01:1"].provenance["votes"] == []


def test_a_folder_without_articles_is_refused(tmp_path, conflict):
    with pytest.raises(FramingError, match=r"articles .* found none"):
        gold.build(tmp_path, conflict)
