"""A model judged on one split of a dataset: the report, and what every other page about it is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from framing.data.dataset import Dataset
from framing.evaluation import selective
from framing.evaluation.ceiling import ceilings
from framing.evaluation.findings import Findings, reliability_bins
from framing.evaluation.mistakes import KINDS, Kind, Mistake, gold_places, surest
from framing.evaluation.report import Report, judge
from framing.evaluation.slices import slice_scores
from framing.models.store import Model
from framing.schema import Floats, Hot, multi_hot

MISTAKES = 12
"""Of each kind: what a person reads in one sitting."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A split's report, and the scores and decisions (n_sentences, n_labels) it was made of."""

    report: Report
    scores: Floats
    decided: Hot


def judge_split(model: Model, data: Dataset, split: str, *, name: str, draws: int, seed: int) -> Judged:
    """Score every sentence of the split and judge the decisions; `name` stands at the head of the report."""
    sentences = data.splits[split]
    scores, _ = model.read(sentences)
    decided = model.decisions.decide(scores)
    report = judge(
        sentences,
        scores,
        decided,
        labels=model.labels,
        thresholds=model.decisions.thresholds,
        about={"name": name, "split": split, "data_digest": data.digest},
        doubt=model.decisions.doubt,
        draws=draws,
        seed=seed,
    )
    return Judged(report, scores, decided)


def find(
    model: Model, data: Dataset, judged: Judged, *, baselines: Sequence[Report], draws: int, seed: int
) -> Findings:
    """The findings of a judged split: slices, coders, mistakes and curves around its report."""
    sentences, labels = data.splits[judged.report.split], model.labels
    gold = multi_hot(sentences, labels)
    seen = frozenset(str(s.audit["conflict"]) for s in data.splits["train"] if s.audit.get("conflict"))
    wrong = np.asarray((gold != judged.decided).any(axis=1))
    return Findings(
        report=judged.report,
        baselines=baselines,
        ceilings=ceilings(sentences, labels, draws=draws, seed=seed),
        slices=slice_scores(sentences, judged.decided, labels=labels, seen=seen, draws=draws, seed=seed),
        mistakes=[m for kind in KINDS for m in _mistakes(model, data, judged, gold, kind)],
        reliability=reliability_bins(gold, judged.scores),
        risk=selective.risk_coverage(wrong, selective.confidence(judged.scores, judged.decided)),
    )


def _mistakes(model: Model, data: Dataset, judged: Judged, gold: Hot, kind: Kind) -> Iterator[Mistake]:
    """The surest mistakes of one kind, with the words that spoke for the label, decided or not."""
    places = surest(gold, judged.decided, judged.scores, kind, MISTAKES)
    sentences = [data.splits[judged.report.split][row] for row, _ in places]
    wanted = np.zeros((len(places), len(model.labels)), dtype=np.bool_)
    wanted[range(len(places)), [column for _, column in places]] = True
    spans = model.read(sentences)[1].explain(wanted) if places else []
    for (row, column), sentence, found in zip(places, sentences, spans, strict=True):
        label = model.labels[column]
        yield Mistake(
            kind=kind,
            label=label,
            score=float(judged.scores[row, column]),
            threshold=model.decisions.thresholds[column],
            sentence=sentence,
            gold=gold_places(sentence, label),
            model=tuple((span.start, span.end) for span in found),
        )
