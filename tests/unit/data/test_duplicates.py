from framing.data.duplicates import Contradiction, contradictions
from framing.schema import Sentence


def sentence(name, text, *labels):
    return Sentence(name, "d", 0, 0, len(text), text, labels)


def test_equal_text_with_other_labels_is_found_whatever_its_case_and_marks():
    rows = [
        sentence("1", "The town is FREE!", "liberation"),
        sentence("2", "the town is free"),
        sentence("3", "Rain fell.", "liberation"),
    ]

    assert contradictions(rows) == [Contradiction(("1", "2"), (("liberation",), ()))]


def test_equal_text_with_equal_labels_in_another_order_is_none():
    assert contradictions([sentence("1", "A b.", "x", "y"), sentence("2", "a b", "y", "x")]) == []


def test_sentences_without_a_word_are_left_alone():
    assert contradictions([sentence("1", "...", "x"), sentence("2", "!")]) == []
