"""Public corpora in their native formats, one file each, and the table that names them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from framing.data import dataset, splits
from framing.data.corpora import babe, basil, conflict_real, generic, newswcl50, pets, polnear, ptc
from framing.data.corpora.card import Card, Parsed
from framing.data.dataset import Dataset
from framing.data.fetch import cache_folder, fetch_files
from framing.errors import FramingError

LISTED = 10
"""Lines of what was left out that are shown; the count is always said."""


class Corpus(NamedTuple):
    """A corpus' card, its labels in taxonomy order, and how its files become sentences by split."""

    card: Card
    labels: tuple[str, ...]
    parse: Callable[..., Parsed]
    ways: tuple[str, ...] = ("article",)
    """How the corpus can be split; with more than one, `parse` takes the name as `by`."""


CORPORA: Mapping[str, Corpus] = {
    "babe": Corpus(babe.CARD, babe.LABELS, babe.parse),
    "babe_sg1": Corpus(babe.SG1_CARD, babe.LABELS, babe.parse_sg1),
    "basil": Corpus(basil.CARD, basil.LABELS, basil.parse),
    "conflict_real": Corpus(conflict_real.CARD, conflict_real.LABELS, conflict_real.parse, tuple(splits.WAYS)),
    "generic": Corpus(generic.CARD, generic.LABELS, generic.parse),
    "newswcl50": Corpus(newswcl50.CARD, newswcl50.LABELS, newswcl50.parse),
    "pets": Corpus(pets.CARD, pets.LABELS, pets.parse),
    "polnear": Corpus(polnear.CARD, polnear.LABELS, polnear.parse),
    "ptc": Corpus(ptc.CARD, ptc.LABELS, ptc.parse),
}


def convert(
    name: str, *, root: Path | None, out: Path | None, by: str = "article", corpus: Corpus | None = None
) -> str:
    """Parse the corpus below `root` into a dataset folder `out`, and say what was written and what was left out.

    `corpus` stands in for the row of CORPORA, with other settings of its `parse`.
    """
    if root is None or out is None:
        raise FramingError(
            expected=f"--root (where {name} was unpacked) and --out (where the dataset goes)",
            found="one or none of them",
            fix="Give both; do not commit what is written, the licence is the corpus' own.",
        )
    corpus = corpus or CORPORA[name]
    rows, left_out = _parse(corpus, root, by)
    if not any(rows.values()):
        raise FramingError(
            expected=f"files of {name} below {root}",
            found=f"none that could be used ({len(left_out)} left out)",
            fix=f"Run `framing data fetch {name}`, or name the folder that holds them.",
        )
    taxonomy = next(s.taxonomy for sentences in rows.values() for s in sentences)
    built = Dataset(name, taxonomy, rows)
    dataset.save(built, out, {"licence": corpus.card.licence, "citation": corpus.card.citation})
    counts = ", ".join(f"{split} {len(sentences)}" for split, sentences in rows.items())
    lines = [f"{out}: built, {counts} sentences, digest {built.digest[:12]}"]
    if left_out:
        lines += [
            f"left out {len(left_out)} sentences:",
            *left_out[:LISTED],
            *(["..."] if len(left_out) > LISTED else []),
        ]
    return "\n".join(lines)


def convert_generic(*, root: Path | None, out: Path | None, columns: str, taxonomy: str, by: str = "article") -> str:
    """`convert` of the user's own data, with a map of its columns as `text=body,labels=tags` and its taxonomy."""
    parse = partial(generic.parse, columns=generic.read_columns(columns), taxonomy=taxonomy)
    return convert("generic", root=root, out=out, by=by, corpus=CORPORA["generic"]._replace(parse=parse))


def _parse(corpus: Corpus, root: Path, by: str) -> Parsed:
    if by not in corpus.ways:
        raise FramingError(
            expected=f"a way to split {corpus.card.name} among {list(corpus.ways)}", found=repr(by), fix="Correct --by."
        )
    return corpus.parse(root, by=by) if len(corpus.ways) > 1 else corpus.parse(root)


def fetch(
    name: str, *, source: Path | None, out: Path, host: str | None, say: Callable[[str], None], by: str = "article"
) -> str:
    """Download a corpus into the cache (or take the local copy `source`) and build its dataset in `out`."""
    if name != conflict_real.CARD.name:
        known = CORPORA[name].card.url if name in CORPORA else None
        raise FramingError(
            expected=f"a corpus that may be downloaded, {conflict_real.CARD.name!r}",
            found=repr(name),
            fix=f"Register at {known} and use `framing data build {name} --root`." if known else "Correct the name.",
        )
    root = source or cache_folder(name)
    if source is None:
        rows = conflict_real.read_annotations(conflict_real.annotations_home())
        for line in fetch_files(
            conflict_real.files(rows),
            host=host or conflict_real.HOST,
            root=root,
            max_bytes=conflict_real.MAX_FILE,
            say=say,
        )[:LISTED]:
            say(f"not downloaded: {line}")
    return convert(name, root=root, out=out, by=by)
