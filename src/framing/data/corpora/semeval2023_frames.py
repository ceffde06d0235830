"""SemEval-2023 task 3, subtask 2: the frames of a news article, one article a record.

    en/train-articles-subtask-2/article833042063.txt
    en/train-labels-subtask-2.txt        833042063<TAB>Political,Morality

`semeval2023` says what the root is, which languages there are, and what the articles share with `ptc`.
"""

from collections.abc import Iterator
from pathlib import Path

from framing.data.corpora.card import Card, Parsed
from framing.data.corpora.reading import known, rows_of, text_of
from framing.data.corpora.semeval2023 import CITATION, LICENCE, SITE, gather, labels_in
from framing.schema import Sentence

LABELS = (
    "Economic",
    "Capacity_and_resources",
    "Morality",
    "Fairness_and_equality",
    "Legality_Constitutionality_and_jurisprudence",
    "Policy_prescription_and_evaluation",
    "Crime_and_punishment",
    "Security_and_defense",
    "Health_and_safety",
    "Quality_of_life",
    "Cultural_identity",
    "Public_opinion",
    "Political",
    "External_regulation_and_reputation",
)
CARD = Card(
    name="semeval2023_frames",
    title="Frames of news articles (SemEval-2023 task 3, subtask 2)",
    url=SITE,
    licence=LICENCE,
    citation=CITATION,
    counts={"en train articles": 433, "en dev articles": 83},
)
TAXONOMY = "semeval2023_frames/14"


def parse(root: Path) -> Parsed:
    """Articles by split; raises FramingError where a file is missing or the counts are not the card's."""
    return gather(root, CARD, _articles)


def _articles(folder: Path, part: str, language: str) -> Iterator[Sentence]:
    for where, (article, found) in rows_of(folder / f"{part}-labels-subtask-2.txt", CARD, 2, blank=1):
        text = text_of(folder / f"{part}-articles-subtask-2/article{article}.txt", CARD)
        start, body = len(text) - len(text.lstrip()), text.strip()
        yield Sentence(
            id=article,
            document=article,
            index=0,
            start=start,
            end=start + len(body),
            text=body,
            labels=known(LABELS, labels_in(found), where),
            language=language,
            taxonomy=TAXONOMY,
            provenance={"kind": "gold", "by": CARD.name, "votes": []},
        )
