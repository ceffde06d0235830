import math

import pytest
import torch

from framing.models import losses

MASK = torch.tensor([[True, True, False]])


def test_pool_by_hand_leaves_masked_tokens_out():
    logits = torch.tensor([[[0.0], [1.0], [50.0]]])

    assert losses.pool(logits, MASK, 1.0).item() == pytest.approx(math.log(1 + math.e))


def test_pool_comes_near_the_maximum_at_low_temperature():
    logits = torch.tensor([[[0.0], [1.0], [50.0]]])

    assert losses.pool(logits, MASK, 0.05).item() == pytest.approx(1.0, abs=1e-6)


def test_token_loss_by_hand_counts_known_labels_and_real_tokens_only():
    logits = torch.zeros(1, 3, 2)
    gold = torch.zeros(1, 3, 2)
    known = torch.tensor([[True, False]])

    assert losses.token_loss(logits, gold, losses.learnable(MASK, known)).item() == pytest.approx(math.log(2))


def test_token_loss_without_any_known_label_is_zero():
    known = torch.tensor([[False, False]])

    assert losses.token_loss(torch.ones(1, 3, 2), torch.zeros(1, 3, 2), losses.learnable(MASK, known)).item() == 0.0


def test_disagreement_by_hand_is_the_mean_of_both_divergences():
    first = torch.tensor([[0.0, 1.0]])
    second = torch.tensor([[math.log(3), 1.0]])  # 0.75 where the first says 0.5, and the same
    there = 0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(0.5 / 0.25)
    back = 0.75 * math.log(0.75 / 0.5) + 0.25 * math.log(0.25 / 0.5)

    assert losses.disagreement(first, second).item() == pytest.approx((there + back) / 2 / 2)


def test_positive_weights_by_hand():
    gold = torch.tensor([[1.0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0], [0, 1, 0]])

    expected = [2.0, math.sqrt(1.5), 2.0]
    assert losses.positive_weights(gold.sum(0), len(gold)).tolist() == pytest.approx(expected)


def test_positive_weights_are_capped():
    gold = torch.zeros(1000, 1)
    gold[0] = 1

    assert losses.positive_weights(gold.sum(0), len(gold)).item() == losses.POSITIVE_WEIGHT_CAP


def test_log_odds_is_finite_at_both_ends():
    assert losses.log_odds(torch.tensor([0.0, 0.5, 1.0])).tolist() == pytest.approx([-9.21024, 0.0, 9.21014], abs=1e-3)
