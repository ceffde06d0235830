import pytest

from framing.data import near
from framing.data.minhash import candidates
from framing.data.near import group_documents, near_pairs, shingles, similar_pairs

LONG = "the ministry said on tuesday that the bridge had been taken by noon"


def test_shingles_fold_case_and_punctuation():
    assert shingles("A b, c D e. f") == {("a", "b", "c", "d", "e"), ("b", "c", "d", "e", "f")}
    assert shingles("Too short") == {("too", "short")}
    assert shingles("…") == frozenset()


def test_jaccard_by_hand():
    texts = ["a b c d e f", "a b c d e g", "x y z"]

    assert list(similar_pairs(texts, 0.3)) == [(0, 1, pytest.approx(1 / 3))]
    assert list(similar_pairs(texts, 0.4)) == []


def test_documents_that_share_a_sentence_share_a_group():
    groups = group_documents({"a": [LONG], "b": ["rain"], "c": [LONG + " again"], "d": ["snow", LONG + " again"]})

    assert groups == {"a": "a", "b": "b", "c": "a", "d": "a"}


def test_documents_of_one_value_are_joined_with_their_near_duplicates():
    texts = {"a": ["one two three four five six"], "b": ["one two three four five six"], "c": ["other"], "d": ["else"]}

    groups = group_documents(texts, together={"b": "war", "c": "war"})

    assert groups == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_many_texts_go_through_minhash_and_near_ones_are_found():
    texts = [f"{LONG} w{k} x{k} y{k}" if k < 2 else f"a{k} b{k} c{k} d{k} e{k} f{k}" for k in range(300)]

    # 16 words give 12 five-grams, of which the last three differ: 9 / 15.
    assert list(near_pairs(texts, exact=299)) == [(0, 1, pytest.approx(9 / 15))]
    assert list(near_pairs(texts, exact=300)) == list(near_pairs(texts, exact=299))
    assert list(candidates([frozenset(), frozenset()])) == []


def test_a_formula_of_the_genre_joins_nothing_in_any_order(monkeypatch):
    monkeypatch.setattr(near, "COMMON", 2)

    assert list(similar_pairs([LONG, LONG + " a", LONG + " b"])) == []
    assert len(list(similar_pairs([LONG, LONG + " a"]))) == 1


def test_short_sentences_join_no_documents_where_told_so():
    texts = {"a": ["he agreed"], "b": ["He agreed."]}

    assert group_documents(texts) == {"a": "a", "b": "a"}
    assert group_documents(texts, shortest=5) == {"a": "a", "b": "b"}
