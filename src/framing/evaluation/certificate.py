"""The side-neutrality certificate: what exchanging, renaming and masking the sides does to a model's decisions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from framing.evaluation.gaps import Gap, conflict_gaps, judge_gaps, sides_of
from framing.evaluation.intervals import DRAWS
from framing.evaluation.neutrality import (
    ALL,
    ALL_LABELS,
    ANY_LABEL,
    CHANGES,
    SWAP,
    Neutrality,
    Score,
    judge_pairs,
    make_pairs,
)
from framing.evaluation.report import without_nan
from framing.evaluation.sides import Lexicon
from framing.evaluation.tables import bracketed, markdown, number
from framing.schema import Hot, Sentence, multi_hot

TITLE = "## Side-neutrality certificate\n\n"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Rows by change, conflict, direction and label, and the gaps of error rates between the sides."""

    rows: tuple[Neutrality, ...]
    gaps: tuple[Gap, ...]

    def row(self, change: str, label: str, *, conflict: str = ALL, direction: str = ALL) -> Neutrality | None:
        """The one row of that name, or None where no sentence fell into it."""
        wanted = (change, conflict, direction, label)
        return next((r for r in self.rows if (r.change, r.conflict, r.direction, r.label) == wanted), None)

    @property
    def overall(self) -> Neutrality:
        """The full swap over all sentences and labels: the figures that are published."""
        return self.rows[0]

    def metrics(self) -> dict[str, float]:
        """Flat names for MLflow."""
        overall = self.overall
        return {
            "sides/flip_rate": overall.flips.value,
            "sides/moved": overall.moved,
            "sides/signed": overall.signed.value,
        }

    def to_record(self) -> dict[str, Any]:
        """As JSON values; an interval is [value, low, high], a figure that does not exist is null."""
        overall = self.overall
        touched = self.row(SWAP, ANY_LABEL)
        head = {
            "flip_rate": overall.flips,
            "sentence_flip_rate": touched and touched.flips,
            "moved": overall.moved,
            "signed": overall.signed,
        }
        counts = {"sentences": overall.sentences, "documents": overall.documents}
        record: dict[str, Any] = without_nan({**head, **counts, **asdict(self)})
        return record


def certify(
    sentences: Sequence[Sentence],
    lexicons: Mapping[str, Lexicon],
    score: Score,
    *,
    thresholds: Sequence[float],
    labels: Sequence[str],
    draws: int = DRAWS,
    seed: int = 0,
) -> Certificate | None:
    """The certificate of a model on labelled sentences; None where no sentence names a side of its conflict."""
    rows: list[Neutrality] = []
    for change in CHANGES:
        pairs = make_pairs(sentences, lexicons, change)
        if pairs:
            before, after = score([p.before for p in pairs]), score([p.after for p in pairs])
            rows += judge_pairs(
                pairs, before, after, change=change, thresholds=thresholds, labels=labels, draws=draws, seed=seed
            )
    if not rows:
        return None
    decided = score(sentences) >= np.array(thresholds)
    return Certificate(tuple(rows), tuple(_all_gaps(sentences, lexicons, decided, labels, draws=draws, seed=seed)))


def _all_gaps(
    sentences: Sequence[Sentence],
    lexicons: Mapping[str, Lexicon],
    decided: Hot,
    labels: Sequence[str],
    *,
    draws: int,
    seed: int,
) -> list[Gap]:
    gold, sides = multi_hot(sentences, labels), sides_of(sentences, lexicons)
    documents = [s.document for s in sentences]
    conflicts = [_conflict(s, lexicons) for s in sentences]
    return [
        *judge_gaps(gold, decided, sides, documents, labels=labels, draws=draws, seed=seed),
        *conflict_gaps(gold, decided, sides, documents, conflicts, draws=draws, seed=seed),
    ]


def _conflict(sentence: Sentence, lexicons: Mapping[str, Lexicon]) -> str:
    name = str(sentence.audit.get("conflict"))
    return lexicons[name].conflict if name in lexicons else name


def certificate_sheet(certificate: Certificate | None) -> str:
    """The certificate as Markdown, for the terminal and the model card."""
    if certificate is None:
        return f"{TITLE}Not measured: no sentence names a side that a lexicon knows.\n"
    overall = certificate.overall
    head = (
        f"n = {overall.sentences} sentences in {overall.documents} documents that name a side of their conflict; "
        "brackets hold 95% bootstrap intervals by document. Flips are decisions that change when names do; "
        "the signed change is positive where the first side's words are marked more readily.\n"
    )
    tables = (_changes, _labels, _conflicts, _gaps)
    return TITLE + "\n".join([head, *(table(certificate) for table in tables)])


def _changes(certificate: Certificate) -> str:
    rows = []
    for change in CHANGES:
        whole, touched = certificate.row(change, ALL_LABELS), certificate.row(change, ANY_LABEL)
        if whole and touched:
            rows.append(
                [change, str(whole.sentences), bracketed(whole.flips), bracketed(touched.flips), *_moves(whole)]
            )
    return markdown(["change", "n", "flips", "sentences with a flip", "mean change", "signed change"], rows)


def _labels(certificate: Certificate) -> str:
    rows = []
    for row in certificate.rows:
        if (row.change, row.conflict, row.direction) == (SWAP, ALL, ALL) and row.label not in {ALL_LABELS, ANY_LABEL}:
            sides = [certificate.row(SWAP, row.label, direction=direction) for direction in ("first", "second")]
            said = [f"{number(side.flips.value)} ({side.sentences})" if side else "n/a (0)" for side in sides]
            rows.append([row.label, bracketed(row.flips), *said, *_moves(row)])
    head = ["label (swap)", "flips", "first side speaks (n)", "second side speaks (n)", "mean change", "signed change"]
    return markdown(head, rows)


def _conflicts(certificate: Certificate) -> str:
    rows = [
        [row.conflict, str(row.sentences), str(row.documents), bracketed(row.flips), *_moves(row)]
        for row in certificate.rows
        if row.change == SWAP and row.conflict != ALL and row.label == ALL_LABELS
    ]
    return markdown(["conflict (swap)", "n", "documents", "flips", "mean change", "signed change"], rows)


def _gaps(certificate: Certificate) -> str:
    rows = [
        [gap.label, gap.kind, *_rates(gap), bracketed(gap.difference)]
        for gap in certificate.gaps
        if gap.conflict == ALL
    ]
    return markdown(["label", "rate of", "first side (n)", "second side (n)", "difference"], rows)


def _rates(gap: Gap) -> Iterator[str]:
    for rate, cases in ((gap.first, gap.first_cases), (gap.second, gap.second_cases)):
        yield f"{number(rate)} ({cases})"


def _moves(row: Neutrality) -> list[str]:
    return [number(row.moved), bracketed(row.signed)]
