"""A model judged on one split of a dataset: the report, and what every other page about it is made of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from framing.data.dataset import Dataset
from framing.evaluation import rationales, selective
from framing.evaluation.ceiling import ceilings
from framing.evaluation.findings import Findings, reliability_bins
from framing.evaluation.mistakes import KINDS, Kind, Mistake, Place, gold_places, surest
from framing.evaluation.rationales import EvidenceScore
from framing.evaluation.report import Report, judge
from framing.evaluation.slices import slice_scores
from framing.models.protocol import Span
from framing.models.store import Model
from framing.schema import Floats, Hot, Sentence, multi_hot

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
        evidence=_evidence(model, sentences, judged.decided, draws=draws, seed=seed),
    )


def _evidence(
    model: Model, sentences: Sequence[Sentence], decided: Hot, *, draws: int, seed: int
) -> list[EvidenceScore]:
    """The model's evidence beside gold evidence, and the deletion test; none where gold has no evidence."""
    labels = model.labels
    gold = [{label: places for label in labels if (places := gold_places(s, label))} for s in sentences]
    if not any(gold):
        return []
    wanted = decided | np.array([[label in own for label in labels] for own in gold])
    found = [_by_label(spans) for spans in model.read(sentences)[1].explain(wanted)]
    falls = _falls(model, sentences, found, decided, seed)
    return rationales.evidence_scores(sentences, gold, found, falls, labels=labels, draws=draws, seed=seed)


def _falls(
    model: Model, sentences: Sequence[Sentence], found: Sequence[Mapping[str, list[Place]]], decided: Hot, seed: int
) -> Floats:
    """Scores without other words less scores without the evidence, (n_sentences, n_labels); NaN where undecided."""
    random = np.random.default_rng(seed)
    falls = np.full(decided.shape, np.nan)
    cells, pairs = [], []
    for row, column in zip(*np.nonzero(decided), strict=True):
        text, places = sentences[row].text, found[row].get(model.labels[column], [])
        if (others := rationales.without_others(text, places, random)) is not None:
            cells.append((row, column))
            pairs += [_saying(sentences[row], cut) for cut in (others, rationales.without(text, places))]
    if cells:
        scores = model.read(pairs)[0]
        for k, (row, column) in enumerate(cells):
            falls[row, column] = scores[2 * k, column] - scores[2 * k + 1, column]
    return falls


def _saying(sentence: Sentence, text: str) -> Sentence:
    return replace(sentence, text=text, evidence=(), source=None)


def _by_label(spans: Sequence[Span]) -> dict[str, list[Place]]:
    places: dict[str, list[Place]] = defaultdict(list)
    for span in spans:
        places[span.label].append((span.start, span.end))
    return places


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
