"""The user's own tables: what they may look like, and every refusal in one clear line."""

import json

import pytest

from framing.cli import main
from framing.data import corpora, dataset
from framing.data.corpora import generic
from framing.errors import FramingError
from framing.taxonomy import load

MINE = """id: mine
version: "1"
title: My labels
labels:
  - {id: victory, name: Victory, definition: A win is claimed.}
  - {id: "retreat,ordered", name: Retreat, definition: A retreat is called a plan.}
"""
ONE = MINE.split('  - {id: "retreat', maxsplit=1)[0]


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE, encoding="utf-8")
    return str(path)


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path, taxonomy, **columns):
    found = generic.parse(path, columns=columns, taxonomy=taxonomy)
    return sorted((s for own in found.splits.values() for s in own), key=lambda s: int(s.id.rsplit(":", 1)[-1]))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'text,labels\n"We won, they fled.",victory\nRain.,\nBoth.,"victory;retreat,ordered"\n'),
        ("b.csv", 'labels;text\nvictory;We won, they fled.\n;Rain.\nvictory|retreat,ordered;Both.\n'),
        ("c.tsv", "text\tlabels\nWe won, they fled.\t['victory']\nRain.\t[]\n"
         'Both.\t["victory", "retreat,ordered"]\n'),
        ("d.jsonl", '{"text": "We won, they fled.", "labels": ["victory"]}\n\n{"text": "Rain.", "labels": null}\n'
         '{"text": "Both.", "labels": ["retreat,ordered", "victory"], "more": 1}\n'),
    ],
)  # fmt: skip
def test_tables_of_every_kind_give_the_same_sentences(tmp_path, mine, name, text):
    rows = read(written(tmp_path, name, text), mine)

    assert [(s.text, s.labels) for s in rows] == [
        ("We won, they fled.", ("victory",)),
        ("Rain.", ()),
        ("Both.", ("victory", "retreat,ordered")),
    ]


def test_parquet_gives_lists_as_they_are(tmp_path, mine):
    import pandas as pd

    frame = pd.DataFrame({"body": ["We won.", "Rain."], "tags": [["victory"], []], "n": [1, 2]})
    frame.to_parquet(tmp_path / "a.parquet")

    assert [s.labels for s in read(tmp_path / "a.parquet", mine, text="body", labels="tags")] == [("victory",), ()]


def test_columns_are_mapped_and_facts_go_to_audit(tmp_path, mine):
    text = "n,body,tags,url,site,day\n7,We won.,victory,u1,Wire,2019-08-04\n8,Rain.,,u1,,\n"
    columns = generic.read_columns("id=n,text=body,labels=tags,document=url,outlet=site,date=day")
    first, second = read(written(tmp_path, "a.csv", text), mine, **columns)

    assert (first.id, first.document, first.index, second.index) == ("7", "u1", 0, 1)
    assert {k: first.audit[k] for k in ("outlet", "date")} == {"outlet": "Wire", "date": "2019-08-04"}
    assert "outlet" not in second.audit


def test_start_and_end_are_the_evidence_of_the_row_and_rows_of_one_id_are_one_sentence(tmp_path, mine):
    text = 'n,text,labels,a,b\n1,We won and left.,victory,3,6\n1,We won and left.,"retreat,ordered",11,15\n2,Rain.,,,\n'
    rows = read(written(tmp_path, "a.csv", text), mine, id="n", start="a", end="b")

    assert [(e.label, rows[0].text[e.start : e.end]) for e in rows[0].evidence] == [
        ("victory", "won"),
        ("retreat,ordered", "left"),
    ]
    assert (rows[0].labels, rows[1].evidence) == (("victory", "retreat,ordered"), ())


@pytest.mark.parametrize(
    "spans", ['[{"label": "victory", "start": 3, "end": 6}]', "[{'label': 'victory', 'start': 3, 'end': 6}]"]
)
def test_a_column_of_spans_is_evidence_and_names_the_label(tmp_path, mine, spans):
    path = written(tmp_path, "a.jsonl", json.dumps({"text": "We won.", "labels": "", "spans": spans}))
    found = read(path, mine, evidence="spans")[0]

    assert found.labels == ("victory",)
    assert found.text[found.evidence[0].start : found.evidence[0].end] == "won"


def test_one_label_may_be_answered_with_yes_and_no(tmp_path):
    taxonomy = str(written(tmp_path, "one.yaml", ONE))
    path = written(tmp_path, "a.csv", "text,labels\na,1\nb,0\nc,TRUE\nd,no\ne,victory\n")

    assert [s.labels for s in read(path, taxonomy)] == [("victory",), (), ("victory",), (), ("victory",)]


def test_a_row_without_text_is_left_out(tmp_path, mine):
    path = written(tmp_path, "a.csv", "text,labels\na,victory\n ,victory\n")

    assert generic.parse(path, taxonomy=mine).left_out == (f"line 3 of {path}: no text",)


def table(splits):
    return "text,labels,part\n" + "".join(f"sentence number {n},,{part}\n" for n, part in enumerate(splits))


def sizes(path, taxonomy):
    found = generic.parse(path, columns={"split": "part"}, taxonomy=taxonomy).splits
    return {split: len(rows) for split, rows in found.items()}


@pytest.mark.parametrize(
    ("splits", "expected"),
    [
        (["train"] * 5 + ["dev", "test", "TEST"], {"train": 5, "validation": 1, "test": 2}),
        (["train"] * 10 + ["test"], {"train": 8, "validation": 2, "test": 1}),
        (["train"] * 10 + ["val"], {"train": 8, "validation": 2, "test": 1}),
        (["train"] * 20, {"train": 12, "validation": 3, "test": 5}),
    ],
)
def test_splits_are_taken_as_given_and_what_is_missing_comes_out_of_train(tmp_path, mine, splits, expected):
    assert sizes(written(tmp_path, "a.csv", table(splits)), mine) == expected


@pytest.mark.parametrize(
    ("splits", "match"),
    [
        (["train", "trian"], r"a split among .* in line 3 of .*, found 'trian'"),
        (["test", "dev"], r"train and test in the split .* found \['test', 'validation'\]"),
        (["test"], r"train and test in the split .* found \['test'\]"),
    ],
)
def test_splits_that_cannot_be_used_are_refused(tmp_path, mine, splits, match):
    with pytest.raises(FramingError, match=match):
        sizes(written(tmp_path, "a.csv", table(splits)), mine)


@pytest.mark.parametrize(
    ("name", "text", "match"),
    [
        ("a.csv", "text,labels\na,victroy\n",
         r"labels among \['retreat,ordered', 'victory'\] of mine/1 in line 2 .*\['victroy'\]"),
        ("a.csv", "text,tags\na,b\n",
         r"the columns \['labels', 'text'\] of generic in .*a.csv, found \['tags', 'text'\]"),
        ("a.jsonl", '{"text": "a"}\n', r"the columns .* in line 1 of .*a.jsonl, found \['text'\]"),
        ("a.jsonl", "{\n", "a JSON object in line 1"),
        ("a.jsonl", "[1]\n", r"a JSON object in line 1 of .*, found \[1\]"),
        ("a.csv", "text,labels\na,[victory\n", r"a list in line 2 of .*, found '\[victory'"),
        ("a.parquet", "no parquet", "a Parquet file"),
        ("a.xlsx", "x", "a file among"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, mine, name, text, match):
    with pytest.raises(FramingError, match=match) as refusal:
        read(written(tmp_path, name, text), mine)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("low", "high"), [("3", "99"), ("6", "3"), ("-1", "3"), ("x", "3"), ("", "3"), ("1.5", "3")])
def test_bad_offsets_name_their_line(tmp_path, mine, low, high):
    path = written(tmp_path, "a.csv", f"text,labels,a,b\nWe won.,victory,{low},{high}\n")

    with pytest.raises(FramingError, match=r"start and end inside the 7 characters of the text in line 2"):
        read(path, mine, start="a", end="b")


@pytest.mark.parametrize("spans", [[3], [{"label": "victory"}]])
def test_bad_spans_are_refused(tmp_path, mine, spans):
    path = written(tmp_path, "a.jsonl", json.dumps({"text": "We won.", "labels": [], "spans": spans}))

    with pytest.raises(FramingError, match=r"evidence as .* in line 1"):
        read(path, mine, evidence="spans")


def test_rows_of_one_id_need_one_text(tmp_path, mine):
    with pytest.raises(FramingError, match="the text and document that the id '1' had before in line 3"):
        read(written(tmp_path, "a.csv", "text,labels,n\na,,1\nb,,1\n"), mine, id="n")


def test_another_encoding_is_refused(tmp_path, mine):
    (tmp_path / "a.csv").write_bytes("text,labels\nfür,\n".encode("latin-1"))

    with pytest.raises(FramingError, match=r"UTF-8 text in .*found another encoding \(byte 13\)"):
        read(tmp_path / "a.csv", mine)


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ("txt=body", "'txt=body'. Did you mean text?"),
        ("text", "'text'"),
        ("text=a,text=b", "'text=b'"),
        ("start=a", "start and end in --columns, or none"),
    ],
)
def test_column_maps_are_checked(columns, match):
    with pytest.raises(FramingError, match=match.replace("?", r"\?")):
        generic.read_columns(columns)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def test_a_saved_hugging_face_dataset_keeps_its_splits_and_names(tmp_path, mine, cache):
    from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

    names = ClassLabel(names=["victory", "retreat,ordered"])
    features = Features({"text": Value("string"), "labels": List(names), "one": names})
    parts = {
        split: Dataset.from_dict({"text": [f"{split} row"], "labels": [[1]], "one": [0]}, features=features)
        for split in ("train", "validation", "test")
    }
    DatasetDict(parts).save_to_disk(tmp_path / "saved")

    many = generic.parse(tmp_path / "saved", taxonomy=mine).splits
    one = generic.parse(tmp_path / "saved", columns={"labels": "one"}, taxonomy=mine).splits
    assert [(s.text, s.labels) for s in many["test"]] == [("test row", ("retreat,ordered",))]
    assert [s.labels for s in one["train"]] == [("victory",)]


def test_a_folder_of_tables_is_a_hugging_face_dataset(tmp_path, mine, cache):
    (tmp_path / "data").mkdir()
    for split in ("train", "test"):
        rows = "".join(json.dumps({"body": f"{split} {n}", "labels": ["victory"]}) + "\n" for n in range(5))
        (tmp_path / "data" / f"{split}.jsonl").write_text(rows, encoding="utf-8")
    found = generic.parse(tmp_path / "data", columns={"text": "body"}, taxonomy=mine).splits

    assert {split: len(rows) for split, rows in found.items()} == {"train": 4, "validation": 1, "test": 5}


def test_a_dataset_without_splits_is_split(tmp_path, mine):
    from datasets import Dataset

    Dataset.from_dict({"text": [f"row {n}" for n in range(20)], "labels": [""] * 20}).save_to_disk(tmp_path / "saved")

    assert {len(rows) for rows in generic.parse(tmp_path / "saved", taxonomy=mine).splits.values()} == {12, 3, 5}


def test_a_name_that_cannot_be_had_is_refused(tmp_path, mine, cache, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(FramingError, match="a file, or a Hugging Face dataset by folder or name, at 'nobody/nothing'"):
        generic.parse(generic.Path("nobody/nothing"), taxonomy=mine)


def test_the_command_builds_a_dataset_and_refuses_with_status_2(tmp_path, mine, monkeypatch, capsys):
    path = written(tmp_path, "a.csv", "body,tags\n" + "".join(f"sentence {n},victory\n" for n in range(20)))
    words = [
        "framing",
        "data",
        "build",
        "generic",
        "--root",
        str(path),
        "--taxonomy",
        mine,
        "--out",
        str(tmp_path / "o"),
    ]

    def run(*more):
        monkeypatch.setattr("sys.argv", [*words, *more])
        with pytest.raises(SystemExit) as end:
            main.run()
        return end.value.code, capsys.readouterr()

    status, said = run("--columns", "text=body,labels=tags")
    assert (status, said.err) == (0, "")
    assert sum(len(rows) for rows in dataset.load(tmp_path / "o", load(mine)).splits.values()) == 20

    status, said = run()
    assert status == 2
    assert said.err.startswith("framing: expected the columns ['labels', 'text'] of generic in")
    assert said.err.count("\n") == 1


def test_an_empty_table_is_refused(tmp_path, mine):
    path = written(tmp_path, "a.csv", "text,labels\n")

    with pytest.raises(FramingError, match="files of generic"):
        corpora.convert_generic(root=path, out=tmp_path / "out", columns="", taxonomy=mine)
