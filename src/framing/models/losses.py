"""What the encoder minimises. Shapes: B sentences, T tokens, L labels."""

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as bce

POSITIVE_WEIGHT_CAP = 10.0
"""A label in one sentence of a thousand would otherwise outweigh all others."""


def pool(token_logits: Tensor, mask: Tensor, temperature: float) -> Tensor:
    """Sentence logits (B, L) from token logits (B, T, L): log-sum-exp over the tokens of `mask` (B, T).

    `temperature * log(sum_t exp(z_t / temperature))`: a smooth maximum, so the strongest evidence decides and
    a few words together count more than one (as in multiple-instance learning, Ramon and De Raedt 2000).
    """
    hidden = token_logits.float().masked_fill(~mask.unsqueeze(-1), float("-inf"))
    return temperature * torch.logsumexp(hidden / temperature, dim=1)


def sentence_loss(logits: Tensor, gold: Tensor, positive_weight: Tensor) -> Tensor:
    """Mean binary cross-entropy over B x L; positives of label k weigh `positive_weight[k]`."""
    return bce(logits, gold, pos_weight=positive_weight)


def learnable(mask: Tensor, known: Tensor) -> Tensor:
    """Tokens and labels that can be learnt from (B, T, L): of a text, and where evidence is known.

    `known` (B, L) is False for a label that a sentence carries without a span: nothing is learnt from its tokens.
    """
    return mask.unsqueeze(-1) & known.unsqueeze(1)


def token_loss(token_logits: Tensor, gold: Tensor, weight: Tensor) -> Tensor:
    """Mean binary cross-entropy over the `learnable` tokens and labels; `gold` (B, T, L) is 1 inside evidence."""
    loss = bce(token_logits.float(), gold, reduction="none")
    return (loss * weight).sum() / weight.sum().clamp(min=1)


def disagreement(first: Tensor, second: Tensor) -> Tensor:
    """What two dropouts of the same sentences differ by, logits (B, L) each: R-Drop's term (Liang et al. 2021).

    The mean over B x L of both Kullback-Leibler divergences of the two Bernoulli distributions.
    """
    return ((torch.sigmoid(first) - torch.sigmoid(second)) * (first - second)).mean() / 2


def positive_weights(positives: Tensor, n: int) -> Tensor:
    """Square root of negatives over positives, a label, between 1 and the cap: (L,) from the counts (L,) among `n`."""
    positives = positives.clamp(min=1)
    return ((n - positives) / positives).sqrt().clamp(1.0, POSITIVE_WEIGHT_CAP)


def log_odds(rate: Tensor) -> Tensor:
    """The logit of a rate, kept away from certainty: the bias that makes an untrained head say the base rate."""
    rate = rate.clamp(1e-4, 1 - 1e-4)
    return torch.log(rate / (1 - rate))
