"""Has a training collapsed? A model that says nearly the same of every sentence fails before it is judged and logged.

Fine-tuning of a large encoder now and then ends with the majority class for every input (Mosbach et al. 2021), and
DeBERTa-v3 does so under some releases of transformers; its scores look like a bad model's, not like a broken one's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import entr

from framing.errors import FramingError
from framing.models import platt
from framing.models.calibration import Decisions
from framing.schema import Floats, Hot

FLAT = 0.01
"""Standard deviation of a label's log-odds over validation below which its scores do not depend on the sentence."""
SHARE = 0.5
"""Share of the labels with positives that may not be flat together."""
FIX = "Lower model.learning_rate, set model.bf16=false, or take another seed; docs/train.md says more."


class CollapsedError(FramingError):
    """A training that has to be begun again with other settings."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """Signs of life of a trained model on validation, over the labels that have positives there."""

    coverage: float
    """Share of these labels that are given to some sentences and not to all."""
    entropy: float
    """Mean binary entropy of the calibrated scores, in nats: 0 where every score is 0 or 1."""
    flat: tuple[str, ...]
    """Labels whose raw scores do not vary."""
    n_labels: int

    def metrics(self) -> dict[str, float]:
        """As a run logs them."""
        return {"val/label_coverage": self.coverage, "val/score_entropy": self.entropy}

    def refuse_collapse(self) -> None:
        """Raises CollapsedError where half of the labels or more are flat."""
        if self.n_labels and len(self.flat) >= SHARE * self.n_labels:
            raise FramingError(
                expected=f"scores that differ between the sentences of validation (sd of log-odds over {FLAT})",
                found=f"collapsed training: {len(self.flat)} of {self.n_labels} labels flat ({', '.join(self.flat)})",
                fix=FIX,
            )


def vitals(raw: Floats, gold: Hot, decisions: Decisions, labels: Sequence[str]) -> Vitals:
    """Of raw validation scores and gold, both (n_sentences, n_labels)."""
    some = gold.any(axis=0)
    scores = decisions.calibrate(raw)
    given = decisions.decide(scores)
    told_apart = np.asarray(given.any(axis=0) & ~given.all(axis=0))
    spread = platt.logit(raw).std(axis=0)
    return Vitals(
        coverage=float(told_apart[some].mean()) if some.any() else 0.0,
        entropy=float((entr(scores) + entr(1 - scores))[:, some].mean()) if some.any() else 0.0,
        flat=tuple(label for label, bad in zip(labels, some & (spread < FLAT), strict=True) if bad),
        n_labels=int(some.sum()),
    )


def refuse_broken(raw: Floats) -> None:
    """Raises CollapsedError where a score is not a number."""
    if not np.isfinite(raw).all():
        raise CollapsedError(
            expected="finite scores on validation", found="scores that are not numbers: the training diverged", fix=FIX
        )
