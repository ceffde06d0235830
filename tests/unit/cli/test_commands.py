import io
import json
import sys

import pytest

from framing.cli import main

TEXT = "Its men had liberated hamlet 5, the general said. Rain fell on hamlet 3."


@pytest.fixture
def framing(capsys, monkeypatch):
    """Run a command; returns exit status, standard output and standard error."""

    def framing(*words):
        monkeypatch.setattr(sys, "argv", ["framing", *map(str, words)])
        try:
            main.run()
            status = 0
        except SystemExit as end:
            status = end.code or 0
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return framing


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_predict_for_programs(framing, champion, article):
    status, out, _ = framing("predict", article, "--format", "json")

    answered = json.loads(out)
    (document,) = answered["documents"]
    assert status == 0
    assert document["id"] == "article.txt"
    assert [s["text"] for s in document["sentences"]] == [
        "Its men had liberated hamlet 5, the general said.",
        "Rain fell on hamlet 3.",
    ]
    assert [f["label"] for f in document["sentences"][0]["frames"]] == ["liberation"]
    assert (document["sentences"][0]["voice"], document["sentences"][0]["source"]) == ("indirect", "the general")


def test_predict_gives_one_line_a_document_in_order(framing, champion, article, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "b", "text": "One."}\n{"id": "a", "text": "Two. Three."}\n', encoding="utf-8")

    _, out, _ = framing("predict", rows, article, "--format", "jsonl", "--unit", "sentence")

    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["id"], len(line["sentences"])) for line in lines] == [("b", 1), ("a", 1), ("article.txt", 1)]


def test_predict_for_people_names_frame_words_and_source(framing, champion, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))

    status, out, _ = framing("predict", "-")

    assert status == 0
    assert "liberation" in out
    assert "the general" in out
    assert "framing version 1 (linear)" in out


def test_train_and_stats_and_check(framing, champion):
    assert framing("data", "build", "toy", "--check")[0] == 0
    status, out, _ = framing("data", "stats", "toy", "--json")
    assert status == 0
    assert json.loads(out)["documents"] == 12
    assert "liberation" in framing("data", "stats", "toy")[1]


def test_train_prints_the_score_sheet(framing, champion):
    status, out, err = framing("train", "configs/train/toy.yaml", "model.kind=prior", "experiment=other")

    assert status == 0
    assert "macro F1" in out
    assert "training on" in err
    status, out, _ = framing("train", "configs/train/toy.yaml", "model.kind=rules", "experiment=other", "--json")
    assert json.loads(out)["test"]["split"] == "test"


def test_compare_prints_the_sheet_or_json_and_leaves_a_folder(framing, champion, tmp_path):
    for kind in ("prior", "linear"):
        framing("train", "configs/train/toy.yaml", f"model.kind={kind}", f"run=our-{kind}", "experiment=compared")

    status, out, err = framing("compare", "our-prior", "our-linear")
    assert (status, err) == (0, "comparing our-prior, our-linear\n")
    assert "| our-linear against our-prior |" in out
    status, out, _ = framing("compare", "our-prior", "our-linear", "--json", "--out", tmp_path / "report")
    assert [row["name"] for row in json.loads(out)["runs"]] == ["our-prior", "our-linear"]
    assert json.loads((tmp_path / "report" / "comparison.json").read_text(encoding="utf-8")) == json.loads(out)
    one_line(framing("compare", "our-prior", "our-linear", "--out", tmp_path / "report"), "an absent or empty folder")


@pytest.mark.parametrize(
    ("names", "words"),
    [(["none", "toy"], "one run with the id or name 'none'"), (["toy"], "two or more different runs to compare")],
)
def test_runs_that_cannot_be_compared_end_in_one_line(framing, champion, names, words):
    status, out, err = framing("compare", *names)

    assert (status, out) == (2, "")
    assert words in err.splitlines()[-1]


BAD_FILES = {
    "missing.txt": None,
    "empty.txt": b"",
    "blank.txt": b" \n\t",
    "binary.txt": b"\x89PNG\r\n\x1a\n\x00\x00",
    "latin.txt": b"caf\xe9 fell",
    "utf16.txt": "fell".encode("utf-16"),
    "huge.txt": b"x" * (50 * 2**20),
    "page.html": b"<html></html>",
    "rows.jsonl": b'{"id": 1}\n',
    "same.jsonl": b'{"id": 1, "text": "a"}\n{"id": 1, "text": "b"}\n',
    "report.pdf": b"%PDF",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_articles_end_in_one_line_and_status_2(framing, champion, tmp_path, name):
    if BAD_FILES[name] is not None:
        (tmp_path / name).write_bytes(BAD_FILES[name])

    one_line(framing("predict", tmp_path / name), "framing: expected")


def test_a_directory_is_no_article(framing, champion, tmp_path):
    one_line(framing("predict", tmp_path), "found a directory")


def one_line(result, words):
    status, out, err = result
    assert status == 2
    assert out == ""
    assert words in err.splitlines()[-1]
    assert [line.split(":")[0] for line in err.splitlines()[:-1]] in ([], ["toy"])  # progress at most


GOOD = "---\nconflict: X\nsides: [A, B]\nsource_type: agency\noutlet: O\ndate: 2020-01-01\n---\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("They [won]{victory}. {party=A}\n", "victory"),
        ("They [won{liberation}.\n", "line 8"),
        ("", "expected"),
    ],
)
def test_bad_gold_ends_in_one_line(framing, tmp_path, body, words):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(GOOD + body, encoding="utf-8")

    one_line(framing("data", "build", tmp_path), words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"labels": ["victory"]}, "['victory'] in sentence"),
        ({"evidence": [{"label": "liberation", "start": 0, "end": 9999}]}, "found liberation at 0:9999"),
        ({"colour": 1}, "found ['colour']"),
    ],
)
def test_bad_records_end_in_one_line(framing, champion, tmp_path, change, words):
    folder = copied(champion, tmp_path)
    path = folder / "train.jsonl"
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([json.dumps(json.loads(first) | change), *rest]) + "\n", encoding="utf-8")

    one_line(framing("train", "configs/train/toy.yaml", f"dataset={folder}"), words)


def test_a_repeated_id_ends_in_one_line(framing, champion, tmp_path):
    folder = copied(champion, tmp_path)
    path = folder / "train.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[0]]) + "\n", encoding="utf-8")

    one_line(framing("train", "configs/train/toy.yaml", f"dataset={folder}"), "twice")


def copied(champion, tmp_path):
    import shutil

    return shutil.copytree(champion / "toy", tmp_path / "copy")


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["seed=many"], "sound value for 'seed'"),
        (["sed=1"], "nearest known key is 'seed'"),
        (["dataset=none"], "a dataset folder with manifest.json"),
        (["taxonomy=none"], "a taxonomy among"),
        (["model.kind=encoder", "model.base=toy"], "base model folder"),
    ],
)
def test_bad_settings_end_in_one_line(framing, champion, overrides, words):
    one_line(framing("train", "configs/train/toy.yaml", *overrides, "experiment=bad"), words)


def test_no_such_model_ends_in_one_line(framing, store, article):
    one_line(framing("predict", article, "--model", "models:/framing@previous"), "Train one with `make run`")


def test_a_store_that_cannot_be_written_ends_in_one_line(framing, champion, article, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////proc/none/mlflow.db")

    one_line(framing("train", "configs/train/toy.yaml"), "an MLflow store that can be read and written")


def test_a_model_folder_without_a_model_ends_in_one_line(framing, article, tmp_path):
    one_line(framing("predict", article, "--model", tmp_path), "a model folder with framing.json")


def test_a_wrong_option_ends_with_status_2(framing):
    status, _, err = framing("predict", "--colour")

    assert status == 2
    assert "Traceback" not in err


@pytest.fixture
def disputed(store):
    from framing.data import corrections

    for label, verdict in [("liberation", "absent"), ("heroic_sacrifice", "present")]:
        row = {"id": "reader-1", "document": "", "text": "They freed it.", "label": label, "verdict": verdict}
        row |= {"labels": ["liberation"], "evidence": [], "taxonomy": "conflict/1.0", "provenance": {}}
        corrections.append(store / "runs" / corrections.PLACE, row)
    return store


def test_corrections_become_votes_that_agreement_reads(framing, disputed):
    status, out, _ = framing("data", "corrections")
    assert (status, json.loads(out)) == (0, {"id": "reader-1", "document": "reader-1", "labels": ["heroic_sacrifice"]})

    assert framing("data", "corrections", "--out", "votes.jsonl")[1] == "1 sentences to votes.jsonl\n"
    assert framing("agreement", "votes.jsonl", "votes.jsonl")[0] == 0


def test_corrections_become_records(framing, disputed):
    inbox = disputed / "runs" / "corrections" / "inbox.jsonl"
    status, out, _ = framing("data", "corrections", "--format", "records", "--inbox", inbox)

    record = json.loads(out)
    assert (status, record["text"], record["labels"]) == (0, "They freed it.", ["heroic_sacrifice"])


def test_corrections_of_a_project_without_any_are_refused_in_one_line(framing, store):
    status, out, err = framing("data", "corrections")

    assert (status, out, len(err.splitlines())) == (2, "", 1)
