import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framing.data.sentences import document, split

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=300)
LIKE_NEWS = st.lists(
    st.sampled_from(
        ['"', "“", "”", "Gen. X", "said.", "No!", "\n", " ", "U.S.", "…", "’", "a", "Б", "\u2028", "😀", "."]
    ),
    max_size=60,
).map("".join)


def parts(text):
    return [text[a:b] for a, b in split(text)]


@given(st.one_of(ANY_TEXT, LIKE_NEWS))
@settings(max_examples=300, deadline=None)
def test_offsets_law_on_any_unicode(text):
    offsets = split(text)
    covered = set()
    end = 0
    for a, b in offsets:
        assert end <= a < b <= len(text)
        assert text[a:b].strip() == text[a:b]
        covered.update(range(a, b))
        end = b
    assert all(text[k].isspace() for k in range(len(text)) if k not in covered)


@given(st.one_of(ANY_TEXT, LIKE_NEWS))
@settings(max_examples=100, deadline=None)
def test_document_holds_its_sentences(text):
    for sentence in document("d", text).sentences:
        assert text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("Headline without stop\n\nGOMA, Feb. 3 - It rained.", ["Headline without stop", "GOMA, Feb. 3 - It rained."]),
        ("Gen. Ito met U.S. officers. They talked.", ["Gen. Ito met U.S. officers.", "They talked."]),
        ('"We hold." He left.', ['"We hold."', "He left."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_news_text(text, expected):
    assert parts(text) == expected


def test_a_long_quotation_is_parted_and_keeps_its_marks():
    clause = "we have said again and again that the road to the harbour must stay open"
    text = f"“{clause.capitalize()}. {clause.capitalize()}. {clause.capitalize()}. {clause.capitalize()},” he said."

    assert len(parts(text)) == 4
    assert parts(text)[-1].endswith(",” he said.")
    assert parts(text)[0].startswith("“We")


def test_time_grows_with_length_and_not_faster():
    def seconds(n):
        text = "word " * n + "\n" * n
        began = time.perf_counter()
        split(text)
        return time.perf_counter() - began

    seconds(1000)
    assert seconds(80_000) < 40 * seconds(8_000) + 0.5
