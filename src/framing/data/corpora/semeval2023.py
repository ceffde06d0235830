"""SemEval-2023 task 3: what `semeval2023_frames` and `semeval2023_persuasion` share. Six languages, a folder each.

The root is the folder that holds `en`, or the folder of one language: `--root data/ru`. Dev is our test split, as the
labels of the official test part were not in the release.

Traps: `ge` and `po` are German and Polish; English train articles are those of `ptc` train and dev, English dev those
of its hidden test part, under the same ids, so that a mix of both must be deduplicated by document.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.reading import train_or_validation
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Sentence

SITE = "https://propaganda.math.unipd.it/semeval2023task3/"
LICENCE = "on registration, for research; not to be redistributed"
CITATION = (
    "Piskorski et al. 2023, SemEval-2023 Task 3: Detecting the Category, the Framing, and the Persuasion Techniques "
    "in Online News in a Multi-lingual Setup"
)
LANGUAGES: Mapping[str, str] = {"en": "en", "fr": "fr", "ge": "de", "it": "it", "po": "pl", "ru": "ru"}
"""Folders and the codes of their languages."""

Read = Callable[[Path, str, str], Iterator[Sentence]]
"""The records in the folder of a language, of `train` or `dev`, in the language of this code."""


def gather(root: Path, card: Card, read: Read) -> Parsed:
    """The records of train and dev by split; raises FramingError where the counts are not the card's."""
    folder = _folder(root, card)
    language = LANGUAGES[folder.name]
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    counts: Counter[str] = Counter(dict.fromkeys((n for n in card.counts if n.startswith(f"{language} ")), 0))
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
    for folder in (root.resolve(), root / "en"):
        if folder.name in LANGUAGES and folder.is_dir():
            return folder
    raise FramingError(
        expected=f"a folder among {sorted(LANGUAGES)} of {card.name}, or one that holds `en`",
        found=str(root),
        fix=f"Register at {card.url} and unpack the corpus there.",
    )


def labels_in(found: str) -> set[str]:
    """The labels in a field."""
    return {name for name in found.strip().split(",") if name}
