"""The models there are. A new one is a file with a class of the Classifier protocol, and a row here."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

MODELS: Mapping[str, str] = {
    "prior": "PriorClassifier",
    "metadata": "MetadataClassifier",
    "topic": "TopicClassifier",
    "entity": "EntityClassifier",
    "rules": "RulesClassifier",
    "linear": "LinearClassifier",
    "encoder": "EncoderClassifier",
}
"""Each class lives in the module of its row's name and is imported when it is needed: one of them needs torch."""


def model_class(kind: str) -> Any:
    """The class of a kind that the table has."""
    return getattr(import_module(f"framing.models.{kind}"), MODELS[kind])
