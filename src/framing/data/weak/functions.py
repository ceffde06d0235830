"""Labelling functions: one for each cue and exclusion cue of a taxonomy, and those of a user's own Python file.

A cue votes for its label. An exclusion cue votes against it, beside a cue only: an exclusion rule is about sentences
that look like the label. Both abstain where they do not match. The idea is that of data programming (Ratner et al.
2016, arXiv:1605.07723).
"""

import importlib.util
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

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
    """What a labelling function is called, its kind (`cue`, `exclusion`, `own`), and what it looks for."""

    name: str
    kind: str
    what: str


class Ballot(NamedTuple):
    """One vote of function number `function` on label number `label`; `start:end` are its words, equal where none."""

    function: int
    label: int
    yes: bool
    start: int = 0
    end: int = 0


class _LabelCues(NamedTuple):
    """The cues and exclusion cues of one label, by number; one search of `gate` tells whether any cue matches."""

    label: int
    gate: re.Pattern[str]
    cues: tuple[tuple[int, re.Pattern[str]], ...]
    exclusions: tuple[tuple[int, re.Pattern[str]], ...]

    def cast(self, text: str) -> Iterator[Ballot]:
        if self.gate.search(text):
            for yes, patterns in ((True, self.cues), (False, self.exclusions)):
                for number, pattern in patterns:
                    if match := pattern.search(text):
                        yield Ballot(number, self.label, yes, *match.span())


class Voters:
    """All labelling functions over one list of labels; `listed` has them in the order of their numbers."""

    def __init__(self, taxonomy: Taxonomy, own: Sequence[Own] = ()) -> None:
        self.labels = taxonomy.ids()
        self._number = {label: k for k, label in enumerate(self.labels)}
        numbers = count()
        told, self._cues = [], []
        for k, one in enumerate(taxonomy.labels):
            found = {"cue": one.cues, "exclusion": one.exclude_cues}
            told += [
                Function(f"{one.id}/{kind}/{n}", kind, c) for kind, cs in found.items() for n, c in enumerate(cs, 1)
            ]
            parts = [tuple((next(numbers), _pattern(c)) for c in cues) for cues in found.values()]
            self._cues.append(_LabelCues(k, _pattern(*one.cues), *parts))
        self._own = [(next(numbers), function) for function in own]
        self.listed = (*told, *(Function(f.__name__, "own", inspect.getfile(f)) for f in own))

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
    found: list[Own] = [f for f in mine if f.__module__ == module.__name__]
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
    return re.compile(rf"(?<!\w)(?:{'|'.join(f'(?:{cue})' for cue in cues)})" if cues else r"(?!)", re.IGNORECASE)
