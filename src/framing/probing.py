"""What a model does beyond its score sheet: the side-neutrality certificate and the behaviour tests."""

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np

from framing import taxonomy as taxonomies
from framing.data.dataset import Dataset
from framing.data.files import to_json
from framing.data.voice import read_sentence
from framing.errors import FramingError
from framing.evaluation import behaviour as behaviours
from framing.evaluation import cases, sides
from framing.evaluation.behaviour import Behaviour, behaviour_sheet
from framing.evaluation.card import Section
from framing.evaluation.certificate import Certificate, certificate_sheet, certify
from framing.evaluation.intervals import DRAWS
from framing.evaluation.neutrality import Score
from framing.evaluation.sheet import score_sheet
from framing.judging import Judged, judge_split
from framing.models.store import Model
from framing.schema import Floats, Sentence
from framing.shipped import shipped

TAXONOMY = "conflict"
"""The labels that the lexicons and cases are about."""
BATCH = 256
"""Sentences scored at once: long enough to sort by length, short enough to keep memory flat."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What was probed; None for what was not asked for or could not be measured."""

    certificate: Certificate | None = None
    behaviour: Behaviour | None = None

    def metrics(self) -> dict[str, float]:
        """Flat names for MLflow."""
        return {name: value for part in self._parts().values() for name, value in part.metrics().items()}

    def records(self) -> dict[str, dict[str, Any]]:
        """JSON values by name, `sides` and `behaviour`."""
        return {name: part.to_record() for name, part in self._parts().items()}

    def sections(self) -> list[Section]:
        """Sections of the model card."""
        sheets = [certificate_sheet(self.certificate)]
        sheets += [behaviour_sheet(self.behaviour, failures=False)] if self.behaviour else []
        return [Section.from_markdown(sheet) for sheet in sheets]

    def _parts(self) -> dict[str, Certificate | Behaviour]:
        both = {"sides": self.certificate, "behaviour": self.behaviour}
        return {name: part for name, part in both.items() if part is not None}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A model judged on a split, and probed as far as asked."""

    judged: Judged
    probed: Probed

    def to_record(self) -> dict[str, Any]:
        """As JSON values: `report`, and `sides` and `behaviour` where asked for."""
        return {"report": self.judged.report.to_record(), **self.probed.records()}

    def sheet(self) -> str:
        """Markdown for the terminal."""
        certificate, behaviour = self.probed.certificate, self.probed.behaviour
        parts = [score_sheet([self.judged.report])]
        parts += [certificate_sheet(certificate)] if certificate else []
        parts += [behaviour_sheet(behaviour)] if behaviour else []
        return "\n".join(parts)


def evaluate(model: Model, data: Dataset, split: str, *, with_sides: bool, with_behaviour: bool) -> Evaluated:
    """Judge any model on a dataset of its taxonomy, with the seed of its run; refuses what cannot be measured."""
    if data.taxonomy != model.taxonomy:
        raise FramingError(
            expected=f"a dataset with labels of {model.taxonomy}", found=data.taxonomy, fix="Name another dataset."
        )
    name, seed = str(model.facts.get("run", model.kind)), int(model.facts.get("seed", 0))
    judged = judge_split(model, data, split, name=name, draws=DRAWS, seed=seed)
    score = scorer(model, data.splits[split], judged.scores)
    certificate = _certificate(model, data.splits[split], score, DRAWS, seed) if with_sides else None
    if with_sides and certificate is None:
        raise FramingError(
            expected=f"sentences in the split {split!r} of {data.name} that name a side of a lexicon in configs/sides",
            found="none",
            fix="Add a lexicon for its conflicts, or leave out --sides.",
        )
    return Evaluated(judged, Probed(certificate, _behaviour(model, score) if with_behaviour else None))


def probe(model: Model, sentences: Sequence[Sentence], scores: Floats, *, draws: int, seed: int) -> Probed:
    """Certificate and behaviour of a model whose `scores` of the labelled sentences are known."""
    score = scorer(model, sentences, scores)
    return Probed(_certificate(model, sentences, score, draws, seed), _behaviour(model, score))


def digest() -> str:
    """SHA-256 over the lexicons and cases: another digest, other certificates and pass rates."""
    files = [*sorted(shipped("configs/sides").glob("*.yaml")), *sorted(shipped("data/behaviour").glob("*.jsonl"))]
    return hashlib.sha256(b"\n".join(path.read_bytes() for path in files)).hexdigest()


def scorer(model: Model, sentences: Sequence[Sentence], scores: Floats) -> Score:
    """Calibrated scores of sentences, each distinct text read once; those given are taken as known."""
    kept = {_seen(model, s): row for s, row in zip(sentences, scores, strict=True)}

    def score(wanted: Sequence[Sentence]) -> Floats:
        new = {_seen(model, s): s for s in wanted if _seen(model, s) not in kept}
        keys, fresh = list(new), list(new.values())
        for first in range(0, len(fresh), BATCH):
            found, _ = model.read(fresh[first : first + BATCH])
            kept.update(zip(keys[first : first + BATCH], found, strict=True))
        return np.stack([kept[_seen(model, s)] for s in wanted])

    return score


def _seen(model: Model, sentence: Sentence) -> Hashable:
    """All that the model reads of a sentence."""
    return (sentence.text, to_json(dict(sentence.audit))) if model.classifier.reads_audit else sentence.text


def _certificate(
    model: Model, sentences: Sequence[Sentence], score: Score, draws: int, seed: int
) -> Certificate | None:
    return certify(
        sentences,
        sides.load_shipped(),
        score,
        thresholds=model.decisions.thresholds,
        labels=model.labels,
        draws=draws,
        seed=seed,
    )


def _behaviour(model: Model, score: Score) -> Behaviour:
    """The cases about the model's labels, written, from the taxonomy's examples, and perturbed."""
    taxonomy = taxonomies.load(TAXONOMY)
    known = [*cases.load_shipped(taxonomy), *cases.taxonomy_cases(taxonomy)]
    asked = [case for case in known if case.label in model.labels]
    if not asked:
        raise FramingError(
            expected=f"a model with labels of {taxonomy.name}", found=model.taxonomy, fix="Leave out --behaviour."
        )
    pairs = behaviours.make_pairs(cases.positives(asked))
    told = [(case.text, case.changed) for case in asked] + [(pair.text, pair.changed) for pair in pairs]
    texts = list(dict.fromkeys(text for both in told for text in both if text))
    decided = model.decisions.decide(score([_sentence(text) for text in texts]))
    labels = [frozenset(compress(model.labels, row)) for row in decided]
    heard = {text: read_sentence(text) for case in asked if case.capability == "voice" and (text := case.changed)}
    return behaviours.judge_cases(
        asked,
        pairs,
        dict(zip(texts, labels, strict=True)),
        {text: (voice.voice, voice.distance) for text, voice in heard.items()},
        model.labels,
    )


def _sentence(text: str) -> Sentence:
    return Sentence(id="", document="", index=0, start=0, end=len(text), text=text)
