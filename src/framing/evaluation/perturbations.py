"""Changes that leave a sentence's frames alone: typo, case, dates, numbers, dateline, spelling, quotes, clutter."""

import random
import re
from collections.abc import Callable, Mapping
from itertools import pairwise

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PLAIN = "|".join([*DAYS, *(month for month in MONTHS if month not in {"March", "May"})])
DATE = re.compile(rf"\b(?:{PLAIN})\b|\b(?:March|May)\b(?= \d)|(?<=\d )(?:March|May)\b|\b(?:1[5-9]|20)\d\d\b")
"""March and May are words as well: they count beside a day or year."""
NEXT = {a: b for names in (MONTHS, DAYS) for a, b in pairwise((*names, names[0]))}

WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MORE = dict(pairwise(WORDS))
NUMBER = re.compile(
    rf"(?<![\w.,:/-])(?!(?:1[5-9]|20)\d\d\b)(?:\d[\d,]*\d|[2-9])(?![\w:/]|[.,]\d)|\b(?:{'|'.join(MORE)})\b", re.I
)
"""No year, no time, no designation (T-72), no lone 1, whose noun would have to change."""

BRITISH_Z = re.compile(
    r"\b((?:neutral|demilitar|militar|stabil|demobil|mobil|organ|reorgan|civil|recogn|terror|minim|normal|real)i)([sz])"
    r"(?=(?:e[drs]?|ing|ers?|ations?)\b)",
    re.I,
)
BRITISH_U = re.compile(
    r"\b((?:dis)?(?:hon|val|harb|col|neighb|fav|lab|rum|arm|behavi))(ou|o)(?=r(?:s|ed|ing|able|ite|hoods?|ers?|y)?\b)",
    re.I,
)
BRITISH = {
    "defence": "defense",
    "defences": "defenses",
    "offence": "offense",
    "metre": "meter",
    "metres": "meters",
    "kilometre": "kilometer",
    "kilometres": "kilometers",
    "centre": "center",
    "centres": "centers",
    "theatre": "theater",
    "grey": "gray",
    "programme": "program",
    "manoeuvre": "maneuver",
    "manoeuvres": "maneuvers",
    "manoeuvred": "maneuvered",
    "manoeuvring": "maneuvering",
}
ACROSS = BRITISH | {american: british for british, american in BRITISH.items()}
SPELT = re.compile(rf"\b(?:{'|'.join(ACROSS)})\b", re.I)

STRAIGHT = str.maketrans("“”‘’", "\"\"''")
OPENING = re.compile(r"(?:(?<=[\s(\[—])|\A)[\"']")
DATELINE = "GENEVA, May 3 — "
CLUTTER = " Read more | Share | Advertisement"
SHORTEST = 5
"""Letters of a word that a typo may strike, so that it stays a typo and no other word."""


def shifted_dates(text: str) -> str:
    """The next month, weekday and year for each that is named."""
    return DATE.sub(lambda m: NEXT.get(m[0]) or str(int(m[0]) + 1), text)


def other_numbers(text: str) -> str:
    """Numbers that differ a little, in figures and in words."""
    return NUMBER.sub(lambda m: _cased(MORE[m[0].lower()], m[0]) if m[0].isalpha() else _other(m[0]), text)


def other_spelling(text: str) -> str:
    """American for British spelling and the reverse."""
    text = BRITISH_Z.sub(lambda m: m[1] + m[2].translate(str.maketrans("szSZ", "zsZS")), text)
    text = BRITISH_U.sub(lambda m: m[1] + ("o" if len(m[2]) == 2 else "ou"), text)
    return SPELT.sub(lambda m: _cased(ACROSS[m[0].lower()], m[0]), text)


def other_quotes(text: str) -> str:
    """Straight marks for curly ones; where there are none, curly marks for straight ones."""
    straight = text.translate(STRAIGHT)
    if straight != text:
        return straight
    opened = OPENING.sub(lambda m: "“" if m[0] == '"' else "‘", text)
    return opened.replace('"', "”").replace("'", "’")


def with_typo(text: str, evidence: str) -> str:
    """Two letters exchanged inside a word that is no evidence; the text itself where no word can take it."""
    start = text.index(evidence)
    spans = [m.span() for m in re.finditer(rf"\b[a-z]{{{SHORTEST},}}\b", text)]
    places = [
        k
        for a, b in spans
        if b <= start or a >= start + len(evidence)
        for k in range(a + 1, b - 2)
        if text[k] != text[k + 1]
    ]
    if not places:
        return text
    k = random.Random(text).choice(places)  # noqa: S311 - the text is the seed: a typo stays where it is
    return text[:k] + text[k + 1] + text[k] + text[k + 2 :]


PERTURBATIONS: Mapping[str, Callable[[str], str]] = {
    "lower case": str.lower,
    "upper case": str.upper,
    "dates": shifted_dates,
    "numbers": other_numbers,
    "dateline": lambda text: DATELINE + text,
    "spelling": other_spelling,
    "quotation marks": other_quotes,
    "clutter": lambda text: text + CLUTTER,
}


def perturbed(text: str, evidence: str | None) -> dict[str, str]:
    """The changed texts by kind of change; a change that leaves the text as it is makes none."""
    found = {name: change(text) for name, change in PERTURBATIONS.items()}
    if evidence is not None:
        found["typo"] = with_typo(text, evidence)
    return {name: changed for name, changed in found.items() if changed != text}


def _other(figures: str) -> str:
    last = int(figures[-1])
    return figures[:-1] + str(last - 1 if last > 2 else last + 1)


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[0].isupper() else word
