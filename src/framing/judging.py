"""A model judged on one split of a dataset: the report, and what every other page about it is made of."""

from dataclasses import dataclass

from framing.data.dataset import Dataset
from framing.evaluation.report import Report, judge
from framing.models.store import Model
from framing.schema import Floats, Hot


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
