"""The values every part of the package shares: evidence, sentence, document. No input or output here.

Offsets are characters. Two laws hold for every value built here, and both are checked:
`document.text[s.start:s.end] == s.text` and `0 <= e.start < e.end <= len(s.text)`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from framing.errors import FramingError

Voice = Literal["narrator", "direct", "indirect", "mixed"]
Distance = Literal["adopted", "neutral", "distanced"]
Use = Literal["use", "mention"]

VOICES: tuple[Voice, ...] = get_args(Voice)
DISTANCES: tuple[Distance, ...] = get_args(Distance)
USES: tuple[Use, ...] = get_args(Use)

Floats = npt.NDArray[np.float64]
Hot = npt.NDArray[np.bool_]
"""Rows are sentences, columns are labels in taxonomy order."""

WORD = re.compile(r"\w+(?:['’\-]\w+)*")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that carry one label: `sentence.text[start:end]`, and who says them."""

    label: str
    start: int
    end: int
    voice: Voice = "narrator"
    source: str | None = None
    distance: Distance = "adopted"
    use: Use = "use"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document, with its gold labels where it has any.

    `audit` (conflict, party, outlet, date, ...) is for splits, slices and baselines;
    `blind` removes it before a text model sees the sentence.
    """

    id: str
    document: str
    index: int
    start: int
    end: int
    text: str
    labels: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    voice: Voice = "narrator"
    distance: Distance = "adopted"
    source: str | None = None
    language: str = "en"
    taxonomy: str = ""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    audit: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for span in self.evidence:
            if not 0 <= span.start < span.end <= len(self.text):
                raise FramingError(
                    expected=f"evidence inside the {len(self.text)} characters of sentence {self.id!r}",
                    found=f"{span.label} at {span.start}:{span.end}",
                    fix="Correct the offsets; they count characters of the sentence, not of the document.",
                )


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its sentences, in order, which do not overlap."""

    id: str
    text: str
    sentences: tuple[Sentence, ...] = ()

    def __post_init__(self) -> None:
        for sentence in self.sentences:
            if self.text[sentence.start : sentence.end] != sentence.text:
                raise FramingError(
                    expected=f"document {self.id!r} to hold the text of sentence {sentence.index} at its offsets",
                    found=f"other characters at {sentence.start}:{sentence.end}",
                    fix="Rebuild the document with `framing data build`.",
                )


def blind(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The same sentences without anything a text model must not see: ids, source, votes and audit fields."""
    return [replace(s, id="", document="", index=0, source=None, provenance={}, audit={}) for s in sentences]


def words(text: str) -> list[tuple[int, int]]:
    """Where each word begins and ends; what joins two words without a space is part of one."""
    return [found.span() for found in WORD.finditer(text)]


def multi_hot(sentences: Sequence[Sentence], labels: Sequence[str]) -> Hot:
    """Gold labels as a matrix, shape (n_sentences, n_labels); labels outside `labels` are left out."""
    column = {label: k for k, label in enumerate(labels)}
    hot = np.zeros((len(sentences), len(labels)), dtype=np.bool_)
    for row, sentence in enumerate(sentences):
        for label in sentence.labels:
            if label in column:
                hot[row, column[label]] = True
    return hot


FIELDS = dict.fromkeys(Sentence.__dataclass_fields__)
EVIDENCE_FIELDS = dict.fromkeys(Evidence.__dataclass_fields__)


def to_record(sentence: Sentence) -> dict[str, Any]:
    """The sentence as the JSON object of the datasets (docs/datasets.md)."""
    record = {name: getattr(sentence, name) for name in FIELDS}  # asdict copies deeply, which is slow
    record["labels"] = list(sentence.labels)
    record["evidence"] = [{name: getattr(e, name) for name in EVIDENCE_FIELDS} for e in sentence.evidence]
    record["provenance"] = dict(sentence.provenance)
    record["audit"] = dict(sentence.audit)
    return record


def from_record(record: Mapping[str, Any]) -> Sentence:
    """The sentence that `to_record` wrote; raises FramingError on a field it does not know."""
    if unknown := sorted(record.keys() - FIELDS.keys()):
        raise FramingError(
            expected=f"only the fields {sorted(FIELDS)} in a record",
            found=str(unknown),
            fix="Rename or remove the others.",
        )
    fields = dict(record)
    fields["labels"] = tuple(record.get("labels", ()))
    fields["evidence"] = tuple(Evidence(**e) for e in record.get("evidence", ()))
    return Sentence(**fields)
