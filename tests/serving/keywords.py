"""A model of keywords whose every score is known: 0.9 with a cue that training saw."""

from framing.models.calibration import Decisions
from framing.models.rules import RulesClassifier
from framing.models.store import Model
from framing.schema import Sentence
from framing.taxonomy import Taxonomy

SEEN = {"liberation": "they liberated hamlet {n} .", "euphemistic_retreat": "a planned withdrawal from hamlet {n} ."}


def keyword_model(conflict: Taxonomy) -> Model:
    """Labels of SEEN: (8 + 1) / (8 + 2) = 0.9 with a cue. Others: 1 / 2 with a cue, below the threshold: in doubt."""
    rows = [_sentence(text.format(n=n), label) for label, text in SEEN.items() for n in range(8)]
    labels = conflict.ids(optional=False)
    cues = {label.id: label.cues for label in conflict.labels}
    classifier = RulesClassifier(labels=labels, cues=cues).fit(rows, [], lambda values, step: None)
    decisions = Decisions(
        (1.0,) * len(labels), (0.0,) * len(labels), thresholds=(0.6,) * len(labels), doubt=(0.4,) * len(labels)
    )
    return Model("rules", classifier, decisions, "conflict/1.0", {"name": "framing", "version": "7", "run_id": "r"})


def _sentence(text: str, label: str) -> Sentence:
    return Sentence("i", "d", 0, 0, len(text), text, labels=(label,))
