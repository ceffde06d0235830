"""FIGNEWS-2024, the question of bias: against whom is a news post on the Gaza war? `fignews2024` has the format."""

from dataclasses import replace
from pathlib import Path

from framing.data.corpora import fignews2024
from framing.data.corpora.card import Parsed

LABELS = (
    "Biased_against_Palestine",
    "Biased_against_Israel",
    "Biased_against_both_Palestine_and_Israel",
    "Biased_against_others",
)
CARD = replace(fignews2024.CARD, name="fignews2024_bias", title="FIGNEWS-2024: bias in news posts on the Gaza war")
FIRST = fignews2024.HEAD.index("Biased against Palestine")
QUESTION = fignews2024.Question(CARD, FIRST, fignews2024.BIAS_ANSWERS, LABELS, "fignews2024_bias/4")


def parse(root: Path) -> Parsed:
    """Posts by split, and a line for each post without text or without a majority."""
    return fignews2024.parse_question(root, QUESTION)
