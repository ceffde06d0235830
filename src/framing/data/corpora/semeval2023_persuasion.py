"""SemEval-2023 task 3, subtask 3: the persuasion techniques of a paragraph, one paragraph a record.

    en/train-labels-subtask-3.txt        111111111<TAB>3<TAB>Doubt,Repetition       (nothing after the number: no label)
    en/train-labels-subtask-3.template   111111111<TAB>3<TAB>the text of the paragraph

A document is its paragraphs, one a line. `semeval2023` says what the root is, which languages there are, and what the
articles share with `ptc`. Trap: paragraphs begin with quotation marks, so nothing is quoted.
"""

from collections.abc import Iterator
from pathlib import Path

from framing.data.corpora.card import Card, Parsed
from framing.data.corpora.reading import known, rows_of
from framing.data.corpora.semeval2023 import CITATION, LICENCE, SITE, gather, labels_in
from framing.errors import FramingError
from framing.schema import Sentence

LABELS = (
    "Appeal_to_Authority",
    "Appeal_to_Popularity",
    "Appeal_to_Values",
    "Appeal_to_Fear-Prejudice",
    "Flag_Waving",
    "Causal_Oversimplification",
    "False_Dilemma-No_Choice",
    "Consequential_Oversimplification",
    "Straw_Man",
    "Red_Herring",
    "Whataboutism",
    "Slogans",
    "Appeal_to_Time",
    "Conversation_Killer",
    "Loaded_Language",
    "Repetition",
    "Exaggeration-Minimisation",
    "Obfuscation-Vagueness-Confusion",
    "Name_Calling-Labeling",
    "Doubt",
    "Guilt_by_Association",
    "Appeal_to_Hypocrisy",
    "Questioning_the_Reputation",
)
CARD = Card(
    name="semeval2023_persuasion",
    title="Persuasion techniques of paragraphs (SemEval-2023 task 3, subtask 3)",
    url=SITE,
    licence=LICENCE,
    citation=CITATION,
    counts={
        "en train paragraphs": 9498,
        "en train paragraphs with a label": 3760,
        "en train labels": 5853,
        "en dev paragraphs": 3127,
        "en dev paragraphs with a label": 1120,
        "en dev labels": 1666,
        "fr train paragraphs": 2259,
        "fr dev paragraphs": 610,
        "de train paragraphs": 1555,
        "de dev paragraphs": 522,
        "it train paragraphs": 2623,
        "it dev paragraphs": 882,
        "pl train paragraphs": 2310,
        "pl dev paragraphs": 800,
        "ru train paragraphs": 1962,
        "ru dev paragraphs": 515,
    },
)
TAXONOMY = "semeval2023_persuasion/23"


def parse(root: Path) -> Parsed:
    """Paragraphs by split; raises FramingError where a file is missing or the counts are not the card's."""
    return gather(root, CARD, _paragraphs)


def _paragraphs(folder: Path, part: str, language: str) -> Iterator[Sentence]:
    labels = {
        (article, number): known(LABELS, labels_in(found), where)
        for where, (article, number, found) in rows_of(folder / f"{part}-labels-subtask-3.txt", CARD, 3, blank=1)
    }
    places: dict[str, tuple[int, int]] = {}
    for where, (article, number, line) in rows_of(folder / f"{part}-labels-subtask-3.template", CARD, 3):
        text = line.strip()
        if (article, number) not in labels or not text:
            raise _mismatch(where, f"a text and a label row for paragraph {number} of article {article}", "none")
        index, start = places.get(article, (0, 0))
        places[article] = index + 1, start + len(text) + 1
        yield Sentence(
            id=f"{article}:{number}",
            document=article,
            index=index,
            start=start,
            end=start + len(text),
            text=text,
            labels=labels.pop((article, number)),
            language=language,
            taxonomy=TAXONOMY,
            provenance={"kind": "gold", "by": CARD.name, "votes": []},
        )
    if labels:
        raise _mismatch(str(folder), f"a text for every label row of {part}", f"{len(labels)} without")


def _mismatch(where: str, expected: str, found: str) -> FramingError:
    return FramingError(expected=f"{expected} in {where}", found=found, fix="Take labels and template of one release.")
