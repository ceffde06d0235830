"""UNLP-2025: manipulation in Ukrainian and Russian Telegram posts, one post a record, with trigger spans.

    data/span_detection/train.parquet   id, content, lang, manipulative, techniques, trigger_words [[start, end], ...]

A trigger span says that its words manipulate, not by which label. It is evidence where the post has one label; where
it has several, nothing ties a span to one, so the spans stand in `provenance["triggers"]` only (of every post).

Traps: `techniques` and `trigger_words` are null, not empty, where a post does not manipulate; spans repeat, overlap,
come unsorted, begin or end in white space, and a few end past the text (cut off; offsets are characters, not UTF-16
units, in posts with emoji too). The texts of the official test part are not in the repository, so the test split is
made of training posts.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.reading import any_split, known
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Evidence, Sentence

LABELS = (
    "loaded_language",
    "glittering_generalities",
    "euphoria",
    "appeal_to_fear",
    "fud",
    "bandwagon",
    "cliche",
    "whataboutism",
    "cherry_picking",
    "straw_man",
)
CARD = Card(
    name="unlp2025",
    title="UNLP 2025 shared task: manipulation in social media",
    url="https://github.com/unlp-workshop/unlp-2025-shared-task",
    licence="CC BY-NC-SA 4.0",
    citation="UNLP 2025 Shared Task on Detecting Social Media Manipulation, aclanthology.org/2025.unlp-1.12",
    counts={
        "posts": 3822,
        "manipulative": 2589,
        "spans": 8978,
        **dict(zip(LABELS, (1973, 483, 462, 300, 385, 157, 463, 158, 512, 138), strict=True)),
    },
)
TAXONOMY = "unlp2025/10"
FILE = "data/span_detection/train.parquet"
COLUMNS = ("id", "content", "lang", "manipulative", "techniques", "trigger_words")

Spans = list[tuple[int, int]]


def parse(root: Path) -> Parsed:
    """Posts by split; raises FramingError where the file or a column is missing or the counts are not the card's."""
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    counts: Counter[str] = Counter()
    for record in _records(root / FILE):
        post = _post(record)
        rows[any_split(post.document)].append(post)
        counts.update({"posts": 1, "manipulative": int(record["manipulative"])})
        counts.update({"spans": len(record["trigger_words"] or ()), **dict.fromkeys(post.labels, 1)})
    check_counts(CARD, root, {name: counts[name] for name in CARD.counts})
    return Parsed(rows)


def _records(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    if not path.is_file():
        raise FramingError(expected=f"the file {FILE} of unlp2025", found="none", fix=f"Clone {CARD.url}.")
    table = pq.read_table(path)
    if missing := sorted(set(COLUMNS) - set(table.column_names)):
        raise FramingError(
            expected=f"the columns {sorted(COLUMNS)} in {path}", found=f"none of {missing}", fix=f"Clone {CARD.url}."
        )
    records: list[dict[str, Any]] = table.to_pylist()
    return records


def _post(record: dict[str, Any]) -> Sentence:
    text: str = record["content"]
    labels = known(LABELS, set(record["techniques"] or ()), f"post {record['id']}")
    spans = _spans(text, record["trigger_words"] or ())
    return Sentence(
        id=record["id"],
        document=record["id"],
        index=0,
        start=0,
        end=len(text),
        text=text,
        labels=labels,
        evidence=tuple(Evidence(labels[0], a, b) for a, b in spans) if len(labels) == 1 else (),
        language=record["lang"],
        taxonomy=TAXONOMY,
        provenance={"kind": "gold", "by": "unlp2025", "votes": [], "triggers": spans},
    )


def _spans(text: str, found: Sequence[Sequence[int]]) -> Spans:
    """Sorted spans, each once, white space trimmed and cut at the end of the text."""
    trimmed = (_trimmed(text, start, min(end, len(text))) for start, end in found)
    return sorted({span for span in trimmed if span})


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    body = text[start:end]
    lead = len(body) - len(body.lstrip())
    return (start + lead, start + lead + len(body.strip())) if body.strip() else None
