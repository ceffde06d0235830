"""Public corpora in their native formats, one file each, and the table that names them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from framing.data import dataset
from framing.data.corpora import ptc
from framing.data.corpora.card import Card
from framing.data.dataset import Dataset
from framing.errors import FramingError
from framing.schema import Sentence


class Corpus(NamedTuple):
    """A corpus' card, its labels in taxonomy order, and how its files become sentences by split."""

    card: Card
    labels: tuple[str, ...]
    parse: Callable[[Path], dict[str, list[Sentence]]]


CORPORA: Mapping[str, Corpus] = {"ptc": Corpus(ptc.CARD, ptc.LABELS, ptc.parse)}


def convert(name: str, *, root: Path | None, out: Path | None) -> str:
    """Parse the corpus below `root` into a dataset folder `out`, and say what was written."""
    if root is None or out is None:
        raise FramingError(
            expected=f"--root (where {name} was unpacked) and --out (where the dataset goes)",
            found="one or none of them",
            fix="Give both; do not commit what is written, the licence is the corpus' own.",
        )
    corpus = CORPORA[name]
    rows = corpus.parse(root)
    built = Dataset(name, rows["train"][0].taxonomy, rows)
    dataset.save(built, out, {"licence": corpus.card.licence, "citation": corpus.card.citation})
    counts = ", ".join(f"{split} {len(sentences)}" for split, sentences in rows.items())
    return f"{out}: built, {counts} sentences, digest {built.digest[:12]}"
