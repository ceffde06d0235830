"""`framing data check` of a dataset folder: its records, its manifest, and what crosses its splits."""

from pathlib import Path
from typing import Any

from framing import taxonomy as taxonomies
from framing.data import dataset, leaks
from framing.data.dataset import SPLITS
from framing.data.leaks import Leaks


def check_folder(folder: Path, taxonomy: str | None = None) -> tuple[dict[str, Any], Leaks]:
    """Facts of a folder and what crosses its splits; raises FramingError where records, ids or digests are wrong.

    The taxonomy is the shipped one that the manifest names, unless a name or file is given.
    """
    stated = dataset.read_manifest(folder)
    known = taxonomies.load(taxonomy) if taxonomy else taxonomies.named(stated["taxonomy"])
    data = dataset.load(folder, known)
    found = leaks.find(data.splits)
    facts = {
        "folder": str(folder),
        "name": data.name,
        "taxonomy": data.taxonomy,
        "by": stated.get("by", "article"),
        "leaky": data.leaky,
        "digest": data.digest,
        "split_digest": data.split_digest,
        "sentences": {split: len(data.splits[split]) for split in SPLITS},
        "documents": len({s.document for split in SPLITS for s in data.splits[split]}),
    }
    return facts, found
