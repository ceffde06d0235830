import json

import pytest

from framing.errors import FramingError
from framing.evaluation.sides import load, load_all
from tests.conftest import ROOT

LEXICONS = load_all(ROOT / "configs/sides")
FRAMES = ROOT / "data/conflict_frames"


@pytest.mark.parametrize(
    ("conflict", "text", "swapped"),
    [
        ("RU-UA-2022", "Russia's army left Kharkiv.", "Ukraine's army left Belgorod."),
        ("RU-UA-2022", "KYIV, May 3 - A Russian unit", "MOSCOW, May 3 - A Ukrainian unit"),
        ("IL-GAZA-2023", "An Israeli officer met a Palestinian.", "A Palestinian officer met an Israeli."),
        ("IL-GAZA-2023", "A Israeli, with a slip,", "A Palestinian, with a slip,"),
        ("SD-2023", "an RSF patrol and a soldier", "an SAF patrol and a paramilitary"),
        ("KESTREL-COAST", "an upland town", "a coastal town"),
        ("RU-UA-2022", "The Prussian said nothing.", "The Prussian said nothing."),
    ],
)
def test_swap(conflict, text, swapped):
    assert LEXICONS[conflict].swap(text) == swapped


def test_names_tells_whether_a_side_is_there():
    assert LEXICONS["RU-UA-2022"].names("in Moscow")
    assert not LEXICONS["RU-UA-2022"].names("in Oslo")


def test_there_are_lexicons_for_twelve_conflicts():
    assert len(LEXICONS) >= 12


@pytest.mark.parametrize("conflict", LEXICONS)
def test_swapping_twice_gives_every_sentence_of_the_corpus_back(conflict):
    swap = LEXICONS[conflict].swap
    texts = [
        json.loads(line)["text"]
        for split in ("train", "validation", "test")
        for line in (FRAMES / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    ]

    assert [text for text in texts if swap(swap(text)) != text] == []


@pytest.mark.parametrize("conflict", LEXICONS)
def test_sides_are_those_of_the_corpus(conflict):
    heads = [path.read_text(encoding="utf-8").split("---")[1] for path in (FRAMES / "articles").glob("*.txt")]
    sides = {head.split("sides: ")[1].splitlines()[0] for head in heads if f"conflict: {conflict}\n" in head}

    assert sides <= {"[{}, {}]".format(*LEXICONS[conflict].sides)}


HEAD = "conflict: X\nsides: [A, B]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "pairs: {state: [[Ost, West], [West, Nord]]}", r"stand in two places: \['West'\]"),
        (HEAD + "pairs: {colour: [[Ost, West]]}", "a sound lexicon"),
        (HEAD + "pairs: [", "a sound lexicon"),
    ],
)
def test_an_unsound_lexicon_is_refused(tmp_path, text, message):
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(FramingError, match=message):
        load(path)


def test_missing_lexicons_are_refused(tmp_path):
    with pytest.raises(FramingError, match="a readable lexicon"):
        load(tmp_path / "none.yaml")
    with pytest.raises(FramingError, match="found none"):
        load_all(tmp_path)


def test_two_lexicons_of_one_conflict_are_refused(tmp_path):
    (tmp_path / "a.yaml").write_text(HEAD + "pairs: {}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("conflict: Y\nsides: [A, B]\nalso: {X: [C, D]}\npairs: {}\n", encoding="utf-8")

    with pytest.raises(FramingError, match=r"one lexicon a conflict in .*, found two of \['X'\]"):
        load_all(tmp_path)


def test_the_parties_of_conflict_real_are_sides_of_its_lexicons():
    lines = (ROOT / "data/conflict_real/annotations.jsonl").read_text(encoding="utf-8").splitlines()
    audits = [json.loads(line)["audit"] for line in lines]
    ours = [(a["conflict"], a["party"]) for a in audits if a["conflict"] in LEXICONS]
    known = {(conflict, party, LEXICONS[conflict].side(party)) for conflict, party in ours}

    assert {party for _, party, side in known if side == 0} == {"NEUTRAL"}
    assert {("ukraine2022", "RUS", 1), ("ukraine2022", "UKR", -1), ("us_civil_war", "CSA", -1)} <= known
