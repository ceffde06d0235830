from collections.abc import Callable

import pytest

from framing.schema import Evidence, Sentence

LABELS = ("liberation", "euphemistic_retreat")


def made(text: str, label: str = "", words: str = "", **audit: str) -> Sentence:
    evidence = (Evidence(label, text.index(words), text.index(words) + len(words)),) if words else ()
    return Sentence("i", "d", 0, 0, len(text), text, labels=(label,) if label else (), evidence=evidence, audit=audit)


def toy_sentences() -> list[Sentence]:
    """Sentences in which one word is the label: mechanics only."""
    rows = []
    for n in range(12):
        rows += [
            made(f"the army liberated hamlet {n} at dawn .", "liberation", "liberated", outlet="A"),
            made(f"it was a planned regrouping near hamlet {n} .", "euphemistic_retreat", "regrouping", outlet="B"),
            made(f"rain fell on hamlet {n} .", outlet="C"),
        ]
    return rows


@pytest.fixture
def toy_rows() -> list[Sentence]:
    return toy_sentences()


@pytest.fixture
def silent() -> Callable[..., None]:
    return lambda values, step: None
