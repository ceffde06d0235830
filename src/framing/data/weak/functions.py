"""Labelling functions: one for each cue and exclusion cue of a taxonomy, and those of a user's own Python file.

A cue votes for its label, an exclusion cue against it, and both abstain where they do not match. The idea is that of
data programming (Ratner et al. 2016, arXiv:1605.07723).
"""

import importlib.util
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Final, Literal, NamedTuple

from framing.errors import FramingError
from framing.schema import Sentence, blind
from framing.taxonomy import Taxonomy


class Silence(Enum):
    """The answer of a function that knows nothing about a sentence."""

    ABSTAIN = "abstain"


ABSTAIN: Final = Silence.ABSTAIN
Answer = str | None | Silence
Own = Callable[[Sentence], Answer]
"""A user's function: a label id, None for "none of the labels", or ABSTAIN."""


class Function(NamedTuple):
    """What a labelling function is called, and what it looks for."""

    name: str
    kind: Literal["cue", "exclusion", "own"]
    what: str


class Ballot(NamedTuple):
    """One vote of function number `function` on label number `label`; `start:end` are its words, equal where none."""

    function: int
    label: int
    yes: bool
    start: int = 0
    end: int = 0


class _Cue(NamedTuple):
    number: int
    yes: bool
    pattern: re.Pattern[str]


class _LabelCues(NamedTuple):
    """The cues of one label behind a gate: one search tells whether any of them matches."""

    label: int
    gate: re.Pattern[str]
    cues: tuple[_Cue, ...]

    def cast(self, text: str) -> Iterator[Ballot]:
        if self.gate.search(text):
            for cue in self.cues:
                if match := cue.pattern.search(text):
                    yield Ballot(cue.number, self.label, cue.yes, *match.span())


class Voters:
    """All labelling functions over one list of labels; `listed` has them in the order of their numbers."""

    def __init__(self, taxonomy: Taxonomy, own: Sequence[Own] = ()) -> None:
        self.labels = taxonomy.ids()
        self._number = {label: k for k, label in enumerate(self.labels)}
        numbers = count()
        listed: list[Function] = []
        self._cues: list[_LabelCues] = []
        for label in taxonomy.labels:
            kinds = [("cue", label.cues), ("exclusion", label.exclude_cues)]
            told = [Function(f"{label.id}/{kind}/{k}", kind, c) for kind, cues in kinds for k, c in enumerate(cues, 1)]
            found = tuple(_Cue(next(numbers), f.kind == "cue", _pattern(f.what)) for f in told)
            self._cues.append(_LabelCues(self._number[label.id], _pattern(*(f.what for f in told)), found))
            listed += told
        self._own = [(next(numbers), function) for function in own]
        self.listed = (*listed, *(Function(f.__name__, "own", inspect.getfile(f)) for f in own))

    def cast(self, sentence: Sentence) -> list[Ballot]:
        """Every vote on a sentence; a function that abstains casts none."""
        ballots = [ballot for cues in self._cues for ballot in cues.cast(sentence.text)]
        for number, function in self._own:
            ballots += self._own_ballots(number, function, sentence)
        return ballots

    def _own_ballots(self, number: int, function: Own, sentence: Sentence) -> list[Ballot]:
        answer = _ask(function, sentence)
        if answer is ABSTAIN:
            return []
        if answer is None:
            return [Ballot(number, label, yes=False) for label in range(len(self.labels))]
        if answer not in self._number:
            raise FramingError(
                expected=f"{function.__name__} to return ABSTAIN, None or a label among {sorted(self.labels)}",
                found=f"{answer!r} for sentence {sentence.id!r}",
                fix="Correct the function.",
            )
        return [Ballot(number, self._number[answer], yes=True)]


def read_functions(path: Path) -> list[Own]:
    """The public functions that a Python file defines, in order. This runs the file: it is the user's own code."""
    spec = importlib.util.spec_from_file_location(f"_labelling_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FramingError(
            expected=f"a Python file {path}", found="none of that kind", fix="Name a .py file with --functions."
        )
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise FramingError(
            expected=f"{path} to run", found=f"{type(error).__name__}: {error}", fix="Mend the file."
        ) from error
    mine = [f for name, f in vars(module).items() if inspect.isfunction(f) and not name.startswith("_")]
    found = [f for f in mine if f.__module__ == module.__name__]
    if not found:
        raise FramingError(
            expected=f"functions `def f(sentence): ...` in {path}", found="none", fix="See docs/weak.md for an example."
        )
    return found


def _ask(function: Own, sentence: Sentence) -> Answer:
    """A function sees what a text model sees: labels made from the outlet would teach the outlet."""
    (seen,) = blind([sentence])
    try:
        return function(seen)
    except Exception as error:
        raise FramingError(
            expected=f"{function.__name__} to answer for every sentence",
            found=f"{type(error).__name__}: {error} for sentence {sentence.id!r}",
            fix="Mend the function, or return ABSTAIN there.",
        ) from error


def _pattern(*cues: str) -> re.Pattern[str]:
    """All cues in one, each from a word start; it never matches where there are none."""
    return re.compile("|".join(rf"(?<!\w)(?:{cue})" for cue in cues) or r"(?!)", re.IGNORECASE)
