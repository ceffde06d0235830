"""Cues of the taxonomy as what a model knows beforehand: words worth a look, weighed by what validation says of them.

A few thousand gold sentences do not hold every wording. A list of cues holds more of them and is often wrong, so that
a cue only adds a `gain` to the logits of its words: the same for all labels, the one that makes the labels of the
validation sentences likeliest. Cues that mislead get no gain.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from framing.models import calibration
from framing.schema import Floats, Hot

GAINS = tuple(float(g) for g in np.arange(0.0, 6.5, 0.5))


class Hints:
    """Where the cues of each label stand; `cues` are regular expressions by label."""

    def __init__(self, labels: Sequence[str], cues: Mapping[str, Sequence[str]]) -> None:
        self.patterns = [pattern_of(cues.get(label, ())) for label in labels]
        self._any = _in_lower_case([cue for label in labels for cue in cues.get(label, ())])

    def within(self, text: str, offsets: np.ndarray) -> Hot:
        """Which tokens, given as character offsets (n_tokens, 2), lie in a cue: (n_tokens, n_labels)."""
        inside = np.zeros((len(offsets), len(self.patterns)), dtype=np.bool_)
        if not self._any.search(text.lower()):
            return inside
        real = offsets[:, 1] > offsets[:, 0]
        for k, pattern in enumerate(self.patterns):
            for found in pattern.finditer(text):
                inside[:, k] |= real & (offsets[:, 0] < found.end()) & (offsets[:, 1] > found.start())
        return inside

    def matched(self, texts: Sequence[str]) -> Hot:
        """Which texts hold a cue of which label, (n_texts, n_labels)."""
        rows = [[bool(pattern.search(text)) for pattern in self.patterns] for text in texts]
        return np.array(rows, dtype=np.bool_).reshape(len(texts), len(self.patterns))

    def raised(
        self, texts: Sequence[str], offsets: Sequence[np.ndarray], logits: Sequence[Floats], gain: float
    ) -> list[Floats]:
        """Token logits of each text, (n_tokens, n_labels), with the gain added where a cue stands."""
        return [z + gain * self.within(text, o) for text, o, z in zip(texts, offsets, logits, strict=True)]


def pattern_of(cues: Sequence[str]) -> re.Pattern[str]:
    """One pattern for all cues, each beginning at a word start; it never matches where there are none."""
    return re.compile(_either(cues), re.IGNORECASE)


def _either(cues: Sequence[str]) -> str:
    either = "|".join(f"(?:{cue})" for cue in cues)
    return rf"(?<!\w)(?:{either})" if cues else r"(?!)"


def _in_lower_case(cues: Sequence[str]) -> re.Pattern[str]:
    """Found in the lower-case text wherever one of the cues may stand: one search that passes most texts over.

    A pattern that ignores case looks at every alternative letter by letter. Where a cue has capitals, which may mean a
    class of characters, or groups, which count from the first of all cues, it is found in every text.
    """
    everywhere = re.compile("")
    if any(cue != cue.lower() for cue in cues):
        return everywhere
    found = re.compile(_either(cues))
    return everywhere if found.groups else found


def best_gain(scores_at: Callable[[float], Floats], gold: Hot) -> float:
    """The gain whose calibrated scores make `gold` likeliest; `scores_at(gain)` are raw, (n_sentences, n_labels)."""
    losses = [calibration.log_loss(scores_at(gain), gold) for gain in GAINS]
    return GAINS[int(np.argmin(losses))]
