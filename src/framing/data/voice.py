"""Who speaks: voice, source and distance of each sentence and of any span in it, by the codebook's section 5.

Quotation marks and words of reporting decide, nothing is learnt. docs/voice.md has the rules and how well they do.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from framing.data.cues import DOUBTING, Cue, find_cues
from framing.data.quotes import Quotation, find_quotations
from framing.schema import Distance, Document, Voice

CLAUSE_WORDS = 5
"""A quotation of so many words holds a clause; a shorter one does if it ends like a sentence and has two words."""
SENTENCE_END = re.compile(r"[.!?…,]['’\"”»]*\s*\Z")
PRONOUN = re.compile(r"\A(?:he|she|they|it|who|we|i)\Z", re.IGNORECASE)
SUBJECT = re.compile(
    r"(?:\A|[,;:—–\"”»]\s*|\b(?:that|but|and|as|while|after|when|because)\s+)(?P<source>[^\s,;:—–\"”»“«][^,;:—–\"”»“«]{0,89}?)\s*"
    r"(?:,[^,]{1,60},\s*)?(?:(?:has|have|had|also|later|earlier|then|repeatedly|publicly|is|was|were|are|been)\s+)*\Z"
)
INVERTED = re.compile(
    r"\s+(?P<source>(?:the|a|an|[A-Z])[^,;:.—–\"”»“«]{0,80}?)(?=[,;:.]|\s+(?:that|in|on|at|after|during)\b|\Z)"
)
OF = re.compile(r"\s+(?P<source>[^,;:.\"”»“«]{1,90}?)(?=[,;:.]|\Z)")
LEADING = re.compile(r"\A(?:but|and|while|however|meanwhile|still|yet|as|that)\s+", re.IGNORECASE)
STRENGTH: dict[Distance, int] = {"adopted": 0, "neutral": 1, "distanced": 2}


class Attribution(NamedTuple):
    """Who says a span, and how far the outlet keeps from it."""

    voice: Voice
    source: str | None
    distance: Distance


class SentenceVoice(NamedTuple):
    """The voice of a sentence; `at` tells that of a span of it, offsets counted from the sentence's start."""

    voice: Voice
    source: str | None
    distance: Distance
    text: str
    quotations: tuple[tuple[int, int, bool], ...]
    """Start, end and whether it holds a clause, clipped to the sentence."""
    cues: tuple[Cue, ...]

    def at(self, start: int, end: int) -> Attribution:
        """Direct inside a quoted clause, mixed if it is or holds a quoted fragment, else as the cues govern it."""
        inside = [(a, b, clause) for a, b, clause in self.quotations if a < end and start < b]
        covered = [clause for a, b, clause in inside if a <= start and end <= b]
        if any(covered):
            return Attribution("direct", self.source, _quoted_distance(self.cues))
        if inside:
            return Attribution("mixed", self.source, _quoted_distance(self.cues, scare=not self.cues))
        cue = next((c for c in self.cues if _governs(c, self.text, start, end)), None)
        if cue is None:
            doubt = DOUBTING.search(self.text)
            return Attribution("narrator", None, "distanced" if doubt else "adopted")
        return Attribution("indirect", self.source, _further(cue.distance, self.text))


def read_voices(document: Document) -> list[SentenceVoice]:
    """One voice for each sentence, in order."""
    quotations = find_quotations(document.text)
    ends = [q.end for q in quotations]
    voices: list[SentenceVoice] = []
    for sentence in document.sentences:
        first = bisect_left(ends, sentence.start + 1)
        near = []
        for quotation in quotations[first:]:
            if quotation.start >= sentence.end:
                break
            near.append(quotation)
        antecedent = voices[-1].source if voices else None
        voices.append(_read(sentence.text, sentence.start, near, document.text, antecedent))
    return voices


def read_sentence(text: str) -> SentenceVoice:
    """The voice of a lone sentence."""
    return _read(text, 0, find_quotations(text), text, None)


def _read(text: str, offset: int, quotations: Sequence[Quotation], whole: str, antecedent: str | None) -> SentenceVoice:
    clipped = tuple(
        (max(q.start - offset, 0), min(q.end - offset, len(text)), _holds_clause(whole, q)) for q in quotations
    )
    cues = tuple(c for c in find_cues(text) if not any(a <= c.start < b for a, b, _ in clipped))
    voice: Voice = "narrator"
    if any(clause for _, _, clause in clipped):
        voice = "direct"
    elif clipped and cues:
        voice = "mixed"
    elif cues:
        voice = "indirect"
    source = _source(text, cues[0], antecedent) if cues else antecedent if voice == "direct" else None
    if voice == "narrator":
        distance: Distance = "distanced" if clipped or DOUBTING.search(text) else "adopted"
    else:
        distance = _further(max((c.distance for c in cues), key=STRENGTH.__getitem__, default="neutral"), text)
    return SentenceVoice(voice, source, distance, text, clipped, cues)


def _holds_clause(text: str, quotation: Quotation) -> bool:
    inner = text[quotation.inner_start : quotation.inner_end]
    words = len(inner.split())
    return words >= CLAUSE_WORDS or (words >= 2 and bool(SENTENCE_END.search(inner)) and inner[:1].isupper())


def _governs(cue: Cue, text: str, start: int, end: int) -> bool:
    """A phrase, or a verb set off by a comma or at the end, governs its whole sentence; another what follows it."""
    if cue.is_phrase or end - max(start, cue.end) > (end - start) / 2:
        return True
    tail = text[cue.end :].strip(" .!?…\"”»’'")
    return not tail or tail.startswith(",") or len(tail.split()) <= 8


def _quoted_distance(cues: Sequence[Cue], *, scare: bool = False) -> Distance:
    if scare:
        return "distanced"
    return max((c.distance for c in cues), key=STRENGTH.__getitem__, default="neutral")


def _further(distance: Distance, text: str) -> Distance:
    return "distanced" if DOUBTING.search(text) else distance


def _source(text: str, cue: Cue, antecedent: str | None) -> str | None:
    """The phrase that names the speaker, as it stands; a pronoun is followed by what it stands for."""
    after = text[cue.end :]
    match = OF.match(after) if cue.is_phrase else SUBJECT.search(text[: cue.start]) or INVERTED.match(after)
    if not match:
        return antecedent if cue.is_phrase else None
    source = LEADING.sub("", match["source"].strip(" '’\"“”"))
    if PRONOUN.match(source) and antecedent:
        return f"{source} [{antecedent.split(' [')[0]}]" if not PRONOUN.match(antecedent) else source
    return source or None
