"""Propaganda Techniques Corpus, SemEval-2020 task 11: articles one sentence a line, technique spans in characters.

    train-articles/article111111111.txt
    train-task2-TC.labels, gold_dev/dev-task-TC.labels:  111111111<TAB>Doubt<TAB>149<TAB>157   (end is exclusive)

Trap: the released development gold counts in offsets of corpus version 1, whose spans may begin or end in white space
or punctuation; `_trimmed` cuts it off, as the version-2 template does. Test labels were never released, so the official
development part is our test split.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.reading import lines_of, rows_of, text_of, train_or_validation, whole
from framing.schema import Evidence, Sentence

CARD = Card(
    name="ptc",
    title="Propaganda Techniques Corpus (SemEval-2020 task 11)",
    url="https://propaganda.qcri.org/semeval2020-task11/",
    licence="for research; not to be redistributed",
    citation="Da San Martino et al. 2020, SemEval-2020 Task 11: Detection of Propaganda Techniques in News Articles",
    counts={"train articles": 371, "train spans": 6129, "dev articles": 75},
)

LABELS = (
    "Appeal_to_Authority",
    "Appeal_to_fear-prejudice",
    "Bandwagon,Reductio_ad_hitlerum",
    "Black-and-White_Fallacy",
    "Causal_Oversimplification",
    "Doubt",
    "Exaggeration,Minimisation",
    "Flag-Waving",
    "Loaded_Language",
    "Name_Calling,Labeling",
    "Repetition",
    "Slogans",
    "Thought-terminating_Cliches",
    "Whataboutism,Straw_Men,Red_Herring",
)

PARTS: Mapping[str, tuple[str, str]] = {
    "train": ("train-articles", "train-task2-TC.labels"),
    "dev": ("dev-articles", "gold_dev/dev-task-TC.labels"),
}
Spans = dict[str, list[tuple[str, int, int]]]


def parse(root: Path) -> Parsed:
    """Sentences by split; raises FramingError where a file is missing or the counts are not the card's."""
    train, dev = (_part(root, *PARTS[part]) for part in ("train", "dev"))
    found = {"train articles": len(train), "dev articles": len(dev)}
    check_counts(CARD, root, {**found, "train spans": len(list(rows_of(root / PARTS["train"][1], CARD, 4)))})
    rows: dict[str, list[Sentence]] = {"train": [], "validation": [], "test": []}
    for article, sentences in train.items():
        rows[train_or_validation(article)].extend(sentences)
    rows["test"] = [s for sentences in dev.values() for s in sentences]
    return Parsed(rows)


def _part(root: Path, articles: str, labels: str) -> dict[str, list[Sentence]]:
    spans = _spans(root / labels)
    paths = sorted((root / articles).glob("article*.txt"))
    return {p.stem.removeprefix("article"): _sentences(p, spans[p.stem.removeprefix("article")]) for p in paths}


def _spans(path: Path) -> Spans:
    spans: Spans = defaultdict(list)
    for where, (article, label, start, end) in rows_of(path, CARD, 4):
        spans[article].append((label, whole(start, where), whole(end, where)))
    return spans


def _sentences(path: Path, spans: Sequence[tuple[str, int, int]]) -> list[Sentence]:
    document = path.stem.removeprefix("article")
    rows: list[Sentence] = []
    text = text_of(path, CARD)
    for _, start, end in lines_of(text):
        evidence = tuple(sorted(_clipped(text, start, end, spans), key=lambda e: (e.start, e.end, e.label)))
        named = {e.label for e in evidence}
        rows.append(
            Sentence(
                id=f"{document}:{len(rows)}",
                document=document,
                index=len(rows),
                start=start,
                end=end,
                text=text[start:end],
                labels=tuple(label for label in LABELS if label in named),
                evidence=evidence,
                taxonomy="ptc/14",
                provenance={"kind": "gold", "by": "ptc", "votes": []},
            )
        )
    return rows


def _clipped(text: str, start: int, end: int, spans: Sequence[tuple[str, int, int]]) -> Iterator[Evidence]:
    for label, low, high in spans:
        a, b = _trimmed(text, max(low, start), min(high, end))
        if a < b:
            yield Evidence(label, a - start, b - start)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \n.,:;":
        start += 1
    while start < end and text[end - 1] in " \n.,:;":
        end -= 1
    return start, end
