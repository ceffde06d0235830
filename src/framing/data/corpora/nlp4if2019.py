"""NLP4IF-2019, sentence level: does a sentence hold any propaganda technique? Articles of the PTC, one sentence a line.

    train-articles/article111111112.txt
    train-labels-SLC/article111111112.task-SLC.labels   111111112<TAB>5<TAB>propaganda      (line number from 1)
    train-labels-FLC/article111111112.task-FLC.labels   111111112<TAB>Slogans<TAB>191<TAB>221  (end is exclusive)

The sentence label is gold; the spans of any technique are its evidence, joined where they touch.

Traps: `train.task-SLC.labels` holds 293 of the 350 articles, so the file of each article is read; empty lines are
numbered and labelled too; a span may end past the article, lie in a sentence that is not labelled (it is dropped) or
be missing from one that is. Labels of the development part were never released, so the test split is made of training
articles. Article ids are those of `ptc` and `semeval2023_persuasion`, which share most of them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.reading import any_split, lines_of, rows_of, text_of, whole
from framing.data.dataset import SPLITS
from framing.errors import FramingError
from framing.schema import Evidence, Sentence

CARD = Card(
    name="nlp4if2019",
    title="Propaganda Techniques Corpus, sentence level (NLP4IF-2019)",
    url="https://propaganda.qcri.org/nlp4if-shared-task/",
    licence="for research; not to be redistributed",
    citation="Da San Martino et al. 2019, Findings of the NLP4IF-2019 Shared Task on Fine-Grained Propaganda Detection",
    counts={"articles": 350, "sentences": 16297, "sentences with propaganda": 4720, "spans": 6041},
)
LABELS = ("propaganda",)
TAXONOMY = "nlp4if2019/binary"
ANSWERS = {"propaganda": True, "non-propaganda": False}

Spans = list[tuple[int, int]]


def parse(root: Path) -> Parsed:
    """Sentences by split; raises FramingError where a file is missing or the counts are not the card's."""
    rows: dict[str, list[Sentence]] = {split: [] for split in SPLITS}
    counts: Counter[str] = Counter()
    for path in sorted((root / "train-articles").glob("article*.txt")):
        article = path.stem.removeprefix("article")
        spans = _spans(root / f"train-labels-FLC/{path.stem}.task-FLC.labels")
        sentences = list(_sentences(article, text_of(path, CARD), _answers(root, path.stem), spans))
        rows[any_split(article)] += sentences
        counts.update({"articles": 1, "sentences": len(sentences), "spans": len(spans)})
        counts["sentences with propaganda"] += sum(bool(s.labels) for s in sentences)
    check_counts(CARD, root, {name: counts[name] for name in CARD.counts})
    return Parsed(rows)


def _answers(root: Path, article: str) -> list[bool]:
    """Whether each line holds propaganda, empty ones included."""
    answers: list[bool] = []
    for where, (_, number, answer) in rows_of(root / f"train-labels-SLC/{article}.task-SLC.labels", CARD, 3):
        if answer not in ANSWERS or number != str(len(answers) + 1):
            raise FramingError(
                expected=f"sentence {len(answers) + 1} and one of {sorted(ANSWERS)} in {where}",
                found=f"sentence {number} and {answer!r}",
                fix="Take the gold labels, not the template for submissions.",
            )
        answers.append(ANSWERS[answer])
    return answers


def _spans(path: Path) -> Spans:
    return sorted((whole(start, where), whole(end, where)) for where, (_, _, start, end) in rows_of(path, CARD, 4))


def _sentences(article: str, text: str, answers: Sequence[bool], spans: Spans) -> Iterator[Sentence]:
    lines = text.removesuffix("\n").count("\n") + 1
    if len(answers) != lines:
        raise FramingError(
            expected=f"a label for each of the {lines} lines of article {article}",
            found=f"{len(answers)} labels",
            fix="Take article and labels of the same release.",
        )
    for index, (number, start, end) in enumerate(lines_of(text)):
        found = answers[number - 1]
        yield Sentence(
            id=f"{article}:{index}",
            document=article,
            index=index,
            start=start,
            end=end,
            text=text[start:end],
            labels=LABELS if found else (),
            evidence=tuple(Evidence(*LABELS, a, b) for a, b in _joined(start, end, spans)) if found else (),
            taxonomy=TAXONOMY,
            provenance={"kind": "gold", "by": "nlp4if2019", "votes": []},
        )


def _joined(start: int, end: int, spans: Spans) -> Iterator[tuple[int, int]]:
    """The parts of a sentence that lie in any span, counted from its start, joined where they touch."""
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]
    for k, (a, b) in enumerate(inside):
        if k + 1 < len(inside) and inside[k + 1][0] <= b:
            inside[k + 1] = (a, max(b, inside[k + 1][1]))
        else:
            yield a, b
