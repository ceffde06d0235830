"""SemEval-2023 task 3: frames of a news article, and persuasion techniques of its paragraphs, in six languages.

    en/train-articles-subtask-2/article833042063.txt
    en/train-labels-subtask-2.txt        833042063<TAB>Political,Morality
    en/train-labels-subtask-3.txt        111111111<TAB>3<TAB>Doubt,Repetition       (nothing after the last tab: no label)
    en/train-labels-subtask-3.template   111111111<TAB>3<TAB>the text of the paragraph

and the same for dev, which is our test split, as labels of the official test part were never released. The root is the
folder that holds `en`, or the folder of one language: `--root data/ru`. `semeval2023_frames` gives one record an article,
`semeval2023_persuasion` one a paragraph; a document is then its paragraphs, one a line.

Traps: paragraphs begin with quotation marks, so nothing is quoted; `ge` and `po` are German and Polish; English train
articles are those of `ptc` train and dev, English dev those of its hidden test part, under the same ids, so a mix of
both must be deduplicated by document.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from framing.data.corpora.card import Card, Parsed
from framing.data.corpora.reading import check_counts, known, rows_of, text_of, train_or_validation
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Sentence

FRAMES = (
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
TECHNIQUES = (
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
SITE = "https://propaganda.math.unipd.it/semeval2023task3/"
LICENCE = "on registration, for research; not to be redistributed"
CITATION = (
    "Piskorski et al. 2023, SemEval-2023 Task 3: Detecting the Category, the Framing, and the Persuasion Techniques "
    "in Online News in a Multi-lingual Setup"
)
FRAMES_CARD = Card(
    name="semeval2023_frames",
    title="Frames of news articles (SemEval-2023 task 3, subtask 2)",
    url=SITE,
    licence=LICENCE,
    citation=CITATION,
    counts={"en train articles": 433, "en dev articles": 83},
)
PERSUASION_CARD = Card(
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
LANGUAGES: Mapping[str, str] = {"en": "en", "fr": "fr", "ge": "de", "it": "it", "po": "pl", "ru": "ru"}
"""Folders and the codes of their languages."""

Read = Callable[[Path, str, str], Iterator[Sentence]]


def _parse(root: Path, read: Read, card: Card) -> Parsed:
    folder = _folder(root, card)
    language = LANGUAGES[folder.name]
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    counts: Counter[str] = Counter()
    for part in ("train", "dev"):
        for record in read(folder, part, language):
            rows["test" if part == "dev" else train_or_validation(record.document)].append(record)
            of = f"{language} {part}"
            counts.update({f"{of} articles": 1, f"{of} paragraphs": 1, f"{of} labels": len(record.labels)})
            counts[f"{of} paragraphs with a label"] += bool(record.labels)
    check_counts(card, root, counts)
    return Parsed(rows)


def _folder(root: Path, card: Card) -> Path:
    """The root where it is the folder of a language, else its English folder."""
    for folder in (root, root / "en"):
        if folder.name in LANGUAGES and folder.is_dir():
            return folder
    raise FramingError(
        expected=f"a folder among {sorted(LANGUAGES)} of {card.name}, or one that holds `en`",
        found=str(root),
        fix=f"Register at {card.url} and unpack the corpus there.",
    )


def _articles(folder: Path, part: str, language: str) -> Iterator[Sentence]:
    for where, (article, found) in rows_of(folder / f"{part}-labels-subtask-2.txt", FRAMES_CARD, 2):
        text = text_of(folder / f"{part}-articles-subtask-2/article{article}.txt", FRAMES_CARD)
        start, body = len(text) - len(text.lstrip()), text.strip()
        yield Sentence(
            id=article,
            document=article,
            index=0,
            start=start,
            end=start + len(body),
            text=body,
            labels=known(FRAMES, _names(found), where),
            language=language,
            taxonomy="semeval2023_frames/14",
            provenance={"kind": "gold", "by": FRAMES_CARD.name, "votes": []},
        )


def _paragraphs(folder: Path, part: str, language: str) -> Iterator[Sentence]:
    labels = {
        (article, number): known(TECHNIQUES, _names(found), where)
        for where, (article, number, found) in rows_of(folder / f"{part}-labels-subtask-3.txt", PERSUASION_CARD, 3)
    }
    places: dict[str, tuple[int, int]] = {}
    for where, (article, number, line) in rows_of(folder / f"{part}-labels-subtask-3.template", PERSUASION_CARD, 3):
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
            taxonomy="semeval2023_persuasion/23",
            provenance={"kind": "gold", "by": PERSUASION_CARD.name, "votes": []},
        )
    if labels:
        raise _mismatch(str(folder), f"a text for every label row of {part}", f"{len(labels)} without")


def _names(found: str) -> set[str]:
    return {name for name in found.strip().split(",") if name}


def _mismatch(where: str, expected: str, found: str) -> FramingError:
    return FramingError(expected=f"{expected} in {where}", found=found, fix="Take labels and template of one release.")


parse_frames: Callable[[Path], Parsed] = partial(_parse, read=_articles, card=FRAMES_CARD)
parse_persuasion: Callable[[Path], Parsed] = partial(_parse, read=_paragraphs, card=PERSUASION_CARD)
