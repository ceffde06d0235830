from dataclasses import replace
from functools import partial

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import babe
from framing.errors import FramingError
from framing.taxonomy import load

HEAD = "text;news_link;outlet;topic;type;label_bias;label_opinion;biased_words\n"
BIASED = '"They ""won"" a so-called victory; a Shameless “deal”. ";{link};{outlet};{topic};left;Biased;x;{words}\n'
PLAIN = "Rain fell on hamlet {n} for a morning.;{link};Wire;gun control;;Non-biased;Entirely factual;['Rain']\n"


def write(root, rows, encoding="utf-8-sig"):
    """Rows invented in the native format: byte order mark, semicolons, doubled quotation marks."""
    (root / "final_labels_SG2.csv").write_text(HEAD + "".join(rows), encoding=encoding)


@pytest.fixture
def root(tmp_path, monkeypatch):
    words = "['deal\"', 'shameless', 'so-called', 'misspelld']"
    rows = [BIASED.format(link="https://a.example/1", outlet="Lowland Wire", topic="gun-control", words=words)]
    rows += [PLAIN.format(n=n, link="https://a.example/1" if n == 0 else "") for n in range(6)]
    rows.append("Nobody agreed here.;;Wire;islam;;No agreement;No agreement;[]\n")
    write(tmp_path, rows)
    counts = {"sentences": 8, "Biased": 1, "Non-biased": 6, "No agreement": 1}
    monkeypatch.setattr(babe, "CARD", replace(babe.CARD, counts=counts))
    return tmp_path


@pytest.fixture
def rows(root):
    return {s.id: s for own in babe.parse(root).splits.values() for s in own}


def test_biased_words_become_spans(rows):
    found = rows["babe:2"]

    assert found.text == 'They "won" a so-called victory; a Shameless “deal”.'
    assert [found.text[e.start : e.end] for e in found.evidence] == ["so-called", "Shameless", "deal”"]
    assert found.labels == ("biased",)


def test_words_that_are_not_in_the_sentence_are_kept_apart(rows):
    assert rows["babe:2"].provenance["not_found"] == ["misspelld"]


def test_words_of_a_sentence_that_is_not_biased_are_no_evidence(rows):
    assert (rows["babe:3"].labels, rows["babe:3"].evidence) == ((), ())


def test_sentences_of_one_article_are_one_document(rows):
    assert [(rows[i].document, rows[i].index) for i in ("babe:2", "babe:3", "babe:4")] == [
        ("https://a.example/1", 0),
        ("https://a.example/1", 1),
        ("babe:line-4", 0),
    ]


def test_outlet_topic_and_type_are_audit_in_one_spelling(rows):
    audit = {k: v for k, v in rows["babe:2"].audit.items() if k != "group"}

    assert audit == {"outlet": "lowland-wire", "topic": "gun-control", "type": "left"}
    assert rows["babe:3"].audit["topic"] == "gun-control"
    assert rows["babe:3"].audit["type"] is None


def test_sentences_without_agreement_are_left_out_and_listed(root, rows):
    assert babe.parse(root).left_out == ("line 9 of final_labels_SG2.csv: no agreement",)
    assert "babe:9" not in rows


@pytest.mark.parametrize(
    ("text", "words", "spans"),
    [
        ("An unfair, fair deal", ["fair"], [(11, 15)]),
        ("An unfair deal", ["fair"], [(5, 9)]),
        ("so, so sad", ["so"], [(0, 2), (4, 6)]),
        ("a very angry mob", ["angry mob", "very angry"], [(2, 16)]),
        ("It\xa0was ‘grand’", ["it was", "'grand'"], [(0, 6), (7, 14)]),
        ("a deal", [" "], []),
    ],
)
def test_words_are_found_whole_first_and_spans_lie_apart(text, words, spans):
    assert babe.find_words(text, words)[0] == spans


def test_other_counts_are_another_version(root):
    write(root, [PLAIN.format(n=1, link="")])

    with pytest.raises(FramingError, match=r"the counts .* of BABE, study group 2"):
        babe.parse(root)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("Biased;x", "biased;x", r"one of \['Biased', 'No agreement', 'Non-biased'\] in line 2 .* found 'biased'"),
        ("['deal", "'deal", "a list of words in biased_words, line 2"),
        (";news_link;", ";link;", "the columns"),
    ],
)
def test_what_cannot_be_read_names_its_place(root, old, new, match):
    path = root / "final_labels_SG2.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(old, new, 1), encoding="utf-8-sig")

    with pytest.raises(FramingError, match=match):
        babe.parse(root)


def test_study_group_one_has_a_card_of_its_own(root):
    (root / "final_labels_SG2.csv").rename(root / "final_labels_SG1.csv")
    card = replace(babe.SG1_CARD, counts=babe.CARD.counts)
    found = partial(babe._parse, card=card, file="final_labels_SG1.csv")(root)

    assert {s.id.split(":")[0] for own in found.splits.values() for s in own} == {"babe_sg1"}
    assert corpora.CORPORA["babe_sg1"].card.counts == {
        "sentences": 1700, "Biased": 746, "Non-biased": 800, "No agreement": 154}  # fmt: skip


def test_converted_corpus_loads_as_a_dataset(root, tmp_path):
    said = corpora.convert("babe", root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load("babe")).taxonomy == "babe/binary"
    assert "left out 1 sentences:\nline 9" in said
