import numpy as np
import pytest

from framing.errors import FramingError
from framing.models import calibration
from framing.models.collapse import refuse_broken, vitals

LABELS = ("liberation", "euphemistic_retreat", "success_claim")
RANDOM = np.random.default_rng(0)
GOLD = RANDOM.random((200, 3)) < 0.3
ALIVE = np.clip(0.2 + 0.5 * GOLD + RANDOM.normal(0, 0.1, GOLD.shape), 0.01, 0.99)
SAME = np.tile([0.3, 0.2, 0.25], (200, 1)) + RANDOM.normal(0, 1e-4, (200, 3))


def of(raw, gold=GOLD):
    return vitals(raw, gold, calibration.learn(raw, gold, ["d"] * len(raw)), LABELS)


def test_a_model_that_tells_sentences_apart_passes():
    signs = of(ALIVE)

    signs.refuse_collapse()
    assert signs.flat == ()
    assert signs.metrics()["val/label_coverage"] == 1
    assert 0 < signs.entropy < np.log(2)


def test_a_model_that_says_the_same_of_every_sentence_is_refused():
    with pytest.raises(FramingError, match=r"3 of 3 labels flat \(liberation, .*\)\. Lower model\.learning_rate"):
        of(SAME).refuse_collapse()


def test_one_flat_label_of_three_is_named_and_not_refused():
    signs = of(np.column_stack([SAME[:, :1], ALIVE[:, 1:]]))

    signs.refuse_collapse()
    assert signs.flat == ("liberation",)


def test_labels_without_positives_do_not_count():
    gold = GOLD & np.array([False, False, True])
    signs = of(np.column_stack([SAME[:, :2], ALIVE[:, 2:]]), gold)

    signs.refuse_collapse()
    assert (signs.flat, signs.n_labels) == ((), 1)


def test_scores_that_are_not_numbers_are_refused():
    with pytest.raises(FramingError, match="diverged"):
        refuse_broken(np.where(ALIVE > 0.9, np.nan, ALIVE))
