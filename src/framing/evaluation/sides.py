"""The two sides of a conflict exchanged in a text: Russia for Ukraine, Moscow for Kyiv, and back.

A lexicon is a YAML file of pairs (`configs/sides/`). It is a bijection, so that swapping twice gives the text back; the
article before a name is repaired (`an Israeli` - `a Palestinian`) where it was right before.
"""

import re
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from framing.errors import FramingError
from framing.shipped import shipped

Kind = Literal["state", "demonym", "capital", "office", "town", "bloc"]
SPELT = "AEFHILMNORSX"
"""Letters whose English name begins with a vowel sound: an FDLR unit, an RSF patrol."""
LONGEST_SPELT = 4
"""Letters up to which capitals are taken for an abbreviation read letter by letter, not for a name in capitals."""
SAID_AS_WORDS = {"NATO", "IRAN", "IRAQ"}
STRANGERS = ("Morv", "Tald")
"""Stems of third-party names: no state, people or place of any conflict here."""
ENDINGS: dict[Kind, str] = {
    "state": "ia",
    "demonym": "ian",
    "capital": "grad",
    "office": "hof",
    "town": "bor",
    "bloc": "pact",
}
YOU = ("Eu", "Ug", "Uk", "Un", "Us")
"""Beginnings with a consonant sound: Ukrainian, Union."""


class Lexicon(BaseModel):
    """Pairs of names, first side and second side, by kind.

    `also` holds what other datasets call the conflict and its sides, in the same order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conflict: str
    sides: tuple[str, str]
    also: dict[str, tuple[str, str]] = {}
    pairs: dict[Kind, tuple[tuple[str, str], ...]]

    @model_validator(mode="after")
    def _is_bijective(self) -> Self:
        terms = [term for kind in self.pairs.values() for pair in kind for term in pair]
        if repeated := sorted({term for term in terms if terms.count(term) > 1}):
            raise ValueError(f"terms that stand in two places: {repeated}")
        return self

    @property
    def terms(self) -> list[str]:
        """Every name of either side."""
        return [term for pairs in self.pairs.values() for pair in pairs for term in pair]

    @cached_property
    def _other(self) -> dict[str, str]:
        pairs = [pair for kind in self.pairs.values() for pair in kind]
        both = pairs + [(a.upper(), b.upper()) for a, b in pairs if a.upper() != a and b.upper() != b]
        return {**dict(both), **{b: a for a, b in both}}

    @cached_property
    def _places(self) -> frozenset[str]:
        pairs = [pair for kind in ("capital", "town") for pair in self.pairs.get(kind, ())]
        return frozenset(name for pair in pairs for term in pair for name in (term, term.upper()))

    @cached_property
    def _strangers(self) -> dict[str, str]:
        """An invented stem for each side; pairs of one kind beyond the first get another ending."""
        found: dict[str, str] = {}
        for kind, pairs in self.pairs.items():
            for number, pair in enumerate(pairs):
                for term, stem in zip(pair, STRANGERS, strict=True):
                    found[term] = (
                        stem + ENDINGS[kind] + ("" if number == 0 else "s" if kind == "demonym" else str(number))
                    )
        return found | {term.upper(): name.upper() for term, name in found.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        terms = sorted(self._other, key=lambda term: (-len(term), term))
        return re.compile(
            rf"(?:\b(?P<article>[Aa]n?|AN?)(?P<space>\s+))?(?<!\w)(?P<term>{'|'.join(map(re.escape, terms))})(?!\w)"
        )

    def swap(self, text: str) -> str:
        """The text with the sides exchanged; the text itself where it names neither."""
        return self._pattern.sub(self._exchanged, text)

    def swap_places(self, text: str) -> str:
        """The text with only capitals and towns exchanged."""
        return self._pattern.sub(lambda m: self._exchanged(m) if m["term"] in self._places else m[0], text)

    def third_parties(self, text: str) -> str:
        """The text with invented names for both sides, one for each pair and side; it cannot be undone."""
        return self._pattern.sub(lambda m: f"{m['article'] or ''}{m['space'] or ''}{self._strangers[m['term']]}", text)

    def masked(self, text: str) -> str:
        """The text with `[NAME]` for every name of either side."""
        return self._pattern.sub(lambda m: f"{m['article'] or ''}{m['space'] or ''}[NAME]", text)

    def side(self, party: object) -> int:
        """+1 for the first side, -1 for the second, 0 for any other party, by whatever dataset it is named."""
        first, second = zip(self.sides, *self.also.values(), strict=True)
        return 1 if party in first else -1 if party in second else 0

    def names(self, text: str) -> bool:
        """Whether the text names a side."""
        return bool(self._pattern.search(text))

    def _exchanged(self, match: re.Match[str]) -> str:
        term, article = match["term"], match["article"]
        other = self._other[term]
        if article is None:
            return other
        if _takes_an(term) == (article.lower() == "an"):
            article = _like(article, an=_takes_an(other))
        return f"{article}{match['space']}{other}"


def _takes_an(term: str) -> bool:
    if term.isupper() and len(term) <= LONGEST_SPELT and term not in SAID_AS_WORDS:
        return term[0] in SPELT
    return term[0] in "AEIOUaeiou" and not term.capitalize().startswith(YOU)


def _like(article: str, *, an: bool) -> str:
    """`a` or `an` in the case of `article`; a lone capital A says nothing of the N."""
    return article[0] + ("n" if an else "")


def load(path: Path) -> Lexicon:
    """The lexicon in a YAML file; raises FramingError that says what is wrong with it."""
    try:
        return Lexicon.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise FramingError(
            expected=f"a readable lexicon {path}", found=error.strerror or "an error", fix="Check the path."
        ) from error
    except (yaml.YAMLError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error).splitlines()[0]
        raise FramingError(expected=f"a sound lexicon in {path}", found=reason, fix="Correct it.") from error


def load_all(folder: Path) -> dict[str, Lexicon]:
    """Every lexicon in a folder, by each name of its conflict."""
    found = [load(path) for path in sorted(folder.glob("*.yaml"))]
    if not found:
        raise FramingError(expected=f"lexicons (*.yaml) in {folder}", found="none", fix="Name configs/sides.")
    named = [(name, lexicon) for lexicon in found for name in (lexicon.conflict, *lexicon.also)]
    names = [name for name, _ in named]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise FramingError(
            expected=f"one lexicon a conflict in {folder}", found=f"two of {repeated}", fix="Merge them."
        )
    return dict(named)


def load_shipped() -> dict[str, Lexicon]:
    """The lexicons of `configs/sides`, which travel with the package."""
    return load_all(shipped("configs/sides"))
