"""brat folders and Label Studio exports, through the reader of the user's own data."""

import json

import pytest

from framing.data.corpora import brat, generic
from framing.errors import FramingError

TEXT = "Our men freed the mill. They moved to better ground.\nRain fell.\n"
ANN = "T1\tliberation 8 22\tfreed the mill\nT2\teuphemistic_retreat 29 34;38 51\tmoved better ground\n#1\tnote\n"


def read(root, **settings):
    return [s for own in generic.parse(root, **settings).splits.values() for s in own]


def words(sentence):
    return [(e.label, sentence.text[e.start : e.end]) for e in sentence.evidence]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "one.ann").write_text(ANN, encoding="utf-8")
    return tmp_path


def test_a_brat_folder_becomes_sentences_with_evidence(folder):
    rows = {s.index: s for s in read(folder)}

    assert words(rows[0]) == [("liberation", "freed the mill")]
    assert words(rows[1]) == [("euphemistic_retreat", "moved"), ("euphemistic_retreat", "better ground")]
    assert rows[2].labels == ()
    assert all(TEXT[s.start : s.end] == s.text for s in rows.values())


def test_a_brat_text_without_annotation_is_left_out(folder):
    (folder / "two.txt").write_text(TEXT, encoding="utf-8")

    assert generic.parse(folder).left_out == (f"{folder / 'two.txt'}: not annotated",)


@pytest.mark.parametrize(
    "line",
    [
        "T1\tliberation 8 21\tfreed the mill",
        "T1\tliberation 8 900\tfreed the mill",
        "T1\tliberation 8\tfreed",
        "T1\tliberation 8 22",
        "T1\tliberation 22 8\tfreed",
    ],
)
def test_brat_spans_that_are_not_in_the_text_name_their_line(folder, line):
    (folder / "one.ann").write_text(f"{ANN}{line}\n", encoding="utf-8")

    with pytest.raises(FramingError, match=r"inside the \d+ characters of the text .* in line 4 of .*one.ann"):
        read(folder)


def test_an_unknown_brat_label_names_its_file(folder):
    (folder / "one.ann").write_text(ANN.replace("liberation", "liberty"), encoding="utf-8")

    with pytest.raises(FramingError, match=r"of conflict/1.0 in .*one.ann, found \['liberty'\]"):
        read(folder)


def test_brat_events_keep_their_roles(folder):
    (folder / "one.ann").write_text("E1\tSay:T3 Who:T1 Who2:T2\nT1\tA 0 3\tOur\n", encoding="utf-8")

    assert brat.read_events(folder / "one.ann") == [brat.Event("Say", (("Say", "T3"), ("Who", "T1"), ("Who2", "T2")))]


def test_a_brat_folder_has_no_columns(folder):
    with pytest.raises(FramingError, match="no --columns for a brat folder"):
        generic.parse(folder, columns={"text": "body"})


def label(start, end, text, *labels):
    return {"type": "labels", "value": {"start": start, "end": end, "text": text, "labels": list(labels)}}


def annotation(by, *results, **more):
    return {"completed_by": by, "was_cancelled": False, "result": list(results), **more}


def export(tmp_path, *tasks):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(list(tasks)), encoding="utf-8")
    return path


def task(number, text, *annotations, **data):
    return {"id": number, "data": {"text": text, **data}, "annotations": list(annotations)}


def test_label_studio_spans_become_evidence_and_every_annotation_a_vote(tmp_path):
    first = annotation(4, label(8, 22, "freed the mill", "liberation"))
    second = annotation(5, label(29, 34, "moved", "euphemistic_retreat"))
    rows = read(export(tmp_path, task(1, TEXT, annotation(3, was_cancelled=True), first, second)))

    assert [words(s) for s in sorted(rows, key=lambda s: s.index)] == [[("liberation", "freed the mill")], [], []]
    assert rows[0].provenance["votes"] == [
        {"by": "4", "labels": ["liberation"]},
        {"by": "5", "labels": ["euphemistic_retreat"]},
    ]


def test_label_studio_offsets_behind_an_emoji_are_utf_16(tmp_path):
    text = "\U0001f600\U0001f600 Our men freed the mill."
    rows = read(export(tmp_path, task(1, text, annotation(1, label(13, 27, "freed the mill", "liberation")))))

    assert [found for s in rows for found in words(s)] == [("liberation", "freed the mill")]


def test_label_studio_choices_are_labels_of_the_whole_text(tmp_path):
    chosen = annotation(1, {"type": "choices", "value": {"choices": ["liberation"]}})
    rows = read(export(tmp_path, task(1, TEXT, chosen), task(2, "Rain. Sun.", annotation(1))))

    assert {s.id: (s.text, s.labels) for s in rows} == {"1": (TEXT, ("liberation",)), "2": ("Rain. Sun.", ())}


def test_label_studio_columns_name_keys_of_data(tmp_path):
    path = export(tmp_path, {**task(7, "", annotation(1)), "data": {"body": TEXT, "url": "u", "site": "Wire"}})
    rows = read(path, columns={"text": "body", "document": "url", "outlet": "site"})

    assert {(s.document, s.audit["outlet"]) for s in rows} == {("u", "Wire")}


def test_a_task_without_annotation_is_left_out(tmp_path):
    path = export(tmp_path, task(1, TEXT, annotation(1)), task(2, TEXT))

    assert generic.parse(path).left_out == (f"task 2 of {path}: not annotated",)


def test_a_task_without_the_text_column_is_refused(tmp_path):
    with pytest.raises(FramingError, match=r"the columns \['body'\] of generic in task 1 .* found \['text'\]"):
        generic.parse(export(tmp_path, task(1, TEXT, annotation(1))), columns={"text": "body"})


@pytest.mark.parametrize(
    "span",
    [label(8, 22, "others", "liberation"), label(8, 900, None, "liberation"), {"value": {"labels": ["liberation"]}}],
)
def test_label_studio_offsets_that_do_not_fit_are_refused(tmp_path, span):
    with pytest.raises(FramingError, match=r"start and end inside the 64 characters .* in task 1 of"):
        read(export(tmp_path, task(1, TEXT, annotation(1, span))))


@pytest.mark.parametrize("content", ["{", "[1]", '{"text": "a"}'])
def test_other_json_is_no_export(tmp_path, content):
    path = tmp_path / "export.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(FramingError, match=r"a Label Studio export, a list of tasks"):
        read(path)
