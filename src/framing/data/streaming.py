"""A dataset from a JSONL file of any length: two passes, memory for its documents and not for its sentences.

The first pass counts labels by document, the second writes each record where its document belongs. Near-duplicates are
not looked for here: `framing data check` and `framing train` do, on what the memory holds.
"""

import hashlib
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from framing.data import splits
from framing.data.dataset import FORMAT, MANIFEST, SPLITS, flat, read_rows
from framing.data.files import to_json, write_text
from framing.errors import FramingError
from framing.schema import Sentence, to_record
from framing.taxonomy import Taxonomy

FIELDS = ("article", "outlet", "event", "conflict")
"""Presets that need no text: the document itself, or a field of `audit`."""
CHUNK = 1 << 20

Read = Callable[[], Iterator[Sentence]]


def build_file(source: Path, taxonomy: Taxonomy, *, out: Path, by: str = "article") -> dict[str, Any]:
    """Write the dataset `out` of the records in `source`; returns its manifest."""
    if by not in FIELDS:
        raise FramingError(
            expected=f"a way to split a JSONL file among {list(FIELDS)}", found=repr(by), fix="Correct --by."
        )
    if not source.is_file():
        raise FramingError(expected=f"a JSONL file {source}", found="none", fix="Correct the path.")
    return stream(lambda: read_rows(source), taxonomy, name=source.stem, out=out, by=by)


def stream(read: Read, taxonomy: Taxonomy, *, name: str, out: Path, by: str = "article") -> dict[str, Any]:
    """`build_file` of whatever `read` gives; it is called twice, and must give the same both times."""
    assigned = assign(read(), by)
    (out / MANIFEST).unlink(missing_ok=True)
    digest, counts = _write(read(), assigned, out, set(taxonomy.ids()))
    documents = Counter(assigned.values())
    manifest = {
        "format": FORMAT,
        "name": name,
        "taxonomy": taxonomy.name,
        "digest": digest,
        "split_digest": splits.digest(assigned),
        "counts": {split: {"documents": documents[split], "sentences": counts[split]} for split in SPLITS},
        "taxonomy_digest": taxonomy.digest,
        "by": by,
    }
    write_text(out / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return manifest


def assign(sentences: Iterator[Sentence], by: str) -> dict[str, str]:
    """The split of every document."""
    field = "group" if by == "article" else by
    groups: dict[str, str] = {}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        group = groups.setdefault(sentence.document, str(sentence.audit.get(field) or sentence.document))
        splits.count(counts[group], (sentence,))
    return splits.assign_groups(groups, counts, {})


def _write(
    sentences: Iterator[Sentence], assigned: Mapping[str, str], out: Path, known: set[str]
) -> tuple[str, Counter[str]]:
    """The splits under temporary names, then renamed; their digest (Dataset.digest) and sizes."""
    out.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(dir=out, prefix=".build.") as scratch, ExitStack() as stack:
        places = {split: Path(scratch) / f"{split}.jsonl" for split in SPLITS}
        files = {split: stack.enter_context(place.open("w", encoding="utf-8")) for split, place in places.items()}
        canonical = {split: stack.enter_context(tempfile.TemporaryFile(dir=scratch)) for split in SPLITS}
        for sentence in sentences:
            _check_labels(sentence, known)
            split = assigned[sentence.document]
            record = to_record(sentence)
            canonical[split].write(to_json(record).encode())
            files[split].write(f"{to_json(flat(record))}\n")
            counts[split] += 1
        digest = _digest(canonical)
        for split, place in places.items():
            files[split].close()
            place.replace(out / place.name)
    return digest, counts


def _check_labels(sentence: Sentence, known: set[str]) -> None:
    if strange := sorted({*sentence.labels, *(e.label for e in sentence.evidence)} - known):
        raise FramingError(
            expected="only labels of the taxonomy", found=f"{strange} in {sentence.id!r}", fix="Name it: --taxonomy."
        )


def _digest(canonical: Mapping[str, IO[bytes]]) -> str:
    hasher = hashlib.sha256()
    for split in SPLITS:
        hasher.update(f"{split}\n".encode())
        canonical[split].seek(0)
        while chunk := canonical[split].read(CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()
