from dataclasses import replace

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import polnear
from framing.errors import FramingError
from framing.taxonomy import load

TEXT = "The miller said the bridge was lost. “We keep the mill,” he added. Rain fell all day.\n"
ANN = (
    "T1\tSource 0 10\tThe miller\nT2\tCue 11 15\tsaid\nT3\tContent 16 35\tthe bridge was lost\n"
    "T4\tAttribution 11 15\tsaid\nE1\tAttribution:T4 Content:T3 Cue:T2 Source:T1\n"
    "T5\tContent 38 54;57 59\tWe keep the mill he\nT6\tAttribution-no-source 60 65\tadded\n"
    "E2\tAttribution-no-source:T6 Content:T5\nA1\tNote T5\n"
)


def write(root, part, name, annotators=("00aa",), ann=ANN):
    for folder, file, text in (
        ("text", f"{name}.txt", TEXT),
        *(("attributions", f"{name}_{by}.ann", ann) for by in annotators),
    ):
        (root / part / folder).mkdir(parents=True, exist_ok=True)
        (root / part / folder / file).write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path, monkeypatch):
    for n in range(4):
        write(tmp_path, "train", f"wire_2016-09-1{n}_bridge-lost-{n}")
    write(tmp_path, "dev", "wire_2016-10-01_bridge", ("00aa", "00ab"))
    monkeypatch.setattr(polnear, "CARD", replace(polnear.CARD, counts={"dev texts": 1, "dev annotations": 2}))
    return tmp_path


@pytest.fixture
def rows(root):
    return polnear.parse(root).splits["test"]


def test_content_gives_the_voice_and_quotation_marks_tell_which(rows):
    assert [(s.labels, s.voice) for s in rows] == [
        (("indirect",), "indirect"),
        (("quoted",), "direct"),
        ((), "narrator"),
    ]


def test_evidence_is_the_content_with_its_source_part_by_part(rows):
    first, second, _ = rows

    assert [(first.text[e.start : e.end], e.source) for e in first.evidence] == [("the bridge was lost", "The miller")]
    assert [(second.text[e.start : e.end], e.source) for e in second.evidence] == [
        ("We keep the mill", None),
        ("he", None),
    ]


def test_development_texts_are_the_test_split_and_train_is_parted(root):
    split = polnear.parse(root).splits

    assert {s.document for s in split["test"]} == {"wire_2016-10-01_bridge"}
    assert len(split["train"]) + len(split["validation"]) == 12
    assert split["validation"]


def test_the_first_annotator_is_taken_and_the_others_counted(root):
    empty = root / "dev/attributions/wire_2016-10-01_bridge_00ab.ann"
    empty.write_text("", encoding="utf-8")
    first = polnear.parse(root).splits["test"][0]

    assert (first.labels, first.provenance["annotators"]) == (("indirect",), 2)
    assert {k: first.audit[k] for k in ("outlet", "date")} == {"outlet": "wire", "date": "2016-10-01"}


def test_a_text_without_annotation_is_left_out(root):
    write(root, "dev", "wire_2016-10-02_other", ())

    assert polnear.parse(root).left_out == ("wire_2016-10-02_other.txt: no annotation",)


def test_a_name_that_begins_another_is_not_taken_for_it(root):
    write(root, "train", "wire_2016-09-10_bridge-lost-0_2bcd", ("00aa",))

    assert all(s.provenance["annotators"] == 1 for s in polnear.parse(root).splits["train"])


def test_offsets_that_do_not_hold_the_words_name_their_line(root):
    write(root, "dev", "wire_2016-10-01_bridge", ("00aa",), ANN.replace("16 35", "17 35"))

    with pytest.raises(FramingError, match=r"in line 3 of .*bridge_00aa.ann"):
        polnear.parse(root)


def test_a_folder_without_texts_and_other_counts_are_refused(root, tmp_path):
    write(root, "dev", "wire_2016-10-03_third")
    with pytest.raises(FramingError, match="the counts"):
        polnear.parse(root)
    with pytest.raises(FramingError, match=r"texts .* of PolNeAR in"):
        polnear.parse(tmp_path / "none")


def test_converted_corpus_loads_as_a_dataset(root, tmp_path):
    corpora.convert("polnear", root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load("polnear")).taxonomy == "polnear/voice"
