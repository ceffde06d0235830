import pytest

from framing.data.markup import read_article
from framing.errors import FramingError

HEAD = "---\nconflict: X-1\nsides: [A, B]\nsource_type: agency\noutlet: Wire\ndate: 2020-01-02\n---\n"
LABELS = ("liberation", "success_claim", "sanitised_violence")


@pytest.fixture
def read(tmp_path):
    def read(body, head=HEAD):
        path = tmp_path / "x-1-01.txt"
        path.write_text(head + body, encoding="utf-8")
        return read_article(path, LABELS, "conflict/1.0")

    return read


def test_marks_become_evidence_and_the_text_loses_them(read):
    sentence = read('They [freed]{liberation} it. {indirect party=A source="the army"}').sentences[0]

    assert sentence.text == "They freed it."
    assert sentence.labels == ("liberation",)
    span = sentence.evidence[0]
    assert (sentence.text[span.start : span.end], span.voice, span.source, span.distance) == (
        "freed", "indirect", "the army", "neutral"
    )  # fmt: skip
    assert (sentence.audit["party"], sentence.audit["conflict"], sentence.audit["date"]) == ("A", "X-1", "2020-01-02")


def test_what_the_narrator_says_in_a_reported_sentence_has_no_source(read):
    span = read('They [freed]{liberation narrator} it. {indirect source="the army"}').sentences[0].evidence[0]

    assert (span.voice, span.source, span.distance) == ("narrator", None, "adopted")


def test_marks_nest(read):
    sentence = read("[[neutralised]{sanitised_violence} eleven men]{success_claim}").sentences[0]

    spans = {e.label: sentence.text[e.start : e.end] for e in sentence.evidence}
    assert spans == {"sanitised_violence": "neutralised", "success_claim": "neutralised eleven men"}


def test_mention_is_evidence_but_no_label(read):
    sentence = read('The word "[freed]{liberation mention}" is old. {near=liberation}').sentences[0]

    assert sentence.labels == ()
    assert [e.use for e in sentence.evidence] == ["mention"]
    assert sentence.audit["near"] == ["liberation"]


def test_a_mark_may_differ_from_its_sentence(read):
    span = read("[Freed]{liberation direct} he said. {indirect distanced}").sentences[0].evidence[0]

    assert (span.voice, span.distance) == ("direct", "neutral")


def test_document_text_holds_every_sentence_at_its_offsets(read):
    document = read("Headline\n\nFirst one.\nSecond [one]{liberation}.\n")

    assert document.text == "Headline\n\nFirst one. Second one."
    assert [document.text[s.start : s.end] for s in document.sentences] == ["Headline", "First one.", "Second one."]


def test_escaped_marks_stand_for_themselves(read):
    assert read(r"He \[the general\] left \{sic\}.").sentences[0].text == "He [the general] left {sic}."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("They [freed]{libration} it.", "x-1-01.txt, line 8, found 'libration'"),
        ("They [freed it.", "'\\[' without a partner"),
        ("They freed]{liberation} it.", "without a partner"),
        ("They [freed]{liberation loud} it.", "found \\['loud'\\]"),
        ("They left. {colour=red}", "found 'colour'"),
        ('They left. {source="open}', "pairs of double quotes"),
        ("They left. {near=libration}", "found 'libration'"),
        ("", "at least one sentence"),
    ],
)
def test_a_wrong_line_is_named(read, body, message):
    with pytest.raises(FramingError, match=message):
        read(body)


@pytest.mark.parametrize(
    ("head", "message"),
    [("No dashes\n", "front matter between"), ("---\nconflict: X\n---\n", "keys"), ("---\na: [\n---\n", "in YAML")],
)
def test_wrong_front_matter_is_named(read, head, message):
    with pytest.raises(FramingError, match=message):
        read("A sentence.", head=head)
