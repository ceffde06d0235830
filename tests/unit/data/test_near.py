import pytest

from framing.data.near import group_documents, shingles, similar_pairs

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
