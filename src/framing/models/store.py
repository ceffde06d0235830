"""A model on disk: one folder with classifier, thresholds, taxonomy and card. JSON and safetensors, never a pickle.

framing.json    format, kind, labels, decisions, taxonomy name, where it was trained
taxonomy.yaml   the labels' meanings
README.md       the model card
example.json    the scores of the model's own example, where it was saved with them
reference.json  the input it was judged on, as histograms (framing.monitoring), where it was saved with them
classifier/     what the classifier itself saved
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from framing.errors import FramingError
from framing.models.calibration import Decisions
from framing.models.example import example_scores
from framing.models.protocol import Classifier, Reading
from framing.models.table import MODELS, model_class
from framing.schema import Floats, Sentence, blind

FORMAT = 1
FACTS = "framing.json"
EXAMPLE = "example.json"
REFERENCE = "reference.json"
TAXONOMY = "taxonomy.yaml"
CARD = "README.md"


@dataclass(frozen=True)
class Model:
    """A classifier together with everything an answer needs."""

    kind: str
    classifier: Classifier
    decisions: Decisions
    taxonomy: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Name, base, data digest, code commit, package version: what the answer's `model` block draws on."""
    taxonomy_yaml: str = ""
    card: str = ""
    example: Mapping[str, float] = field(default_factory=dict)
    """Of a model that was loaded: the labels' meanings, the model card, and the scores of its own example."""
    reference: Mapping[str, Any] = field(default_factory=dict)
    """The record of an `evaluation.drift.Reference`; empty for a model that was saved before there were any."""

    @property
    def labels(self) -> tuple[str, ...]:
        """In taxonomy order."""
        return self.classifier.labels

    def read(self, sentences: Sequence[Sentence]) -> tuple[Floats, Reading]:
        """Calibrated scores (n_sentences, n_labels), and the reading that explains them."""
        seen = sentences if self.classifier.reads_audit else blind(sentences)
        reading = self.classifier.read(seen)
        return self.decisions.calibrate(reading.scores), reading


def save(model: Model, folder: Path, *, taxonomy_yaml: str, card: str) -> None:
    """Write the model into `folder`, which must be empty or absent; `framing.json` comes last."""
    if folder.exists() and any(folder.iterdir()):
        raise FramingError(expected=f"an empty folder {folder}", found="files in it", fix="Choose another folder.")
    (folder / "classifier").mkdir(parents=True, exist_ok=True)
    model.classifier.save(folder / "classifier")
    (folder / TAXONOMY).write_text(taxonomy_yaml, encoding="utf-8")
    (folder / CARD).write_text(card, encoding="utf-8")
    (folder / EXAMPLE).write_text(json.dumps(example_scores(model), indent=1), encoding="utf-8")
    if model.reference:
        (folder / REFERENCE).write_text(json.dumps(model.reference), encoding="utf-8")
    facts = {
        "format": FORMAT,
        "kind": model.kind,
        "labels": model.labels,
        "taxonomy": model.taxonomy,
        "decisions": model.decisions.to_record(),
        "facts": dict(model.facts),
    }
    (folder / FACTS).write_text(json.dumps(facts, indent=1), encoding="utf-8")


def load(folder: Path) -> Model:
    """The model in `folder`; raises FramingError where it is none of ours or of a newer format."""
    path = folder / FACTS
    if not path.is_file():
        raise FramingError(
            expected=f"a model folder with {FACTS}",
            found=f"none in {folder}",
            fix="Name a folder that framing saved.",
        )
    facts = json.loads(path.read_text(encoding="utf-8"))
    if facts.get("format") != FORMAT or facts.get("kind") not in MODELS:
        raise FramingError(
            expected=f"a model of format {FORMAT} and a kind among {sorted(MODELS)} in {folder}",
            found=f"format {facts.get('format')}, kind {facts.get('kind')!r}",
            fix="Install the framing version that saved it.",
        )
    classifier = model_class(facts["kind"]).load(folder / "classifier")
    return Model(
        facts["kind"],
        classifier,
        Decisions.from_record(facts["decisions"]),
        facts["taxonomy"],
        facts["facts"],
        taxonomy_yaml=_text(folder / TAXONOMY),
        card=_text(folder / CARD),
        example=json.loads(_text(folder / EXAMPLE) or "{}"),
        reference=json.loads(_text(folder / REFERENCE) or "{}"),
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
