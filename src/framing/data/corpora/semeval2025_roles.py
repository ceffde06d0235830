"""SemEval-2025 task 10, subtask 1: what news makes of an entity; sentences, with a mention as evidence of its roles.

    EN_UA_100013.txt<TAB>the mayor<TAB>93<TAB>101<TAB>Antagonist<TAB>Deceiver<TAB>Corrupt

A mention is evidence of its main role and of each fine role. Only the mentions of the file were coded: a sentence
without a label is one without a coded mention. `semeval2025` says where the files lie.

Traps: ends are inclusive; rows differ in length, one field a fine role. A mention whose characters are not at its
offsets is left out, and listed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from framing.data import sentences
from framing.data.corpora.card import Card, Parsed
from framing.data.corpora.reading import known, rows_of, text_of, whole
from framing.data.corpora.semeval2025 import CITATION, LICENCE, SITE, Part, document_path, gather, label_of
from framing.schema import Evidence, Sentence

ROLES: Mapping[str, tuple[str, ...]] = {
    "Protagonist": ("Guardian", "Martyr", "Peacemaker", "Rebel", "Underdog", "Virtuous"),
    "Antagonist": (
        "Instigator",
        "Conspirator",
        "Tyrant",
        "Foreign_Adversary",
        "Traitor",
        "Spy",
        "Saboteur",
        "Corrupt",
        "Incompetent",
        "Terrorist",
        "Deceiver",
        "Bigot",
    ),
    "Innocent": ("Forgotten", "Exploited", "Victim", "Scapegoat"),
}
LABELS = (*ROLES, *(fine for roles in ROLES.values() for fine in roles))
CARD = Card(
    name="semeval2025_roles",
    title="Roles of entities in news (SemEval-2025 task 10, subtask 1)",
    url=SITE,
    licence=LICENCE,
    citation=CITATION,
    counts={"en train mentions": 686, "en train articles": 202, "en dev mentions": 91},
)
TAXONOMY = "semeval2025_roles/25"


class Mention(NamedTuple):
    """An entity in an article, `text[start:end]`, and its roles."""

    entity: str
    start: int
    end: int
    roles: tuple[str, ...]


def parse(root: Path) -> Parsed:
    """Sentences by split; raises FramingError where a file is missing or the counts are not the card's."""
    return gather(root, CARD, _roles)


def _roles(folder: Path, language: str) -> Part:
    """The sentences of every article with coded mentions."""
    articles = _mentions(folder / "subtask-1-annotations.txt")
    records: list[Sentence] = []
    left_out = []
    for name, mentions in articles.items():
        text = text_of(document_path(folder, name, 1), CARD)
        sound = [m for m in mentions if text[m.start : m.end].split() == m.entity.split()]
        left_out += [f"{name}: no {m.entity!r} at {m.start}:{m.end}" for m in mentions if m not in sound]
        document = sentences.document(Path(name).stem, text, language)
        records += (_with_roles(sentence, sound) for sentence in document.sentences)
    return Part(records, sum(map(len, articles.values())), tuple(left_out))


def _mentions(path: Path) -> dict[str, list[Mention]]:
    articles: dict[str, list[Mention]] = defaultdict(list)
    for where, (name, entity, start, end, names) in rows_of(path, CARD, 5):
        roles = {label_of(role) for role in names.split("\t") if role.strip()}
        articles[name].append(Mention(entity, whole(start, where), whole(end, where) + 1, known(LABELS, roles, where)))
    return articles


def _with_roles(sentence: Sentence, mentions: Sequence[Mention]) -> Sentence:
    """The sentence with the mentions in it; one that goes on in the next sentence is cut."""
    evidence: set[Evidence] = set()
    for mention in mentions:
        start = max(mention.start, sentence.start) - sentence.start
        end = min(mention.end, sentence.end) - sentence.start
        evidence |= {Evidence(role, start, end) for role in mention.roles if start < end}
    return replace(
        sentence,
        labels=known(LABELS, {e.label for e in evidence}, sentence.id),
        evidence=tuple(sorted(evidence, key=lambda e: (e.start, e.end, LABELS.index(e.label)))),
        taxonomy=TAXONOMY,
        provenance={"kind": "gold", "by": CARD.name, "votes": []},
    )
