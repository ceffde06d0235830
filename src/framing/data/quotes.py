"""Quotations in a text, in every typography: where they open, where they close, and what may only look like one.

A quotation lies within one paragraph (one line). One that is left open runs to the paragraph's end; that covers the
newspaper convention in which every paragraph of a long quotation opens it anew and only the last one closes it.
"""

import re
from typing import NamedTuple

PAIRS = {"“": "”", "„": "“”", "«": "»", "「": "」", "『": "』", "”": "”"}
"""Opening marks and what may close them; Scandinavian and Finnish print ” on both sides."""
SINGLES = {"‘": "’", "'": "'", "‹": "›"}
LONGEST_SINGLE = 300
"""Characters: single marks are mostly apostrophes, so one without a partner near by opens nothing."""
LINE = re.compile(r"[^\n]+")
OPENS_BEFORE = re.compile(r"[\s(\[{“\"«„—–:/-]")
ELISION = re.compile(r"['’](?:\d0s|tis|twas|em|til|cause|n['’]|bout)\b", re.IGNORECASE)


class Quotation(NamedTuple):
    """`text[start:end]` with its marks, `text[inner_start:inner_end]` without."""

    start: int
    end: int
    inner_start: int
    inner_end: int


def find_quotations(text: str) -> list[Quotation]:
    """All outermost quotations, in order."""
    found = []
    for line in LINE.finditer(text):
        found += _in_line(text, line.start(), line.end())
    return found


def _in_line(text: str, start: int, end: int) -> list[Quotation]:
    found, at = [], start
    while at < end:
        close = _closing(text, at, start, end)
        if close is None:
            at += 1
            continue
        closed = close < end
        if close > at + 1:
            found.append(Quotation(at, close + 1 if closed else end, at + 1, close))
        at = close + 1
    return found


def _closing(text: str, at: int, start: int, end: int) -> int | None:
    """Where the quotation that opens at `at` closes (`end` if it is left open); None if none opens there."""
    mark = text[at]
    if mark == '"':
        return _first(text, '"', at + 1, end)
    if mark in PAIRS:
        return _first(text, PAIRS[mark], at + 1, end)
    if mark in SINGLES and _opens_single(text, at, start):
        return _single_close(text, at, end)
    return None


def _first(text: str, marks: str, start: int, end: int) -> int:
    return next((k for k in range(start, end) if text[k] in marks), end)


def _opens_single(text: str, at: int, start: int) -> bool:
    before = at == start or OPENS_BEFORE.match(text[at - 1])
    after = at + 1 < len(text) and not text[at + 1].isspace()
    return bool(before and after and not ELISION.match(text, at))


def _single_close(text: str, at: int, end: int) -> int | None:
    for k in range(at + 1, min(end, at + LONGEST_SINGLE)):
        if text[k] in SINGLES[text[at]] and not text[k - 1].isspace():
            letter_after = k + 1 < len(text) and text[k + 1].isalnum()
            if not letter_after:
                return k
    return None
