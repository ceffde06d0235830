"""FIGNEWS-2024: Facebook news posts on the Gaza war in five languages, with the votes of 17 teams counted.

    data/FIGNEWS-2024-ALL-CLEAN-FLAT.tsv   batch, source_language, id, type, "", 7 counts for bias, "", 4 for propaganda
    data/FIGNEWS-2024-TEXT-IAA.tsv         Batch, Source Language, ID, Type, Text, English MT, and five more
    data/FIGNEWS-2024-TEXT-MAIN.tsv        the same; not in every copy, and read where it is

Two corpora of the same posts: `fignews2024` asks for propaganda, `fignews2024_bias` for bias. Gold is the answer with
most votes; "Not Propaganda" and "Unbiased" give no label. Posts are left out, and listed, where two answers share the
lead, where "Not Applicable" or "Unclear" leads, and (last) where the copy has no text. All counts stay in
`provenance["votes"]` and shares of all votes in `provenance["soft"]`: agreement was low, so read gold with them.
The text is the English one (the machine translation, where the post is not English: `audit["source_language"]`).

Traps: the counts have two columns "Not Applicable" and two "Unclear", so they are read by place, not by name; posts
hold quotation marks, so nothing is quoted; ids repeat across batches and languages; lines end in CRLF; some posts
repeat, so equal text decides the split, not the id.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.reading import any_split, rows_of
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Sentence

LABELS = ("Propaganda",)
CARD = Card(
    name="fignews2024",
    title="FIGNEWS-2024: propaganda in news posts on the Gaza war",
    url="https://github.com/CAMeL-Lab/FIGNEWS-2024",
    licence="MIT",
    citation="Zaghouani et al. 2024, The FIGNEWS Shared Task on News Media Narratives, arXiv 2407.18147",
    counts={"posts with votes": 15000, "IAA texts": 1500},
)
NO_TEXT = "no text"
VOTES = "data/FIGNEWS-2024-ALL-CLEAN-FLAT.tsv"
TEXTS = ("data/FIGNEWS-2024-TEXT-IAA.tsv", "data/FIGNEWS-2024-TEXT-MAIN.tsv")
BIAS_ANSWERS = (
    "Biased against Palestine",
    "Biased against Israel",
    "Biased against both Palestine and Israel",
    "Biased against others",
    "Unbiased",
    "Not Applicable",
    "Unclear",
)
ANSWERS = ("Propaganda", "Not Propaganda", "Not Applicable", "Unclear")
HEAD = ("batch", "source_language", "id", "type", "", *BIAS_ANSWERS, "", *ANSWERS)
TEXT_HEAD = ("Batch", "Source Language", "ID", "Type", "Text", "English MT")

Key = tuple[str, str, str, str]
Votes = Mapping[str, int]
"""Answers in the order of their columns."""


class Question(NamedTuple):
    """What was asked: where its counts begin in a row, its answers, and its labels."""

    card: Card
    first: int
    answers: tuple[str, ...]
    labels: tuple[str, ...]
    taxonomy: str


PROPAGANDA = Question(CARD, HEAD.index("Propaganda"), ANSWERS, LABELS, "fignews2024/binary")


def parse(root: Path) -> Parsed:
    """Posts by split, and a line for each post without text or without a majority."""
    return parse_question(root, PROPAGANDA)


def parse_question(root: Path, question: Question) -> Parsed:
    """The posts with the answers to one question."""
    texts = {name: dict(_texts(root / name)) for name in TEXTS if name == TEXTS[0] or (root / name).is_file()}
    votes = dict(_votes(root / VOTES, question))
    check_counts(question.card, root, {"posts with votes": len(votes), "IAA texts": len(texts[TEXTS[0]])})
    known = {key: text for part in texts.values() for key, text in part.items()}
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    left_out = []
    for key, counted in votes.items():
        reason = NO_TEXT if key not in known else _doubt(counted)
        if reason:
            left_out.append(f"{_name(key)}: {reason}")
        else:
            rows[any_split(" ".join(known[key].casefold().split()))].append(_post(key, known[key], counted, question))
    return Parsed(rows, tuple(sorted(left_out, key=lambda line: line.endswith(NO_TEXT))))


def _texts(path: Path) -> Iterator[tuple[Key, str]]:
    for where, fields in _table(path, TEXT_HEAD, len(TEXT_HEAD) + 1):
        if not (text := fields[5].strip()):
            raise FramingError(expected=f"an English text in {where}", found="none", fix=f"Clone {CARD.url}.")
        yield (fields[0], fields[1], fields[2], fields[3]), text


def _votes(path: Path, question: Question) -> Iterator[tuple[Key, Votes]]:
    for where, fields in _table(path, HEAD, len(HEAD)):
        counts = fields[question.first : question.first + len(question.answers)]
        if not all(count.isdecimal() for count in counts):
            raise FramingError(expected=f"counts of votes in {where}", found=str(counts), fix=f"Clone {CARD.url}.")
        yield (
            (fields[0], fields[1], fields[2], fields[3]),
            dict(zip(question.answers, map(int, counts), strict=True)),
        )


def _table(path: Path, head: Sequence[str], fields: int) -> Iterator[tuple[str, list[str]]]:
    """The rows below the header; raises FramingError where the header does not begin with `head`."""
    rows = rows_of(path, CARD, fields)
    where, found = next(rows, (str(path), []))
    if tuple(found[: len(head)]) != tuple(head):
        raise FramingError(expected=f"the header {list(head)} in {where}", found=str(found), fix=f"Clone {CARD.url}.")
    return rows


def _doubt(votes: Votes) -> str:
    """Why the votes give no gold, or nothing."""
    most = max(votes.values())
    leading = [answer for answer, n in votes.items() if n == most]
    if len(leading) > 1:
        return f"no majority ({', '.join(leading)} with {most} votes each)"
    return f"most votes say {leading[0]}" if leading[0] in {"Not Applicable", "Unclear"} else ""


def _post(key: Key, text: str, votes: Votes, question: Question) -> Sentence:
    answer = max(votes, key=lambda a: votes[a]).replace(" ", "_")
    total = sum(votes.values())
    return Sentence(
        id=_name(key),
        document=_name(key),
        index=0,
        start=0,
        end=len(text),
        text=text,
        labels=tuple(label for label in question.labels if label == answer),
        taxonomy=question.taxonomy,
        provenance={
            "kind": "gold",
            "by": question.card.name,
            "votes": [{"answer": answer, "n": n} for answer, n in votes.items()],
            "soft": {label: votes[label.replace("_", " ")] / total for label in question.labels},
        },
        audit={"conflict": "IL-GAZA-2023", "source_language": key[1], "batch": key[0], "part": key[3]},
    )


def _name(key: Key) -> str:
    return "-".join(key)
