"""A model's own example: what it scored one text when it was saved, which whoever loads it can check."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from framing.errors import FramingError
from framing.schema import Sentence

if TYPE_CHECKING:
    from framing.models.store import Model

TEXT = 'The ministry said its troops had "liberated" the town after a planned regrouping.'
TOLERANCE = 1e-3
"""Between machines: fp32 on another processor differs in the sixth digit; another model in the first or second."""
COARSE = 3e-2
"""In bf16, which keeps three digits of every intermediate value."""


def example_scores(model: "Model") -> dict[str, float]:
    """Label to calibrated score of `TEXT`."""
    sentence = Sentence(id="example:0", document="example", index=0, start=0, end=len(TEXT), text=TEXT)
    scores, _ = model.read([sentence])
    return {label: float(score) for label, score in zip(model.labels, scores[0], strict=True)}


def check_example(model: "Model", recorded: Mapping[str, float], *, tolerance: float = TOLERANCE) -> None:
    """Raises FramingError where the model does not answer its example in [0, 1] and as recorded, if it was."""
    found = example_scores(model)
    if bad := sorted(label for label, score in found.items() if not 0.0 <= score <= 1.0):
        raise _differs("scores in [0, 1]", bad)
    if not recorded:
        return
    if set(recorded) != set(found):
        raise _differs(f"scores for the labels {sorted(recorded)}", sorted(found))
    if far := sorted(label for label in found if abs(found[label] - recorded[label]) > tolerance):
        raise _differs("the scores recorded when the model was saved", far)


def _differs(expected: str, labels: list[str]) -> FramingError:
    return FramingError(
        expected=f"{expected} of the model's own example",
        found=f"others for {labels}",
        fix="Save the model again; its files do not belong together.",
    )
