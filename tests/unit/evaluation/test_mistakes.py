import numpy as np

from framing.evaluation.mistakes import gold_places, pieces, surest
from framing.schema import Evidence, Sentence

GOLD = np.array([[0, 1], [0, 1], [1, 0], [0, 0]], dtype=bool)
SCORES = np.array([[0.6, 0.2], [0.9, 0.1], [0.8, 0.7], [0.1, 0.1]])


def test_the_surest_false_positive_scores_highest_and_the_surest_miss_lowest():
    decided = SCORES > 0.5

    assert surest(GOLD, decided, SCORES, "false positive", 5) == [(1, 0), (2, 1), (0, 0)]
    assert surest(GOLD, decided, SCORES, "missed", 5) == [(1, 1), (0, 1)]
    assert surest(GOLD, decided, SCORES, "false positive", 1) == [(1, 0)]
    assert surest(GOLD, GOLD, SCORES, "missed", 5) == []


def test_pieces_are_the_whole_text_with_the_marks_that_cover_each():
    cut = pieces("abcdef", {"gold": [(1, 4)], "model": [(3, 6)]})

    assert cut == [
        ("a", frozenset()),
        ("bc", {"gold"}),
        ("d", {"gold", "model"}),
        ("ef", {"model"}),
    ]
    assert pieces("", {"gold": []}) == []


def test_gold_places_are_those_of_the_label_in_use():
    evidence = (Evidence("a", 0, 2), Evidence("b", 1, 3), Evidence("a", 3, 4, use="mention"))

    assert gold_places(Sentence("s", "d", 0, 0, 4, "text", evidence=evidence), "a") == ((0, 2),)
