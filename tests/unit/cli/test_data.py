import json
import sys

import pytest

from framing.cli import main, output
from framing.data import gold
from framing.data.files import write_jsonl
from framing.schema import Sentence, to_record


@pytest.fixture
def framing(capsys, monkeypatch, tmp_path):
    """Run a `framing data` command in an empty folder with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def framing(*words):
        monkeypatch.setattr(sys, "argv", ["framing", "data", *map(str, words)])
        try:
            main.run()
            status = 0
        except SystemExit as end:
            status = end.code or 0
        return status, *capsys.readouterr()

    return framing


def test_list_names_every_corpus(framing):
    _, out, _ = framing("list", "--json")
    _, said, _ = framing("list")

    assert {"conflict_real", "ptc"} <= {row["name"] for row in json.loads(out)}
    assert "get: register at https://propaganda" in said


def test_check_of_a_sound_dataset_and_of_a_leaky_one(framing, gold_folder):
    gold.compile_folder(gold_folder, "conflict")
    status, out, _ = framing("check", gold_folder, "--json")
    facts = json.loads(out)
    assert (status, facts["leaks"]["leak"], facts["documents"]) == (0, False, 12)

    status, out, _ = framing("build", gold_folder, "--by", "random", "--allow-leaks", "--out", "r", "--json")
    assert json.loads(out)["leaky"] is True
    status, out, _ = framing("check", "r")
    assert status == 0
    assert "leaky: True" in out
    assert "11 shared documents" in out


def test_check_of_a_dataset_that_leaks_is_a_mistake(framing, tmp_path):
    words = "the ministry said on tuesday that the bridge had been taken"
    rows = [Sentence(f"{k}", f"d{k}", 0, 0, 1, words if k < 20 else "rain", taxonomy="conflict/1.0") for k in range(20)]
    write_jsonl(tmp_path / "pool.jsonl", map(to_record, rows))

    assert framing("build", "pool.jsonl")[0] == 0
    status, out, err = framing("check", "runs/datasets/pool")

    assert status == 2
    assert "pairs across splits" in out
    assert err.startswith("framing: expected no document and no near-duplicate sentence")


def test_random_without_consent_is_a_mistake(framing, gold_folder):
    status, _, err = framing("build", gold_folder, "--by", "random", "--out", "r")

    assert (status, "--allow-leaks" in err) == (2, True)


def test_mix_of_two_folders(framing, gold_folder):
    for name, by in (("one", "article"), ("two", "conflict")):
        gold.compile_folder(gold_folder, "conflict", by=by, out=gold_folder.parent / name)

    status, out, _ = framing("mix", "one", "two", "--out", "both", "--json")
    made = json.loads(out)

    assert status == 0
    assert sum(made["sentences"].values()) == 60
    assert len(made["left_out"]) == 12


def test_fetch_of_a_corpus_on_registration_and_without_its_licence(framing):
    status, _, err = framing("fetch", "ptc")
    assert (status, "Register at https://propaganda" in err, "cache/framing/ptc" in err) == (2, True, True)

    status, _, err = framing("fetch", "conflict_real", "--host", "http://127.0.0.1:9")
    assert (status, "--accept-licence" in err) == (2, True)


def test_a_question_is_asked_on_a_terminal_only(monkeypatch):
    assert output.confirm() is None
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda question, err: (question, err))

    assert output.confirm()("Accept it?") == ("Accept it?", True)


def test_the_bar_is_silent_where_nobody_looks(capsys):
    with output.progress_bar() as bar:
        bar("a", 10, 100)
        bar("a", 100, None)

    assert capsys.readouterr() == ("", "")
