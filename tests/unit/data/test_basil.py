import json
from dataclasses import replace

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import basil
from framing.errors import FramingError
from framing.taxonomy import load

BODY = [
    ["Its men marched off in disarray {n}.", "He said “they ran from us {n}” at noon."],
    ["Rain fell on hamlet {n}."],
]


def span(where, words, start, **more):
    kept = {"id": where, "txt": words, "start": start, "end": start + len(words), "bias": "lex", "quote": "no"}
    return {**kept, "speaker": "", "target": "A", "polarity": "neg", "aim": "dir", **more}


SPANS = [
    span("title", "wins the day", 7),
    span("p0", "in disarray", 99),
    span("p0", "marched off", 8, bias="inf"),
    span("p0", "marched off", 8, bias="inf"),
    span("p1", "they ran from us", 9, bias="inf", quote="yes", speaker="old_Miller"),
]


def write(root, event, outlet, spans):
    body = [[sentence.format(n=f"{event}{outlet}") for sentence in paragraph] for paragraph in BODY]
    article = {"title": "Tarvia wins the day", "date": "2019-08-04", "source": "FOX", "uuid": "the same for all",
               "triplet-uuid": f"event-{event}", "body-paragraphs": body}  # fmt: skip
    for folder, name, content in (
        ("articles", f"{event}_{outlet}.json", article),
        ("annotations", f"{event}_{outlet}_ann.json", {"phrase-level-annotations": spans}),
    ):
        (root / folder / "2019").mkdir(parents=True, exist_ok=True)
        (root / folder / "2019" / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def root(tmp_path, monkeypatch):
    for event in "abcd":
        for outlet in (1, 2, 3):
            write(tmp_path, event, outlet, SPANS)
    monkeypatch.setattr(basil, "CARD", replace(basil.CARD, counts={"articles": 12, "events": 4}))
    return tmp_path


@pytest.fixture
def rows(root):
    return {s.id: s for own in basil.parse(root).splits.values() for s in own}


def words(sentence):
    return [(e.label, sentence.text[e.start : e.end]) for e in sentence.evidence]


def test_spans_belong_to_the_sentence_of_the_body_that_is_numbered(rows):
    assert words(rows["a_1:0"]) == [("lexical_bias", "wins the day")]
    assert words(rows["a_1:1"]) == [("informational_bias", "marched off"), ("lexical_bias", "in disarray")]
    assert rows["a_1:1"].labels == ("lexical_bias", "informational_bias")
    assert rows["a_1:3"].labels == ()


def test_a_quoted_span_is_somebody_elses(rows):
    evidence = rows["a_1:2"].evidence[0]

    assert (evidence.voice, evidence.source, evidence.distance) == ("direct", "old Miller", "neutral")
    assert rows["a_1:1"].evidence[0].voice == "narrator"


def test_offsets_are_those_of_title_and_paragraphs_in_lines(rows):
    document = "Tarvia wins the day\nIts men marched off in disarray a1. He said “they ran from us a1” at noon."

    for name in ("a_1:0", "a_1:1", "a_1:2"):
        assert document[rows[name].start : rows[name].end] == rows[name].text


def test_articles_with_one_uuid_are_documents_of_their_own_and_an_event_is_one_group(root, rows):
    homes = {(s.audit["group"], name) for name, own in basil.parse(root).splits.items() for s in own}

    assert len({s.document for s in rows.values()}) == 12
    assert len(homes) == len({group for group, _ in homes})


def test_spans_that_are_not_in_their_sentence_are_left_out(root):
    write(root, "a", 1, [span("p0", "nowhere", 0), span("p77", "gone", 0), span("p0", "", 0)])

    assert basil.parse(root).left_out == (
        "a_1: 'nowhere' is not in sentence 1",
        "a_1: '' is not in sentence 1",
        "a_1: no sentence p77",
    )


def test_another_kind_of_bias_is_refused(root):
    write(root, "a", 1, [span("p0", "marched", 8, bias="other")])

    with pytest.raises(FramingError, match=r"a bias among \['inf', 'lex'\], found 'other'"):
        basil.parse(root)


def test_a_missing_annotation_file_and_a_broken_one_are_named(root):
    path = root / "annotations/2019/a_1_ann.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(FramingError, match=r"a JSON object in .*a_1_ann.json"):
        basil.parse(root)

    path.unlink()
    with pytest.raises(FramingError, match=r"the file a_1_ann.json of basil"):
        basil.parse(root)


def test_other_counts_are_another_version(root):
    write(root, "e", 1, [])

    with pytest.raises(FramingError, match="the counts"):
        basil.parse(root)


def test_converted_corpus_loads_as_a_dataset(root, tmp_path):
    corpora.convert("basil", root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load("basil")).taxonomy == "basil/2"
