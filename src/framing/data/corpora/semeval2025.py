"""SemEval-2025 task 10: roles of entities in news articles, and the narratives of the articles, in five languages.

    train/EN/raw-documents/EN_UA_100013.txt
    train/EN/subtask-1-annotations.txt   EN_UA_100013.txt<TAB>the mayor<TAB>93<TAB>101<TAB>Antagonist<TAB>Deceiver<TAB>Corrupt
    train/EN/subtask-2-annotations.txt   EN_UA_100013.txt<TAB>URW: Praise of Russia;...<TAB>URW: Praise of Russia: ...;...
    dev/EN/...                           the same, with gold: our test split, as no labels of the test part were released

The root is the folder that holds `train`, or the folder of one language in it: `--root ROOT/train/RU`.
`semeval2025_roles` gives sentences; a mention is evidence of its main role and of each fine role. Only the mentions of
the files were coded, so a sentence without a label is one without a coded mention. `semeval2025_narratives` gives one
record an article with its narratives; sub-narratives stand in `provenance["sub"]`, and `Other` gives no label.

Traps: ends are inclusive; rows differ in length, one field a fine role; narratives repeat, once a sub-narrative, and
one has a comma in its name; documents lie in `raw-documents` or `subtask-N-documents`; interim releases have the same
layout and fewer documents, which the counts show. A mention whose characters are not at its offsets is left out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from framing.data import sentences
from framing.data.corpora.card import Card, Parsed
from framing.data.corpora.reading import check_counts, known, rows_of, text_of, train_or_validation
from framing.data.dataset import SPLITS
from framing.errors import FramingError
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
ROLE_LABELS = (*ROLES, *(fine for roles in ROLES.values() for fine in roles))
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


def label_of(name: str) -> str:
    """The label of a role or narrative as the files write it: `Foreign Adversary` is `Foreign_Adversary`."""
    return re.sub(r"[^\w-]+", "_", name.strip())


NARRATIVE_LABELS = tuple(label_of(name) for name in NARRATIVES)
OTHER = "Other"
SITE = "https://propaganda.math.unipd.it/semeval2025task10/"
LICENCE = "on registration, for this task and for research only; not to be redistributed"
CITATION = (
    "Piskorski et al. 2025, SemEval-2025 Task 10: Multilingual Characterization and Extraction of Narratives "
    "from Online News"
)
ROLES_CARD = Card(
    name="semeval2025_roles",
    title="Roles of entities in news (SemEval-2025 task 10, subtask 1)",
    url=SITE,
    licence=LICENCE,
    citation=CITATION,
    counts={"en train mentions": 686, "en train articles": 202, "en dev mentions": 91},
)
NARRATIVES_CARD = Card(
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
LANGUAGES = ("BG", "EN", "HI", "PT", "RU")


class Mention(NamedTuple):
    """An entity in an article, `text[start:end]`, and its roles."""

    entity: str
    start: int
    end: int
    roles: tuple[str, ...]


class Part(NamedTuple):
    """What one part of one language holds."""

    records: list[Sentence]
    mentions: int = 0
    left_out: tuple[str, ...] = ()


def _parse(root: Path, read: Callable[[Path, str], Part], card: Card) -> Parsed:
    train, language = _folder(root, card)
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    counts, left_out = {}, []
    for part, folder in (("train", train), ("dev", train.parents[1] / "dev" / train.name)):
        found = read(folder, language)
        for record in found.records:
            rows["test" if part == "dev" else train_or_validation(record.document)].append(record)
        counts[f"{language} {part} articles"] = len({record.document for record in found.records})
        counts[f"{language} {part} mentions"] = found.mentions
        left_out += found.left_out
    check_counts(card, root, counts)
    return Parsed(rows, tuple(left_out))


def _folder(root: Path, card: Card) -> tuple[Path, str]:
    """The training folder of the language that the root names, else of English, and the code of the language."""
    for folder in (root, root / "train/EN"):
        if folder.parent.name == "train" and folder.name in LANGUAGES and folder.is_dir():
            return folder, folder.name.lower()
    raise FramingError(
        expected=f"a folder train/LANGUAGE (among {list(LANGUAGES)}) of {card.name}, or one that holds train/EN",
        found=str(root),
        fix=f"Register at {card.url} and unpack the corpus there.",
    )


def _roles(folder: Path, language: str) -> Part:
    """The sentences of every article with coded mentions."""
    articles = _mentions(folder / "subtask-1-annotations.txt")
    records: list[Sentence] = []
    left_out = []
    for name, mentions in articles.items():
        text = text_of(_document(folder, name, 1), ROLES_CARD)
        sound = [m for m in mentions if text[m.start : m.end].split() == m.entity.split()]
        left_out += [f"{name}: no {m.entity!r} at {m.start}:{m.end}" for m in mentions if m not in sound]
        document = sentences.document(Path(name).stem, text, language)
        records += (_with_roles(sentence, sound) for sentence in document.sentences)
    return Part(records, sum(map(len, articles.values())), tuple(left_out))


def _mentions(path: Path) -> dict[str, list[Mention]]:
    articles: dict[str, list[Mention]] = defaultdict(list)
    for where, (name, entity, start, end, names) in rows_of(path, ROLES_CARD, 5):
        roles = {label_of(role) for role in names.split("\t") if role.strip()}
        articles[name].append(Mention(entity, int(start), int(end) + 1, known(ROLE_LABELS, roles, where)))
    return articles


def _with_roles(sentence: Sentence, mentions: Sequence[Mention]) -> Sentence:
    """The sentence with the mentions in it; one that goes on in the next sentence is cut."""
    evidence = []
    for mention in mentions:
        start = max(mention.start, sentence.start) - sentence.start
        end = min(mention.end, sentence.end) - sentence.start
        evidence += [Evidence(role, start, end) for role in mention.roles if start < end]
    found = {e.label for e in evidence}
    return replace(
        sentence,
        labels=known(ROLE_LABELS, found, sentence.id),
        evidence=tuple(sorted(evidence, key=lambda e: (e.start, e.end, ROLE_LABELS.index(e.label)))),
        taxonomy="semeval2025_roles/25",
        provenance={"kind": "gold", "by": ROLES_CARD.name, "votes": []},
    )


def _narratives(folder: Path, language: str) -> Part:
    return Part(list(_articles(folder, language)))


def _articles(folder: Path, language: str) -> Iterator[Sentence]:
    for where, (name, found, sub) in rows_of(folder / "subtask-2-annotations.txt", NARRATIVES_CARD, 3):
        text = text_of(_document(folder, name, 2), NARRATIVES_CARD)
        start, body = len(text) - len(text.lstrip()), text.strip()
        yield Sentence(
            id=Path(name).stem,
            document=Path(name).stem,
            index=0,
            start=start,
            end=start + len(body),
            text=body,
            labels=known(NARRATIVE_LABELS, {label_of(n) for n in _names(found)}, where),
            language=language,
            taxonomy="semeval2025_narratives/21",
            provenance={"kind": "gold", "by": NARRATIVES_CARD.name, "votes": [], "sub": sorted(_names(sub))},
        )


def _names(found: str) -> set[str]:
    return {name.strip() for name in found.split(";")} - {OTHER, ""}


def _document(folder: Path, name: str, task: int) -> Path:
    """Where the text of a document is."""
    places = [folder / home / name for home in ("raw-documents", f"subtask-{task}-documents")]
    return next((place for place in places if place.is_file()), places[0])


parse_roles: Callable[[Path], Parsed] = partial(_parse, read=_roles, card=ROLES_CARD)
parse_narratives: Callable[[Path], Parsed] = partial(_parse, read=_narratives, card=NARRATIVES_CARD)
