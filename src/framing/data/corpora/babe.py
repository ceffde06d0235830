"""BABE: sentences of US news, biased or not by the majority of trained annotators, with the words they marked.

    final_labels_SG2.csv, final_labels_SG1.csv    text;news_link;outlet;topic;type;label_bias;label_opinion;biased_words
    ...;https://...;Fox News;environment;right;Biased;Entirely factual;['word', 'another one']

Traps: fields are parted by `;` and the file begins with a byte order mark; `biased_words` is a Python list as text, in
no order, with straight quotation marks and other case than the sentence, or misspelt (those are kept in the provenance
as `not_found`); sentences without agreement have no label; outlets and topics are written two ways; links may be empty.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.tables import Row, read_rows, split_by_group
from framing.errors import FramingError
from framing.schema import Evidence, Sentence

CARD = Card(
    name="babe",
    title="BABE, study group 2 (five experts)",
    url="https://github.com/Media-Bias-Group/Neural-Media-Bias-Detection-Using-Distant-Supervision-With-BABE",
    licence="AGPL-3.0 in the repository; the sentences are quoted from the press",
    citation="Spinde et al. 2021, Neural Media Bias Detection Using Distant Supervision With BABE",
    counts={"sentences": 3674, "Biased": 1810, "Non-biased": 1863, "No agreement": 1},
)
SG1_CARD = Card(
    name="babe_sg1",
    title="BABE, study group 1 (eight experts)",
    url=CARD.url,
    licence=CARD.licence,
    citation=CARD.citation,
    counts={"sentences": 1700, "Biased": 746, "Non-biased": 800, "No agreement": 154},
)
LABELS = ("biased",)
TAXONOMY = "babe/binary"
COLUMNS = ("text", "news_link", "outlet", "topic", "type", "label_bias", "label_opinion", "biased_words")
ANSWERS = {"Biased": LABELS, "Non-biased": (), "No agreement": None}
PLAIN = str.maketrans("‘’“”\xa0", "''\"\" ")
"""One character for one, so that offsets stay."""


def _parse(root: Path, card: Card, file: str) -> Parsed:
    """Sentences by split; raises FramingError where a row cannot be read or the counts are not the card's."""
    rows = list(read_rows(root / file, name=card.name, needs=COLUMNS, delimiter=";"))
    answers = Counter(_answer(row, root / file) for row in rows)
    check_counts(card, root, {"sentences": len(rows), **{answer: answers[answer] for answer in ANSWERS}})
    kept = [row for row in rows if ANSWERS[row.fields["label_bias"]] is not None]
    left_out = [f"line {r.line} of {file}: no agreement" for r in rows if ANSWERS[r.fields["label_bias"]] is None]
    return Parsed(split_by_group(_sentences(kept, card, root / file)), tuple(left_out))


def parse(root: Path) -> Parsed:
    """Study group 2."""
    return _parse(root, CARD, "final_labels_SG2.csv")


parse_sg1 = partial(_parse, card=SG1_CARD, file="final_labels_SG1.csv")


def find_words(text: str, words: Sequence[str]) -> tuple[list[tuple[int, int]], list[str]]:
    """Where the words stand, in order and apart, and the words that stand nowhere.

    Case and the shape of quotation marks are ignored; a word inside another one counts only where it is none itself.
    """
    plain = text.translate(PLAIN).lower()
    spans: set[tuple[int, int]] = set()
    missing = []
    for word in words:
        sought = re.escape(word.strip().translate(PLAIN).lower())
        found = list(re.finditer(rf"(?<!\w){sought}(?!\w)", plain)) or list(re.finditer(sought, plain))
        spans |= {match.span() for match in found if match.group()}
        missing += [] if any(match.group() for match in found) else [word]
    return list(_joined(sorted(spans))), missing


def _joined(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sorted spans with those that overlap made one."""
    start, end = -1, -1
    for low, high in spans:
        if low < end:
            end = max(end, high)
            continue
        if end > 0:
            yield start, end
        start, end = low, high
    if end > 0:
        yield start, end


def _answer(row: Row, path: Path) -> str:
    answer = row.fields["label_bias"]
    if answer not in ANSWERS:
        raise FramingError(
            expected=f"one of {sorted(ANSWERS)} in line {row.line} of {path}", found=repr(answer), fix="Mend that line."
        )
    return answer


def _sentences(rows: Sequence[Row], card: Card, path: Path) -> list[Sentence]:
    seen: Counter[str] = Counter()
    sentences = []
    for row in rows:
        document = row.fields["news_link"].strip() or f"{card.name}:line-{row.line}"
        sentences.append(_sentence(row, card, document, seen[document], path))
        seen[document] += 1
    return sentences


def _sentence(row: Row, card: Card, document: str, index: int, path: Path) -> Sentence:
    fields, text = row.fields, row.fields["text"].strip()
    labels = ANSWERS[fields["label_bias"]] or ()
    words = _words(row, path)
    spans, missing = find_words(text, words)
    opinion = fields["label_opinion"]
    return Sentence(
        id=f"{card.name}:{row.line}",
        document=document,
        index=index,
        start=0,
        end=len(text),
        text=text,
        labels=labels,
        evidence=tuple(Evidence(label, start, end) for label in labels for start, end in spans),
        taxonomy=TAXONOMY,
        provenance={"kind": "gold", "by": card.name, "votes": [], "opinion": opinion, "not_found": missing},
        audit={
            "outlet": _slug(fields["outlet"]),
            "topic": _slug(fields["topic"]),
            "type": fields["type"].strip() or None,
        },
    )


def _words(row: Row, path: Path) -> list[str]:
    try:
        words = ast.literal_eval(row.fields["biased_words"])
    except (ValueError, SyntaxError):
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise FramingError(
            expected=f"a list of words in biased_words, line {row.line} of {path}",
            found=repr(row.fields["biased_words"][:40]),
            fix="Mend that line.",
        )
    return words


def _slug(name: str) -> str:
    """As `fox-news` and `gun-control`, however the study group wrote it."""
    return "-".join(name.lower().split())
