from dataclasses import replace

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import fignews2024, fignews2024_bias
from framing.errors import FramingError
from framing.taxonomy import load

HEAD = "\t".join(fignews2024.HEAD)
TEXT_HEAD = "\t".join(
    ("Batch", "Source Language", "ID", "Type", "Text", "English MT", "Arabic MT", "Annotator ID", "Bias", "Propaganda")
)
VOTES = {
    ("B01", "English", "1", "IAA"): ((3, 0, 0, 0, 1, 0, 0), (3, 1, 0, 0)),
    ("B01", "French", "1", "IAA"): ((0, 0, 0, 1, 4, 0, 0), (1, 4, 0, 0)),
    ("B01", "English", "2", "IAA"): ((0, 2, 0, 0, 2, 0, 0), (2, 2, 0, 0)),
    ("B01", "English", "3", "IAA"): ((0, 0, 0, 0, 1, 5, 0), (0, 1, 0, 3)),
    ("B01", "English", "4", "MAIN"): ((0, 3, 0, 0, 1, 0, 0), (4, 0, 0, 0)),
}
TEXTS = {
    ("B01", "English", "1", "IAA"): ('"Our heroes strike', '"Our heroes strike'),
    ("B01", "French", "1", "IAA"): ("La mer est calme", "The sea is calm"),
    ("B01", "English", "2", "IAA"): ('Who knows" he asks', 'Who knows" he asks'),
    ("B01", "English", "3", "IAA"): ("Buy lamps", "Buy lamps"),
}


def write(root, name, head, rows):
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("\r\n".join([head, *("\t".join(map(str, row)) for row in rows)]).encode())


def texts(rows):
    return [(*key, original, english, "", "", "", "") for key, (original, english) in rows.items()]


@pytest.fixture
def root(tmp_path, monkeypatch):
    votes = [(*key, "", *bias, "", *propaganda) for key, (bias, propaganda) in VOTES.items()]
    write(tmp_path, fignews2024.VOTES, HEAD, votes)
    write(tmp_path, fignews2024.TEXTS[0], TEXT_HEAD, texts(TEXTS))
    card = replace(fignews2024.CARD, counts={"posts with votes": 5, "IAA texts": 4})
    monkeypatch.setattr(fignews2024, "PROPAGANDA", fignews2024.PROPAGANDA._replace(card=card))
    monkeypatch.setattr(fignews2024_bias, "QUESTION", fignews2024_bias.QUESTION._replace(card=card))
    return tmp_path


def posts(parsed):
    return {s.id: s for rows in parsed.splits.values() for s in rows}


def test_the_answer_with_most_votes_is_gold(root):
    found = posts(fignews2024.parse(root))

    assert {name: s.labels for name, s in found.items()} == {
        "B01-English-1-IAA": ("Propaganda",),
        "B01-French-1-IAA": (),
    }


def test_equal_ids_of_two_languages_are_two_posts_and_the_text_is_english(root):
    found = posts(fignews2024.parse(root))

    assert found["B01-English-1-IAA"].text == '"Our heroes strike'
    assert found["B01-French-1-IAA"].text == "The sea is calm"
    assert found["B01-French-1-IAA"].audit["source_language"] == "French"


def test_votes_and_shares_are_kept(root):
    provenance = posts(fignews2024.parse(root))["B01-English-1-IAA"].provenance

    assert provenance["soft"] == {"Propaganda": 0.75}
    assert provenance["votes"] == [
        {"answer": "Propaganda", "n": 3},
        {"answer": "Not Propaganda", "n": 1},
        {"answer": "Not Applicable", "n": 0},
        {"answer": "Unclear", "n": 0},
    ]


def test_columns_of_one_name_are_told_apart_by_place(root):
    """`Not Applicable` leads for the bias of post 3 with 5 votes, and has none for its propaganda."""
    assert "B01-English-3-IAA: most votes say Unclear" in fignews2024.parse(root).left_out
    assert "B01-English-3-IAA: most votes say Not Applicable" in fignews2024_bias.parse(root).left_out


def test_what_has_no_majority_or_no_text_is_left_out_and_listed(root):
    assert fignews2024.parse(root).left_out == (
        "B01-English-2-IAA: no majority (Propaganda, Not Propaganda with 2 votes each)",
        "B01-English-3-IAA: most votes say Unclear",
        "B01-English-4-MAIN: no text",
    )


def test_texts_of_main_are_read_where_they_are(root):
    write(root, fignews2024.TEXTS[1], TEXT_HEAD, texts({("B01", "English", "4", "MAIN"): ("Late", "Late")}))

    assert posts(fignews2024.parse(root))["B01-English-4-MAIN"].labels == ("Propaganda",)


def test_bias_is_a_corpus_of_its_own(root):
    found = posts(fignews2024_bias.parse(root))

    assert {name: s.labels for name, s in found.items()} == {
        "B01-English-1-IAA": ("Biased_against_Palestine",),
        "B01-French-1-IAA": (),
    }
    assert found["B01-French-1-IAA"].provenance["soft"] == {
        "Biased_against_Palestine": 0.0,
        "Biased_against_Israel": 0.0,
        "Biased_against_both_Palestine_and_Israel": 0.0,
        "Biased_against_others": 0.2,
    }


def test_posts_of_equal_text_share_a_split(root):
    keys = [("B01", "English", str(n), "IAA") for n in range(40)]
    write(root, fignews2024.VOTES, HEAD, [(*k, "", *[1, 0, 0, 0, 0, 0, 0], "", 1, 0, 0, 0) for k in keys])
    write(root, fignews2024.TEXTS[0], TEXT_HEAD, texts(dict.fromkeys(keys, ("Same post", "Same  POST"))))
    card = replace(fignews2024.CARD, counts={})
    found = fignews2024.parse_question(root, fignews2024.PROPAGANDA._replace(card=card)).splits

    assert sorted(map(len, found.values())) == [0, 0, 40]


def test_a_count_that_is_none_names_its_line(root):
    write(root, fignews2024.VOTES, HEAD, [("B01", "English", 1, "IAA", "", *"1000000", "", "x", 0, 0, 0)])

    with pytest.raises(FramingError, match=r"counts of votes in line 2 of .*found \['x', '0', '0', '0'\]"):
        fignews2024.parse(root)


def test_other_columns_are_refused(root):
    write(root, fignews2024.VOTES, HEAD.replace("Unbiased", "Fair"), [])

    with pytest.raises(FramingError, match=r"the header .*'Unbiased'.* found .*'Fair'"):
        fignews2024.parse(root)


def test_an_empty_file_is_refused(root):
    (root / fignews2024.VOTES).write_text("", encoding="utf-8")

    with pytest.raises(FramingError, match=r"the header"):
        fignews2024.parse(root)


def test_a_post_without_english_text_is_refused(root):
    write(root, fignews2024.TEXTS[0], TEXT_HEAD, texts({("B01", "English", "1", "IAA"): ("Bonjour", " ")}))

    with pytest.raises(FramingError, match="an English text in line 2"):
        fignews2024.parse(root)


def test_other_counts_are_another_version(root):
    write(root, fignews2024.TEXTS[0], TEXT_HEAD, texts(dict(list(TEXTS.items())[:3])))

    with pytest.raises(FramingError, match="'IAA texts': 3"):
        fignews2024.parse(root)


@pytest.mark.parametrize("name", ["fignews2024", "fignews2024_bias"])
def test_it_loads_as_a_dataset(root, tmp_path, name):
    corpora.convert(name, root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load(name)).taxonomy == load(name).name
