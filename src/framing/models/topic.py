"""What the topic alone is worth: the sentence without its frame words.

Taken away are the matches of every cue, and every word that stands inside training evidence at a higher rate than
outside. What is left says what the sentence is about; a model that does not beat it has learnt topics, not frames.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

from framing.models import reduced
from framing.models.hints import pattern_of
from framing.models.linear import LinearClassifier
from framing.models.occlusion import Occluded
from framing.models.protocol import Progress
from framing.schema import WORD, Sentence


class TopicClassifier:
    """`cues` are regular expressions by label; `strength` and `min_df` as in `linear`."""

    reads_audit: ClassVar[bool] = False

    def __init__(
        self,
        *,
        labels: Sequence[str],
        cues: Mapping[str, Sequence[str]],
        strength: float = 4.0,
        min_df: int = 2,
        seed: int = 0,
    ) -> None:
        self.labels = tuple(labels)
        self.cues = {label: tuple(cues.get(label, ())) for label in self.labels}
        self.linear = LinearClassifier(labels=labels, strength=strength, min_df=min_df, seed=seed)
        self._cue = pattern_of([cue for label in self.labels for cue in self.cues[label]])

    def fit(self, train: Sequence[Sentence], validation: Sequence[Sentence], progress: Progress) -> Self:
        """Learn which words are frame words, then a linear model of the others."""
        self.dropped_ = frame_words(train)
        reduced.fit(self.linear, train, self.reduce, progress)
        return self

    def read(self, sentences: Sequence[Sentence]) -> Occluded:
        """Scores of the words left, and reasons by leaving words out."""
        return reduced.read(self.linear, sentences, self.reduce)

    def reduce(self, text: str) -> str:
        """The words of the text that are neither cue nor frame word."""
        words = (m[0] for m in WORD.finditer(self._cue.sub(" ", text)))
        return reduced.joined(word for word in words if word.lower() not in self.dropped_)

    def save(self, folder: Path) -> None:
        """`topic.json` and the linear model in `linear/`."""
        reduced.save(self.linear, folder, "topic", {"cues": self.cues, "dropped": sorted(self.dropped_)})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model that `save` wrote."""
        linear, state = reduced.load(folder, "topic")
        model = cls(labels=linear.labels, cues=state["cues"])
        model.linear, model.dropped_ = linear, frozenset(state["dropped"])
        return model


def frame_words(sentences: Sequence[Sentence]) -> frozenset[str]:
    """Lower-case words with a higher rate inside evidence than outside."""
    inside, outside = Counter[str](), Counter[str]()
    for sentence in sentences:
        for match in WORD.finditer(sentence.text):
            within = any(e.start < match.end() and match.start() < e.end for e in sentence.evidence)
            (inside if within else outside)[match[0].lower()] += 1
    all_in, all_out = max(inside.total(), 1), max(outside.total(), 1)
    return frozenset(word for word, n in inside.items() if n / all_in > outside[word] / all_out)
