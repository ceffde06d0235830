"""Who speaks: voice, source and distance of each sentence and of any span in it, by the codebook's section 5.

Quotation marks and words of reporting decide, nothing is learnt. docs/voice.md has the rules and how well they do.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from framing.data.cues import DOUBTING, Cue, find_cues
from framing.data.quotes import Quotation, find_quotations
from framing.schema import Distance, Document, Voice

CLAUSE_WORDS = 5
"""A quotation of so many words holds a clause; a shorter one does if it ends like a sentence and has two words."""
SENTENCE_END = re.compile(r"[.!?…,]['’\"”»]*\s*\Z")
EDGES = " .!?…\"”»’'"
EDGE = re.compile(f"[{re.escape(EDGES)}]*")
WORD = re.compile(r"\S+")
TAIL_WORDS = 8
"""A verb of reporting with no more words behind it stands at the end, and governs what is before it."""
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
    """Start, end and whether it holds a clause, clipped to the sentence; in order, without overlap."""
    strongest: Distance
    """Of the cues; neutral without any."""
    doubting: bool
    """Whether a word of the outlet's own doubt stands in the sentence."""
    first: Cue | None
    over_all: Cue | None
    """The first cue, and the first one that governs the whole sentence."""

    def at(self, start: int, end: int) -> Attribution:
        """Direct inside a quoted clause, mixed if it is or holds a quoted fragment, else as the cues govern it."""
        inside = self._quotations(start, end)
        if any(clause and a <= start and end <= b for a, b, clause in inside):
            return Attribution("direct", self.source, self.strongest)
        if inside:
            return Attribution("mixed", self.source, self.strongest if self.first else "distanced")
        cue = self._governing(start, end)
        if cue is None:
            return Attribution("narrator", None, "distanced" if self.doubting else "adopted")
        return Attribution("indirect", self.source, "distanced" if self.doubting else cue.distance)

    def _quotations(self, start: int, end: int) -> Sequence[tuple[int, int, bool]]:
        """Those that the span meets."""
        first = bisect_right(self.quotations, start, key=lambda quotation: quotation[1])
        last = bisect_left(self.quotations, end, key=lambda quotation: quotation[0])
        return self.quotations[first:last]

    def _governing(self, start: int, end: int) -> Cue | None:
        """The first cue, if it stands before the middle of the span; else one that governs the whole sentence.

        No later cue can do what the first cannot: it ends behind it.
        """
        if self.first is None or end - max(start, self.first.end) > (end - start) / 2:
            return self.first
        return self.over_all


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
    cues = list(_outside(find_cues(text), clipped))
    doubting = bool(DOUBTING.search(text))
    voice: Voice = "narrator"
    if any(clause for _, _, clause in clipped):
        voice = "direct"
    elif clipped and cues:
        voice = "mixed"
    elif cues:
        voice = "indirect"
    source = _source(text, cues[0], antecedent) if cues else antecedent if voice == "direct" else None
    strongest: Distance = max((c.distance for c in cues), key=STRENGTH.__getitem__, default="neutral")
    if voice == "narrator":
        distance: Distance = "distanced" if clipped or doubting else "adopted"
    else:
        distance = "distanced" if doubting else strongest
    return SentenceVoice(
        voice=voice,
        source=source,
        distance=distance,
        text=text,
        quotations=clipped,
        strongest=strongest,
        doubting=doubting,
        first=cues[0] if cues else None,
        over_all=_over_all(text, cues),
    )


def _outside(cues: Iterable[Cue], quotations: Sequence[tuple[int, int, bool]]) -> Iterator[Cue]:
    """Cues that begin outside every quotation; both in order."""
    at = 0
    for cue in cues:
        while at < len(quotations) and quotations[at][1] <= cue.start:
            at += 1
        if at == len(quotations) or cue.start < quotations[at][0]:
            yield cue


def _holds_clause(text: str, quotation: Quotation) -> bool:
    inner = text[quotation.inner_start : quotation.inner_end]
    words = len(inner.split())
    return words >= CLAUSE_WORDS or (words >= 2 and bool(SENTENCE_END.search(inner)) and inner[:1].isupper())


def _over_all(text: str, cues: Sequence[Cue]) -> Cue | None:
    """The first cue that governs its whole sentence: a phrase, or a verb set off by a comma or near the end."""
    end = len(text.rstrip(EDGES))
    ends = [word.end() for word in WORD.finditer(text, 0, end)]
    for cue in cues:
        tail = EDGE.match(text, cue.end, max(end, cue.end))
        at = tail.end() if tail else cue.end
        if cue.is_phrase or text.startswith(",", at) or len(ends) - bisect_right(ends, at) <= TAIL_WORDS:
            return cue
    return None


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
