"""What every classifier is and does. The rest of the package knows no more about a model than this."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from framing.schema import Floats, Hot, Sentence

Progress = Callable[[Mapping[str, float], int], None]
"""Called as `progress({"train/loss": 0.3}, step)` while a model learns."""


class Span(NamedTuple):
    """The words of a sentence that speak for one label: `text[start:end]`."""

    label: str
    start: int
    end: int


class Reading(Protocol):
    """What a classifier has read in some sentences: scores now, reasons on demand."""

    @property
    def scores(self) -> Floats:
        """Shape (n_sentences, n_labels), in [0, 1], labels in taxonomy order."""
        ...

    def explain(self, wanted: Hot) -> list[list[Span]]:
        """For each sentence the spans behind each label that `wanted` (n_sentences, n_labels) marks.

        A wanted label has at least one span, ordered by label, then start; a sentence without a word has none.
        """
        ...


class Classifier(Protocol):
    """`fit` learns and returns self; a model that is not `reads_audit` sees only blind sentences."""

    reads_audit: ClassVar[bool]
    labels: tuple[str, ...]

    def fit(self, train: Sequence[Sentence], validation: Sequence[Sentence], progress: Progress) -> Self:
        """Learn from `train`; `validation` may stop the learning early, nothing else."""
        ...

    def read(self, sentences: Sequence[Sentence]) -> Reading:
        """Scores and reasons; what one sentence gets does not depend on the others."""
        ...

    def save(self, folder: Path) -> None:
        """Write everything `load` needs into an existing empty folder: JSON, safetensors or skops, never a pickle."""
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model that `save` wrote, with the same scores."""
        ...


@runtime_checkable
class Streamed(Protocol):
    """Training sentences that do not fit into memory: of the kinds of model, the encoder can learn from them."""

    def __len__(self) -> int:
        """Sentences."""
        ...

    def counts(self, labels: Sequence[str]) -> NDArray[np.int64]:
        """Sentences that have each label, shape (n_labels,)."""
        ...

    def windows(self, size: int, seed: int) -> Iterator[list[Sentence]]:
        """All sentences once, shuffled by the seed, `size` at a time."""
        ...


@runtime_checkable
class KnowsWords(Protocol):
    """A classifier with a vocabulary."""

    def unknown(self, texts: Sequence[str]) -> Floats:
        """Share of the words of each text that the vocabulary lacks, (n_texts,); NaN without a word."""
        ...


@runtime_checkable
class Embeds(Protocol):
    """A reading that has a vector for each sentence."""

    @property
    def embeddings(self) -> Floats:
        """Shape (n_sentences, n_dimensions)."""
        ...


@runtime_checkable
class Resumable(Protocol):
    """A classifier that writes checkpoints while it learns, and goes on from the newest that it finds."""

    checkpoints: Path | None
    """Their folder; None for a training that nobody goes on with."""
