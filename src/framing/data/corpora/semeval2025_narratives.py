"""SemEval-2025 task 10, subtask 2: the narratives of a news article on Ukraine or climate change, one article a record.

    EN_UA_100013.txt<TAB>URW: Praise of Russia;...<TAB>URW: Praise of Russia: Praise of Russian military might;...

Sub-narratives stand in `provenance["sub"]`. `semeval2025` says where the files lie.

Traps: a narrative stands once a sub-narrative, so it repeats; one has a comma in its name; `Other` gives no label.
"""

from collections.abc import Iterator
from pathlib import Path

from framing.data.corpora.card import Card, Parsed
from framing.data.corpora.reading import known, rows_of, text_of
from framing.data.corpora.semeval2025 import CITATION, LICENCE, SITE, Part, document_path, gather, label_of
from framing.schema import Sentence

NARRATIVES = (
    "URW: Blaming the war on others rather than the invader",
    "URW: Discrediting Ukraine",
    "URW: Russia is the Victim",
    "URW: Praise of Russia",
    "URW: Overpraising the West",
    "URW: Speculating war outcomes",
    "URW: Discrediting the West, Diplomacy",
    "URW: Negative Consequences for the West",
    "URW: Distrust towards Media",
    "URW: Amplifying war-related fears",
    "URW: Hidden plots by secret schemes of powerful groups",
    "CC: Criticism of climate policies",
    "CC: Criticism of institutions and authorities",
    "CC: Climate change is beneficial",
    "CC: Downplaying climate change",
    "CC: Questioning the measurements and science",
    "CC: Criticism of climate movement",
    "CC: Controversy about green technologies",
    "CC: Hidden plots by secret schemes of powerful groups",
    "CC: Amplifying Climate Fears",
    "CC: Green policies are geopolitical instruments",
)
LABELS = tuple(label_of(name) for name in NARRATIVES)
OTHER = "Other"
CARD = Card(
    name="semeval2025_narratives",
    title="Narratives of news articles (SemEval-2025 task 10, subtask 2)",
    url=SITE,
    licence=LICENCE,
    citation=CITATION,
    counts={
        "en train articles": 399,
        "bg train articles": 211,
        "hi train articles": 115,
        "pt train articles": 200,
        "ru train articles": 133,
    },
)
TAXONOMY = "semeval2025_narratives/21"


def parse(root: Path) -> Parsed:
    """Articles by split; raises FramingError where a file is missing or the counts are not the card's."""
    return gather(root, CARD, _narratives)


def _narratives(folder: Path, language: str) -> Part:
    return Part(list(_articles(folder, language)))


def _articles(folder: Path, language: str) -> Iterator[Sentence]:
    for where, (name, found, sub) in rows_of(folder / "subtask-2-annotations.txt", CARD, 3):
        text = text_of(document_path(folder, name, 2), CARD)
        start, body = len(text) - len(text.lstrip()), text.strip()
        yield Sentence(
            id=Path(name).stem,
            document=Path(name).stem,
            index=0,
            start=start,
            end=start + len(body),
            text=body,
            labels=known(LABELS, {label_of(n) for n in _names(found)}, where),
            language=language,
            taxonomy=TAXONOMY,
            provenance={"kind": "gold", "by": CARD.name, "votes": [], "sub": sorted(_names(sub))},
        )


def _names(found: str) -> set[str]:
    return {name.strip() for name in found.split(";")} - {OTHER, ""}
