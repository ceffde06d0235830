"""Public corpora in their native formats, one file each, and the table that names them."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from framing.data import splits
from framing.data.assemble import LISTED, PUBLISHED, assemble, check_way
from framing.data.corpora import (
    babe,
    basil,
    conflict_real,
    fignews2024,
    fignews2024_bias,
    generic,
    newswcl50,
    nlp4if2019,
    pets,
    polnear,
    ptc,
    semeval2023_frames,
    semeval2023_persuasion,
    semeval2025_narratives,
    semeval2025_roles,
    sources,
    unlp2025,
)
from framing.data.corpora.card import Card, Parsed
from framing.data.download import Bar, Download, silent
from framing.data.fetch import MANIFEST, Ask, accept_licence, cache_folder, fetch_downloads, fetch_files
from framing.data.files import write_text
from framing.errors import FramingError
from framing.schema import Sentence


class Corpus(NamedTuple):
    """A corpus' card, its labels in taxonomy order, and how its files become sentences by split."""

    card: Card
    labels: tuple[str, ...]
    parse: Callable[..., Parsed]
    ways: tuple[str, ...] = ("article",)
    """Its own frozen splits; with more than one, `parse` takes the name as `by`. data/presets.py has the others."""


CORPORA: Mapping[str, Corpus] = {
    "babe": Corpus(babe.CARD, babe.LABELS, babe.parse),
    "babe_sg1": Corpus(babe.SG1_CARD, babe.LABELS, babe.parse_sg1),
    "basil": Corpus(basil.CARD, basil.LABELS, basil.parse),
    "conflict_real": Corpus(conflict_real.CARD, conflict_real.LABELS, conflict_real.parse, tuple(splits.WAYS)),
    "fignews2024": Corpus(fignews2024.CARD, fignews2024.LABELS, fignews2024.parse),
    "fignews2024_bias": Corpus(fignews2024_bias.CARD, fignews2024_bias.LABELS, fignews2024_bias.parse),
    "generic": Corpus(generic.CARD, generic.LABELS, generic.parse),
    "newswcl50": Corpus(newswcl50.CARD, newswcl50.LABELS, newswcl50.parse),
    "nlp4if2019": Corpus(nlp4if2019.CARD, nlp4if2019.LABELS, nlp4if2019.parse),
    "pets": Corpus(pets.CARD, pets.LABELS, pets.parse),
    "polnear": Corpus(polnear.CARD, polnear.LABELS, polnear.parse),
    "ptc": Corpus(ptc.CARD, ptc.LABELS, ptc.parse),
    "semeval2023_frames": Corpus(semeval2023_frames.CARD, semeval2023_frames.LABELS, semeval2023_frames.parse),
    "semeval2023_persuasion": Corpus(
        semeval2023_persuasion.CARD, semeval2023_persuasion.LABELS, semeval2023_persuasion.parse
    ),
    "semeval2025_narratives": Corpus(
        semeval2025_narratives.CARD, semeval2025_narratives.LABELS, semeval2025_narratives.parse
    ),
    "semeval2025_roles": Corpus(semeval2025_roles.CARD, semeval2025_roles.LABELS, semeval2025_roles.parse),
    "unlp2025": Corpus(unlp2025.CARD, unlp2025.LABELS, unlp2025.parse),
}


def known(name: str) -> Corpus:
    """The row of CORPORA; raises FramingError on another name."""
    if name not in CORPORA:
        raise FramingError(expected=f"a corpus among {sorted(CORPORA)}", found=repr(name), fix="Correct the name.")
    return CORPORA[name]


def convert(
    name: str,
    *,
    root: Path | None,
    out: Path | None,
    by: str | None = None,
    allow_leaks: bool = False,
    as_json: bool = False,
    corpus: Corpus | None = None,
) -> str:
    """Parse the corpus below `root` into a dataset folder `out`, and say what was written and what was left out.

    `corpus` stands in for the row of CORPORA, with other settings of its `parse`.
    """
    if out is None:
        raise FramingError(
            expected="--out (where the dataset goes)",
            found="none",
            fix="Name a folder; do not commit what is written, the licence is the corpus' own.",
        )
    corpus, place = corpus or known(name), root or cache_folder(name)
    if by is not None and by not in {PUBLISHED, *(corpus.ways if len(corpus.ways) > 1 else ())}:
        check_way(by, name, allow_leaks=allow_leaks)
    (rows, left_out), own = _parse(corpus, place, by)
    _check_some(name, rows, left_out, place)
    built = assemble(
        name,
        rows,
        out=out,
        by=own or by or PUBLISHED,
        own=own is not None,
        facts={"licence": corpus.card.licence, "citation": corpus.card.citation},
        left_out=left_out,
        allow_leaks=allow_leaks,
    )
    return built.describe(as_json=as_json)


def convert_generic(
    *,
    root: Path | None,
    out: Path | None,
    columns: str,
    taxonomy: str,
    by: str | None = None,
    allow_leaks: bool = False,
    as_json: bool = False,
) -> str:
    """`convert` of the user's own data, with a map of its columns as `text=body,labels=tags` and its taxonomy."""
    if root is None:
        raise FramingError(expected="--root (your own file or folder)", found="none", fix="Name it.")
    parse = partial(generic.parse, columns=generic.read_columns(columns), taxonomy=taxonomy)
    row = CORPORA["generic"]._replace(parse=parse)
    return convert("generic", root=root, out=out, by=by, allow_leaks=allow_leaks, as_json=as_json, corpus=row)


def check(name: str, *, root: Path | None) -> dict[str, Any]:
    """What the copy below `root` holds, beside its card; raises FramingError where `parse` finds other counts."""
    corpus, place = known(name), root or cache_folder(name)
    (rows, left_out), _ = _parse(corpus, place, None)
    _check_some(name, rows, left_out, place)
    sentences = [s for split in rows.values() for s in split]
    if corpus.labels and (strange := sorted({label for s in sentences for label in s.labels} - set(corpus.labels))):
        raise FramingError(expected=f"only labels of {name}", found=str(strange), fix="Take the release of the card.")
    return {
        "corpus": name,
        "root": str(place),
        "card": dict(corpus.card.counts),
        "sentences": {split: len(found) for split, found in rows.items()},
        "labelled": sum(bool(s.labels) for s in sentences),
        "documents": len({s.document for s in sentences}),
        "left_out": list(left_out),
    }


def listed() -> list[dict[str, Any]]:
    """Every corpus: its card, how to get it, and whether the cache holds it."""
    return [
        {
            "name": name,
            "title": corpus.card.title,
            "licence": corpus.card.licence,
            "get": f"framing data fetch {name}" if _is_open(name) else f"register at {corpus.card.url}",
            "cached": (cache_folder(name) / MANIFEST).is_file(),
            "counts": dict(corpus.card.counts),
        }
        for name, corpus in CORPORA.items()
    ]


def fetch(
    name: str,
    *,
    source: Path | None,
    out: Path,
    host: str | None,
    say: Callable[[str], None],
    by: str | None = None,
    accepted: bool = False,
    ask: Ask | None = None,
    bar: Bar = silent,
    as_json: bool = False,
) -> str:
    """Download a corpus into the cache (or take the local copy `source`) and build its dataset in `out`."""
    card = known(name).card
    if source is None:
        if not _is_open(name):
            raise FramingError(
                expected=f"a corpus that may be downloaded, among {[n for n in CORPORA if _is_open(n)]}",
                found=f"{name!r}, which is given out on registration",
                fix=f"Register at {card.url}, put the files into {cache_folder(name)}, "
                f"and run `framing data build {name} --out FOLDER`.",
            )
        accept_licence(name, card.licence, accepted=accepted, ask=ask)
        source = _fetched(name, host=host, say=say, bar=bar)
    return convert(name, root=source, out=out, by=by, as_json=as_json)


def downloads(name: str) -> tuple[Download, ...]:
    """The pinned files of a corpus; none where it is given out on registration, or has a way of its own."""
    return CORPORA[name].card.downloads or sources.DOWNLOADS.get(name, ())


def _is_open(name: str) -> bool:
    return bool(downloads(name)) or name == conflict_real.CARD.name


def _fetched(name: str, *, host: str | None, say: Callable[[str], None], bar: Bar) -> Path:
    if pinned := downloads(name):
        return fetch_downloads(name, pinned, host=host, say=say, bar=bar)
    root = cache_folder(name)
    files = conflict_real.files(conflict_real.read_annotations(conflict_real.annotations_home()))
    failed = fetch_files(
        files, host=host or conflict_real.HOST, root=root, max_bytes=conflict_real.MAX_FILE, say=say, bar=bar
    )
    for line in failed[:LISTED]:
        say(f"not downloaded: {line}")
    write_text(root / MANIFEST, json.dumps({"files": len(files), "failed": failed}, indent=1) + "\n")
    return root


def _parse(corpus: Corpus, root: Path, by: str | None) -> tuple[Parsed, str | None]:
    """What the corpus gives, and the name of the splits where they are its own."""
    if len(corpus.ways) > 1 and by in {None, PUBLISHED, *corpus.ways}:
        own = by if by in corpus.ways else corpus.ways[0]
        return corpus.parse(root, by=own), own
    return corpus.parse(root), None if by not in {None, PUBLISHED} else PUBLISHED


def _check_some(name: str, rows: Mapping[str, list[Sentence]], left_out: tuple[str, ...], root: Path) -> None:
    if not any(rows.values()):
        raise FramingError(
            expected=f"files of {name} below {root}",
            found=f"none that could be used ({len(left_out)} left out)",
            fix=f"Run `framing data fetch {name}`, or name the folder that holds them.",
        )
