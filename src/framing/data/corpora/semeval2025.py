"""SemEval-2025 task 10: what `semeval2025_roles` and `semeval2025_narratives` share. Five languages, a folder each.

    train/EN/raw-documents/EN_UA_100013.txt
    train/EN/subtask-1-annotations.txt, train/EN/subtask-2-annotations.txt
    dev/EN/...      the same, with gold: our test split, as no labels of the test part were released

The root is the folder that holds `train`, or the folder of one language in it: `--root ROOT/train/RU`.

Traps: documents lie in `raw-documents` or `subtask-N-documents`; interim releases have the same layout and fewer
documents, which the counts show.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.reading import train_or_validation
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Sentence

SITE = "https://propaganda.math.unipd.it/semeval2025task10/"
LICENCE = "on registration, for this task and for research only; not to be redistributed"
CITATION = (
    "Piskorski et al. 2025, SemEval-2025 Task 10: Multilingual Characterization and Extraction of Narratives "
    "from Online News"
)
LANGUAGES = ("BG", "EN", "HI", "PT", "RU")


class Part(NamedTuple):
    """What one part of one language holds."""

    records: list[Sentence]
    mentions: int = 0
    left_out: tuple[str, ...] = ()


def gather(root: Path, card: Card, read: Callable[[Path, str], Part]) -> Parsed:
    """The records of train and dev by split; raises FramingError where the counts are not the card's."""
    train, language = _folder(root, card)
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    counts: dict[str, int] = {}
    left_out: list[str] = []
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
    for folder in (root.resolve(), root / "train/EN"):
        if folder.parent.name == "train" and folder.name in LANGUAGES and folder.is_dir():
            return folder, folder.name.lower()
    raise FramingError(
        expected=f"a folder train/LANGUAGE (among {list(LANGUAGES)}) of {card.name}, or one that holds train/EN",
        found=str(root),
        fix=f"Register at {card.url} and unpack the corpus there.",
    )


def document_path(folder: Path, name: str, task: int) -> Path:
    """Where the text of a document is."""
    places = [folder / home / name for home in ("raw-documents", f"subtask-{task}-documents")]
    return next((place for place in places if place.is_file()), places[0])


def label_of(name: str) -> str:
    """The label of a role or narrative as the files write it: `Foreign Adversary` is `Foreign_Adversary`."""
    return re.sub(r"[^\w-]+", "_", name.strip())
