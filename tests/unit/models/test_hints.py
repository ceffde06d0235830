import numpy as np
import pytest

from framing.models import calibration
from framing.models.hints import GAINS, Hints, best_gain, pattern_of

LABELS = ("liberation", "euphemistic_retreat", "bare")
HINTS = Hints(LABELS, {"liberation": ("liberat(?:e|ed|ion)", "freed"), "euphemistic_retreat": ("regroup",)})
TEXT = "They liberated it, then regrouped."


def test_a_cue_begins_at_a_word_start_and_case_does_not_count():
    pattern = pattern_of(["freed", "won back"])

    assert [bool(pattern.search(text)) for text in ("Freed at last", "they won back", "unfreed", "fre ed")] == [
        True,
        True,
        False,
        False,
    ]
    assert pattern_of([]).search("freed") is None


def test_tokens_that_touch_a_cue_of_a_label_are_inside_it():
    offsets = np.array([[0, 0], [0, 4], [5, 12], [12, 14], [15, 17], [24, 33], [0, 0]])
    inside = HINTS.within(TEXT, offsets)

    assert inside.shape == (7, 3)
    assert inside[:, 0].tolist() == [False, False, True, True, False, False, False]
    assert inside[:, 1].tolist() == [False, False, False, False, False, True, False]


@pytest.mark.parametrize(
    ("cue", "text", "found"),
    [
        ("freed", "THE TOWN WAS FREED", True),
        (r"Operation \w+", "operation dawn began", True),
        (r"so-called\Wgov", "the so-called gov", True),
        (r"(very) \1", "a very very good day", True),
        ("(?P<side>our) land", "Our land", True),
        ("freed", "unfreed", False),
        ("élan", "ÉLAN", True),
    ],
)
def test_a_cue_is_found_in_whatever_case_text_and_cue_are(cue, text, found):
    others = {"euphemistic_retreat": ("(?P<side>regrouped)",)}

    inside = Hints(LABELS, {"liberation": (cue,), **others}).within(text, np.array([[0, len(text)]]))
    assert inside.tolist() == [[found, False, False]]


def test_texts_with_a_cue_are_matched_by_label():
    assert HINTS.matched([TEXT, "Rain fell."]).tolist() == [[True, True, False], [False, False, False]]
    assert HINTS.matched([]).shape == (0, 3)


def test_the_gain_is_added_where_a_cue_stands_and_nowhere_else():
    offsets, logits = [np.array([[0, 4], [5, 14]])], [np.zeros((2, 3))]

    np.testing.assert_array_equal(HINTS.raised([TEXT], offsets, logits, 2.0)[0], [[0, 0, 0], [2, 0, 0]])
    np.testing.assert_array_equal(logits[0], 0.0)


@pytest.mark.parametrize(("right", "low", "high"), [(0.9, 1.0, GAINS[-1]), (0.1, 0.0, 0.0)])
def test_cues_that_are_right_get_a_gain_and_cues_that_mislead_get_none(right, low, high):
    random = np.random.default_rng(0)
    cue = random.random((400, 1)) < 0.3
    gold = np.where(cue, random.random((400, 1)) < right, random.random((400, 1)) < 0.3)
    own = random.normal(size=(400, 1)) + gold

    gain = best_gain(lambda g: 1 / (1 + np.exp(-(own + g * cue))), gold)
    assert low <= gain <= high


def test_the_loss_is_that_of_the_calibrated_scores():
    gold = np.array([[True], [True], [True], [False]])

    # Scores that say nothing cannot be calibrated; 0.75 for all is the best that one number can do.
    assert calibration.log_loss(np.full((4, 1), 0.75), gold) == pytest.approx(-(3 * np.log(0.75) + np.log(0.25)) / 4)
    assert calibration.log_loss(np.array([[0.9], [0.8], [0.9], [0.1]]), gold) < 0.1
