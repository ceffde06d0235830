"""Weak labels for a pool of any length: functions vote, votes become labels, and gold says what they are worth.

The pool is read once for majority vote, and twice for Dawid-Skene: statistics first, then labels.
"""

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from framing.data.dataset import Dataset
from framing.data.voice import SentenceVoice, read_sentence
from framing.data.weak.aggregate import (
    AGGREGATES,
    DawidSkene,
    LabelModel,
    Majority,
    Pattern,
    Patterns,
    by_label,
    is_given,
)
from framing.data.weak.functions import Ballot, Voters
from framing.data.weak.pool import read_pool, write_pool
from framing.errors import FramingError
from framing.evaluation import weak
from framing.evaluation.intervals import Interval
from framing.evaluation.report import without_nan
from framing.evaluation.weak import FunctionScore, Tally, Verdict
from framing.schema import Evidence, Floats, Hot, Sentence, multi_hot

GOLD = ("train", "validation")
"""Functions are judged, and mended, on these splits; test stays unseen."""
EVERY = 50_000
"""Sentences between two lines of progress."""
Say = Callable[[str], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What became of a pool."""

    sentences: int
    labels: dict[str, int]
    """How many sentences got each label, in taxonomy order."""
    functions: tuple[FunctionScore, ...]
    what: tuple[str, ...]
    """What each function looks for."""
    verdict: Verdict | None

    def sheet(self, *, analysis: bool) -> str:
        """Markdown for the terminal: counts, the verdict on gold, and with `analysis` a row a function."""
        given = ", ".join(f"{label} {n}" for label, n in self.labels.items() if n) or "no label"
        lines = [f"{self.sentences} sentences: {given}"]
        lines += [self.verdict.sentence()] if self.verdict else []
        lines += [f"\n{weak.analysis_table(self.functions, self.what)}"] if analysis else []
        return "\n".join(lines).rstrip("\n")

    def to_json(self) -> str:
        """All of it; a figure that does not exist is null."""
        return json.dumps(without_nan(asdict(self)), ensure_ascii=False)


def label_pool(
    pool: Path, out: Path, voters: Voters, *, taxonomy: str, aggregate: str, gold: Dataset | None, say: Say
) -> Labelled:
    """Label every sentence of `pool` into `out`; `gold` adds accuracies and the verdict."""
    model = _label_model(pool, voters, aggregate, say)
    tally, given = Tally(len(voters.listed)), Counter[str]()

    def rows() -> Iterator[Sentence]:
        for sentence, ballots in _cast(pool, voters, say, "labelled"):
            tally.add([weak.Vote(b.function, b.label, b.yes) for b in ballots])
            labelled = label_sentence(sentence, ballots, voters, model, taxonomy=taxonomy, by=aggregate)
            given.update(labelled.labels)
            yield labelled
        if not tally.sentences:
            raise FramingError(expected=f"sentences in {pool}", found="none", fix="Check the file.")

    write_pool(out, rows())
    _warn_of_the_talkative(voters, tally)
    rows_of_gold = [s for split in GOLD for s in gold.splits[split]] if gold else []
    votes = [voters.cast(s) for s in rows_of_gold]
    verdict = judge_on_gold(rows_of_gold, votes, voters, model) if gold else None
    counts = {label: given[label] for label in voters.labels}
    scores = tuple(_functions(voters, tally, rows_of_gold, votes))
    return Labelled(tally.sentences, counts, scores, tuple(f.what for f in voters.listed), verdict)


def label_sentence(
    sentence: Sentence, ballots: Sequence[Ballot], voters: Voters, model: LabelModel, *, taxonomy: str, by: str
) -> Sentence:
    """The sentence with its weak labels, the cues as evidence, voices by rule, and every vote in its provenance."""
    voice = read_sentence(sentence.text)
    patterns = by_label(ballots)
    scores = {label: model.score(label, patterns[label]) for label in sorted(patterns)}
    decided = {label for label, score in scores.items() if is_given(score, patterns[label])}
    return replace(
        sentence,
        labels=tuple(voters.labels[label] for label in sorted(decided)),
        evidence=tuple(_evidence(voice, [b for b in ballots if b.label in decided and b.yes], voters.labels)),
        voice=voice.voice,
        distance=voice.distance,
        source=voice.source,
        taxonomy=taxonomy,
        provenance={
            "kind": "weak",
            "by": by,
            "votes": _told(ballots, voters),
            "scores": {voters.labels[label]: round(score, 6) for label, score in scores.items()},
        },
    )


def judge_on_gold(
    sentences: Sequence[Sentence], votes: Sequence[Sequence[Ballot]], voters: Voters, model: LabelModel
) -> Verdict:
    """Majority vote against the label model on gold sentences; without a model other than majority, that alone."""
    gold, documents = multi_hot(sentences, voters.labels), [s.document for s in sentences]
    patterns = [by_label(ballots) for ballots in votes]
    decided = None if isinstance(model, Majority) else _decide(patterns, model, len(voters.labels))
    return weak.judge_labels(gold, _decide(patterns, Majority(), len(voters.labels)), decided, documents)


def _label_model(pool: Path, voters: Voters, aggregate: str, say: Say) -> LabelModel:
    if aggregate not in AGGREGATES:
        raise FramingError(
            expected=f"a way to aggregate among {list(AGGREGATES)}", found=repr(aggregate), fix="Correct --aggregate."
        )
    if aggregate == "majority":
        return Majority()
    patterns: Patterns = defaultdict(Counter)
    for _, ballots in _cast(pool, voters, say, "counted"):
        for label, votes in by_label(ballots).items():
            patterns[label][votes] += 1
    return DawidSkene(patterns)


def _cast(pool: Path, voters: Voters, say: Say, done: str) -> Iterator[tuple[Sentence, list[Ballot]]]:
    for number, sentence in enumerate(read_pool(pool), 1):
        yield sentence, voters.cast(sentence)
        if number % EVERY == 0:
            say(f"{number} sentences {done}")


def _decide(patterns: Sequence[dict[int, Pattern]], model: LabelModel, n_labels: int) -> Hot:
    hot = np.zeros((len(patterns), n_labels), dtype=np.bool_)
    for row, votes in enumerate(patterns):
        for label, pattern in votes.items():
            hot[row, label] = is_given(model.score(label, pattern), pattern)
    return hot


def _evidence(voice: SentenceVoice, ballots: Sequence[Ballot], labels: Sequence[str]) -> Iterator[Evidence]:
    """The words of the cues, in taxonomy order; of two that overlap the first stands."""
    taken: dict[int, int] = {}
    for ballot in sorted(ballots, key=lambda b: (b.label, b.start, -b.end)):
        if taken.get(ballot.label, 0) <= ballot.start < ballot.end:
            taken[ballot.label] = ballot.end
            said = voice.at(ballot.start, ballot.end)
            yield Evidence(labels[ballot.label], ballot.start, ballot.end, said.voice, said.source, said.distance)


def _told(ballots: Sequence[Ballot], voters: Voters) -> list[dict[str, Any]]:
    """Votes in the form of the datasets, a row a function: labels it is for, and labels it is against."""
    rows: dict[int, dict[str, Any]] = {}
    for ballot in ballots:
        row = rows.setdefault(ballot.function, {"by": voters.listed[ballot.function].name, "labels": [], "against": []})
        row["labels" if ballot.yes else "against"].append(voters.labels[ballot.label])
    return list(rows.values())


def _functions(
    voters: Voters, tally: Tally, gold: Sequence[Sentence], votes: Sequence[Sequence[Ballot]]
) -> Iterator[FunctionScore]:
    cast, accuracy = _accuracies(voters, gold, votes)
    for k, function in enumerate(voters.listed):
        n = int(tally.covered[k])
        shared, conflicting = (
            int(counts[k]) / n if n else float("nan") for counts in (tally.overlapping, tally.conflicting)
        )
        yield FunctionScore(
            function.name, function.kind, n, n / tally.sentences, shared, conflicting, int(cast[k]), accuracy[k]
        )


def _accuracies(
    voters: Voters, gold: Sequence[Sentence], votes: Sequence[Sequence[Ballot]]
) -> tuple[Floats, list[Interval]]:
    """Votes cast on gold by function, and the share that is right; NaN where there is no gold."""
    right, cast = np.zeros((2, len(gold), len(voters.listed)))
    if not gold:
        return np.zeros(len(voters.listed)), [Interval(*[float("nan")] * 3)] * len(voters.listed)
    hot = multi_hot(gold, voters.labels)
    for row, ballots in enumerate(votes):
        for ballot in ballots:
            cast[row, ballot.function] += 1
            right[row, ballot.function] += hot[row, ballot.label] == ballot.yes
    return cast.sum(axis=0), weak.accuracies(right, cast, [s.document for s in gold])


def _warn_of_the_talkative(voters: Voters, tally: Tally) -> None:
    for k, function in enumerate(voters.listed):
        if function.kind == "own" and tally.covered[k] == tally.sentences:
            log.warning("%s never abstains; where it knows nothing it should return ABSTAIN, not None", function.name)
