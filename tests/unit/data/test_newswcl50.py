from dataclasses import replace

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import newswcl50
from framing.data.corpora.newswcl50 import Mention, compose
from framing.errors import FramingError
from framing.taxonomy import load

HEAD = "sep=,\nid,code_type,code_name,code_mention,target_concept,event_id,publisher_id,paragraph,sentence,start,end\n"
SENTENCE = """{e}_{p}_1,ACTOR,TAR\\Council,council {e} of town {e},,{e},{p},0,0,0,3
{e}_{p}_2,PROPERTY,Aggressor,"reckless, threatening march",Council,{e},{p},0,0,7,9
{e}_{p}_3,PROPERTY,Unreason,reckless,Council,{e},{p},0,0,7,7
{e}_{p}_4,PROPERTY,No trustworthiness,reckless,Council,{e},{p},0,0,7,7
{e}_{p}_5,ACTION,March {e},was seen on the road {e} of {p},,{e},{p},1,1,4,9
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    articles = [(event, outlet) for event in range(4) for outlet in ("LL", "R")]
    text = HEAD + "".join(SENTENCE.format(e=event, p=outlet) for event, outlet in articles)
    (tmp_path / newswcl50.FILE).write_text(text, encoding="utf-8")
    monkeypatch.setattr(
        newswcl50, "CARD", replace(newswcl50.CARD, counts={"annotations": 40, "properties": 24, "articles": 8})
    )
    return tmp_path


def test_a_sentence_is_put_together_of_what_was_annotated():
    mentions = [
        Mention(7, 9, "reckless, threatening march", "Aggressor", "Council"),
        Mention(7, 7, "reckless", "Unreason", "Council"),
        Mention(0, 3, "the council", None, ""),
        Mention(9, 11, "march of ours", "Power", "Council"),
    ]
    text, evidence = compose(mentions)

    assert text == "the council … reckless, threatening march … march of ours"
    assert [(e.label, text[e.start : e.end]) for e in evidence] == [
        ("Power", "march of ours"),
        ("Aggressor", "reckless, threatening march"),
        ("Unreason", "reckless"),
    ]


def test_one_phrase_with_two_codes_stands_once():
    text, evidence = compose([Mention(1, 1, "grim", "Weakness", "A"), Mention(1, 1, "grim", "Victim", "A")])

    assert text == "grim"
    assert [e.label for e in evidence] == ["Weakness", "Victim"]


def test_a_phrase_written_otherwise_than_in_its_holder_is_all_of_it():
    text, evidence = compose([Mention(0, 4, "a so - called deal", None, ""), Mention(1, 3, "so-called", "Other", "A")])

    assert text[evidence[0].start : evidence[0].end] == "a so - called deal"


def test_the_end_is_the_last_token_and_one_token_is_a_phrase(root):
    rows = {s.id: s for own in newswcl50.parse(root).splits.values() for s in own}
    found = rows["newswcl50:0_LL:0"]

    assert found.text == "council 0 of town 0 … reckless, threatening march"
    assert found.labels == ("Aggressor", "No_trustworthiness", "Unreason")
    assert found.provenance["targets"][0] == ["Aggressor", "Council"]
    assert (found.audit["outlet"], found.audit["event"]) == ("LL", "0")


def test_a_sentence_without_properties_has_no_label(root):
    rows = {s.id: s for own in newswcl50.parse(root).splits.values() for s in own}

    assert rows["newswcl50:3_R:1"].labels == ()


def test_the_tellings_of_an_event_share_a_split(root):
    split = newswcl50.parse(root).splits
    homes = {(s.audit["event"], name) for name, own in split.items() for s in own}

    assert len(homes) == 4
    assert len({name for _, name in homes}) > 1


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("Unreason", "Unraeson", r"a property among .* in line 5 .*'Unraeson'"),
        (",7,9\n", ",9,7\n", "a phrase from its first to its last token in line 4"),
        (",0,0,3\n", ",x,0,3\n", "a number in sentence in line 3"),
        ("sep=,\n", "", "the columns"),
    ],
)
def test_what_cannot_be_read_names_its_line(root, old, new, match):
    path = root / newswcl50.FILE
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(FramingError, match=match):
        newswcl50.parse(root)


def test_other_counts_are_another_version(root):
    (root / newswcl50.FILE).write_text(HEAD + SENTENCE.format(e=1, p="M"), encoding="utf-8")

    with pytest.raises(FramingError, match="the counts"):
        newswcl50.parse(root)


def test_the_labels_are_those_of_the_taxonomy(root, tmp_path):
    corpora.convert("newswcl50", root=root, out=tmp_path / "out")

    assert load("newswcl50").ids() == newswcl50.LABELS
    assert dataset.load(tmp_path / "out", load("newswcl50")).taxonomy == "newswcl50/29"
