r"""NewsWCL50: how five outlets word ten events; 29 properties that a wording gives its target.

    Annotations.csv     sep=,
                        id,code_type,code_name,code_mention,target_concept,event_id,publisher_id,paragraph,sentence,start,end
                        0_L_0063,PROPERTY,Aggressor,called it cruel,Trump,0,L,8,13,20,24      (tokens, end is inclusive)

The articles are not in the corpus, only what was annotated in them. A sentence is put together of all its annotated
phrases in their order, parted by an ellipsis; PROPERTY codes are the labels and their phrases the evidence. A sentence
in which only actors, actions and things were coded has no label.

Traps: the first line is `sep=,`, not the header; `end` counts the last token in; phrases nest and overlap, and one may
have several codes; numbers of tokens do not always match the phrase; one event is told five times, so that it must
stay in one split.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.tables import Row, read_rows, split_by_group
from framing.errors import FramingError
from framing.schema import Evidence, Sentence

CARD = Card(
    name="newswcl50",
    title="NewsWCL50, bias by word choice and labelling",
    url="https://github.com/fhamborg/NewsWCL50",
    licence="CC BY-SA 4.0",
    citation="Hamborg et al. 2019, Automated Identification of Media Bias by Word Choice and Labeling in News Articles",
    counts={"annotations": 8694, "properties": 2731, "articles": 50},
)
LABELS = (
    "Power",
    "Weakness",
    "Aggressor",
    "Victim",
    "Importance",
    "Unimportance",
    "Affection",
    "Refusal",
    "Trustworthiness",
    "No_trustworthiness",
    "Reason",
    "Unreason",
    "Confidence",
    "Fairness",
    "Honor",
    "Dishonor",
    "Easiness",
    "Difficulty",
    "Lawfulness",
    "Unlawfulness",
    "Safety",
    "Unsafety",
    "Good_quality",
    "Poor_quality",
    "Economy_positive",
    "Economy_negative",
    "Positive",
    "Negative",
    "Other",
)
FILE = "Annotations.csv"
COLUMNS = (
    "id",
    "code_type",
    "code_name",
    "code_mention",
    "target_concept",
    "event_id",
    "publisher_id",
    "sentence",
    "start",
    "end",
)
GAP = " … "


class Mention(NamedTuple):
    """An annotated phrase: first and last token in the article's sentence, its words, its property if it is one."""

    start: int
    end: int
    words: str
    label: str | None
    target: str


def parse(root: Path) -> Parsed:
    """Sentences by split, every event whole; raises FramingError on an unknown property or other counts."""
    path = root / FILE
    rows = list(read_rows(path, name=CARD.name, needs=COLUMNS, preamble=1))
    places: dict[tuple[str, int], list[Mention]] = defaultdict(list)
    for row in rows:
        article, number = f"{row.fields['event_id']}_{row.fields['publisher_id']}", _number(row, "sentence", path)
        places[article, number].append(_mention(row, path))
    found = {
        "annotations": len(rows),
        "properties": sum(m.label is not None for mentions in places.values() for m in mentions),
        "articles": len({article for article, _ in places}),
    }
    check_counts(CARD, root, found)
    return Parsed(split_by_group(list(_sentences(places))))


def compose(mentions: Sequence[Mention]) -> tuple[str, list[Evidence]]:
    """The text of a sentence as far as it was annotated, and the evidence of its properties in label order."""
    outer = [m for m in _ordered(mentions) if not any(_holds(other, m) for other in mentions)]
    outer = list({(m.start, m.end): m for m in reversed(outer)}.values())[::-1]
    text = GAP.join(m.words for m in outer)
    at, begins = 0, {}
    for mention in outer:
        begins[mention] = at
        at += len(mention.words) + len(GAP)
    spans = {
        (mention.label, *_span(mention, holder, begins[holder]))
        for mention in mentions
        if mention.label is not None
        for holder in outer
        if holder.start <= mention.start and mention.end <= holder.end
    }
    return text, [Evidence(*span) for span in sorted(spans, key=lambda span: (LABELS.index(span[0]), *span[1:]))]


def _sentences(places: Mapping[tuple[str, int], Sequence[Mention]]) -> Iterator[Sentence]:
    seen: Counter[str] = Counter()
    for (article, number), mentions in sorted(places.items()):
        event, outlet = article.split("_")
        text, evidence = compose(mentions)
        named = {e.label for e in evidence}
        yield Sentence(
            id=f"newswcl50:{article}:{number}",
            document=f"newswcl50:{article}",
            index=seen[article],
            start=0,
            end=len(text),
            text=text,
            labels=tuple(label for label in LABELS if label in named),
            evidence=tuple(evidence),
            taxonomy="newswcl50/29",
            provenance={"kind": "gold", "by": "newswcl50", "votes": [], "targets": _targets(mentions)},
            audit={"outlet": outlet, "event": event, "group": f"event {event}"},
        )
        seen[article] += 1


def _ordered(mentions: Sequence[Mention]) -> list[Mention]:
    return sorted(mentions, key=lambda m: (m.start, -m.end, m.words))


def _holds(other: Mention, inner: Mention) -> bool:
    """Whether `other` covers the tokens of `inner` and more."""
    wider = (other.end - other.start) > (inner.end - inner.start)
    return wider and other.start <= inner.start and inner.end <= other.end


def _span(mention: Mention, holder: Mention, begin: int) -> tuple[int, int]:
    """Where the mention's words stand in those of its holder; all of the holder where they were written otherwise."""
    at = holder.words.find(mention.words)
    return (begin + at, begin + at + len(mention.words)) if at >= 0 else (begin, begin + len(holder.words))


def _mention(row: Row, path: Path) -> Mention:
    start, end, words = _number(row, "start", path), _number(row, "end", path), row.fields["code_mention"].strip()
    if end < start or not words:
        raise _wrong(row, path, "a phrase from its first to its last token", f"{words!r} at {start}:{end}")
    label = row.fields["code_name"].replace(" ", "_") if row.fields["code_type"] == "PROPERTY" else None
    if label is not None and label not in LABELS:
        raise _wrong(row, path, f"a property among {sorted(LABELS)}", repr(label))
    return Mention(start, end, words, label, row.fields["target_concept"])


def _targets(mentions: Sequence[Mention]) -> list[list[str]]:
    return [[m.label, m.target] for m in _ordered(mentions) if m.label is not None]


def _number(row: Row, column: str, path: Path) -> int:
    if not row.fields[column].isdecimal():
        raise _wrong(row, path, f"a number in {column}", repr(row.fields[column]))
    return int(row.fields[column])


def _wrong(row: Row, path: Path, expected: str, found: str) -> FramingError:
    return FramingError(expected=f"{expected} in line {row.line} of {path}", found=found, fix="Mend that line.")
