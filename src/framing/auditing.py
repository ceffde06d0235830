"""The audit of a dataset: do coders agree, are labels consistent, can they be guessed without reading the sentence?"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from framing.data.dataset import SPLITS, Dataset
from framing.data.duplicates import Contradiction, contradictions
from framing.errors import FramingError
from framing.evaluation import audit as checks
from framing.evaluation import intervals
from framing.evaluation.audit import TIERS, Tier
from framing.evaluation.intervals import DRAWS, Interval
from framing.evaluation.report import without_nan
from framing.evaluation.tables import bracketed, markdown
from framing.models import crossval
from framing.models.crossval import Featurise
from framing.schema import Floats, Hot, Sentence, multi_hot

WORD = re.compile(r"[^\W_][\w'’\-]*")
SHOWN = 20
"""Likely errors and contradictions that the sheet shows; the record has them all."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LabelAudit:
    """One label: its positives, the coders' agreement, what text alone reaches on unseen documents, and its tier."""

    label: str
    positives: int
    alpha: Interval
    f1: Interval
    tier: Tier


@dataclass(frozen=True, slots=True)
class View:
    """What a model reaches that sees only this of a sentence; `behind` is macro F1 of the text less its own."""

    name: str
    macro_f1: Interval
    behind: Interval
    labels: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class LikelyError:
    """A label that unseen documents speak against: `given` or not, and the score that the text gets."""

    id: str
    document: str
    label: str
    given: bool
    score: float


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything found. Ids only: no text leaves the dataset."""

    dataset: str
    digest: str
    sentences: int
    documents: int
    coded_twice: int
    labels: tuple[LabelAudit, ...]
    views: tuple[View, ...]
    not_measured: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    likely_errors: tuple[LikelyError, ...]

    def to_record(self) -> dict[str, Any]:
        """As JSON values; a figure that does not exist is null."""
        record: dict[str, Any] = without_nan(
            {**asdict(self), "contradictions": [c._asdict() for c in self.contradictions], "tiers": _bounds()}
        )
        return record

    def metrics(self) -> dict[str, float]:
        """Flat names for MLflow."""
        named = {f"audit/macro_f1/{view.name}": view.macro_f1.value for view in self.views}
        named |= {f"audit/alpha/{row.label}": row.alpha.value for row in self.labels}
        return named | {
            "audit/contradictions": float(len(self.contradictions)),
            "audit/likely_errors": float(len(self.likely_errors)),
        }


def audit(data: Dataset, labels: Sequence[str], *, say: Say, draws: int = DRAWS, seed: int = 0) -> Audit:
    """The audit of all splits together; raises FramingError where there are too few documents to hold any out."""
    rows = [s for split in SPLITS for s in data.splits[split]]
    hot, documents = multi_hot(rows, labels), [s.document for s in rows]
    groups = [str(s.audit.get("group") or s.document) for s in rows]
    if len(set(groups)) < 2:
        raise FramingError(
            expected=f"at least two documents in {data.name}", found=str(len(set(groups))), fix="Name a larger dataset."
        )
    seen = featurisers(rows)
    fold = crossval.assign_folds(groups, seed=seed)
    scores = {}
    for name, featurise in seen.items():
        say(f"scoring by {name} over {fold.max() + 1} folds")
        scores[name] = crossval.out_of_fold(featurise, hot, fold, seed=seed)
    decided = {name: crossval.decide(found, hot, fold) for name, found in scores.items()}
    views = [_view(name, hot, decided, documents, labels=labels, draws=draws, seed=seed) for name in decided]
    coded_twice, alphas = _agreement(rows, labels, documents, draws, seed)
    return Audit(
        dataset=data.name,
        digest=data.digest,
        sentences=len(rows),
        documents=len(set(documents)),
        coded_twice=coded_twice,
        labels=tuple(_label(k, label, hot, alphas, views[0]) for k, label in enumerate(labels)),
        views=tuple(views),
        not_measured=tuple(name for name in ("outlet", "conflict", "topic", "entities") if name not in seen),
        contradictions=tuple(contradictions(rows)),
        likely_errors=tuple(_likely_errors(rows, hot, scores["text"], labels)),
    )


def featurisers(rows: Sequence[Sentence]) -> dict[str, Featurise]:
    """What each view sees; `text` first. A view that sees nothing in any sentence is left out."""
    texts, documents = [s.text for s in rows], [s.document for s in rows]
    found: dict[str, Featurise] = {"text": crossval.words(texts)}
    for name in ("outlet", "conflict"):
        if any(column := [str(s.audit.get(name) or "") for s in rows]):
            found[name] = crossval.values(column)
    if len(set(documents)) < len(documents):
        found["topic"] = crossval.surroundings(texts, documents)
    if any(named := [entities(text) for text in texts]):
        found["entities"] = crossval.words(named)
    return found


def entities(text: str) -> str:
    """The capitalised words of a sentence, its first word aside: names, without a recogniser."""
    return " ".join(word for word in WORD.findall(text)[1:] if word[0].isupper())


def audit_sheet(found: Audit) -> str:
    """Markdown for the terminal."""
    parts = [
        f"n = {found.sentences} sentences in {found.documents} documents, {found.coded_twice} coded at least twice, "
        f"data `{found.digest[:12]}`; brackets hold 95% bootstrap intervals by document.",
        markdown(["label", "n", "alpha", "F1 of text, unseen documents", "tier"], [_told(row) for row in found.labels]),
        "; ".join(f"{name}: alpha >= {b.alpha}, n >= {b.positives}, F1 >= {b.f1}" for name, b in TIERS.items())
        + "; C: the rest.\n",
        markdown(["what is seen", "macro F1", "text less this"], [_shortcut(view) for view in found.views]),
        *([f"not measured: {', '.join(found.not_measured)} (no values)\n"] if found.not_measured else []),
        f"equal text, other labels: {len(found.contradictions)}",
        *(f"    {', '.join(c.ids)}" for c in found.contradictions[:SHOWN]),
        f"likely label errors: {len(found.likely_errors)}; the least credible first",
        *(
            f"    {e.id}  {'not ' if e.given else ''}{e.label} (text scores {e.score:.2f})"
            for e in found.likely_errors[:SHOWN]
        ),
    ]
    return "\n".join(parts)


def error_lines(found: Audit, data: Dataset) -> str:
    """Every likely error with its sentence as JSONL, for whoever mends the labels: it holds the dataset's text."""
    texts = {s.id: s for split in SPLITS for s in data.splits[split]}
    rows = [{**asdict(e), "labels": texts[e.id].labels, "text": texts[e.id].text} for e in found.likely_errors]
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _view(
    name: str,
    hot: Hot,
    decided: Mapping[str, Hot],
    documents: Sequence[str],
    *,
    labels: Sequence[str],
    draws: int,
    seed: int,
) -> View:
    by_label, macro, _ = intervals.f1_intervals(hot, decided[name], documents, draws=draws, seed=seed)
    behind = intervals.paired_macro_f1(hot, decided["text"], decided[name], documents, draws=draws, seed=seed)
    return View(name, macro, behind, dict(zip(labels, by_label, strict=True)))


def _agreement(
    rows: Sequence[Sentence], labels: Sequence[str], documents: Sequence[str], draws: int, seed: int
) -> tuple[int, list[Interval]]:
    """How many sentences two or more coders coded, and alpha a label, from the raw votes."""
    votes = [[v["labels"] for v in s.provenance.get("votes") or () if "labels" in v] for s in rows]
    coders = np.array([len(own) for own in votes], dtype=np.float64)
    positives = np.array([[sum(label in vote for vote in own) for label in labels] for own in votes], dtype=np.float64)
    return int((coders >= 2).sum()), checks.alpha_of_votes(positives, coders, documents, draws=draws, seed=seed)


def _label(k: int, label: str, hot: Hot, alphas: Sequence[Interval], text: View) -> LabelAudit:
    positives, f1 = int(hot[:, k].sum()), text.labels[label]
    return LabelAudit(
        label, positives, alphas[k], f1, checks.tier(alpha=alphas[k].value, positives=positives, f1=f1.value)
    )


def _likely_errors(rows: Sequence[Sentence], hot: Hot, scores: Floats, labels: Sequence[str]) -> list[LikelyError]:
    return [
        LikelyError(rows[s.row].id, rows[s.row].document, labels[s.column], s.given, round(s.score, 6))
        for s in checks.suspects(hot, scores)
    ]


def _told(row: LabelAudit) -> list[str]:
    return [row.label, str(row.positives), bracketed(row.alpha), bracketed(row.f1), row.tier]


def _shortcut(view: View) -> list[str]:
    is_text = view.name == "text"
    return [view.name, bracketed(view.macro_f1), "" if is_text else bracketed(view.behind)]


def _bounds() -> dict[str, dict[str, float]]:
    return {name: bound._asdict() for name, bound in TIERS.items()}
