"""Which folder a model URI stood for when the local store last changed: spares a prediction the two seconds of MLflow.

An answer is kept with the size and time of the SQLite files it was read from, and holds only while both are unchanged:
any move of an alias writes to them.
"""

import json
from pathlib import Path
from typing import Any

from framing.data.files import to_json, write_text
from framing.errors import FramingError
from framing.tracking import store

KEPT = ".resolved.json"

State = list[Any]


def state() -> State | None:
    """Address, size and time of the store's files; None for a store that is no local SQLite file."""
    address = store.uri()
    path = Path(address.removeprefix(store.SQLITE))
    if not address.startswith(store.SQLITE) or not path.is_file():
        return None
    files = [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-journal")]
    stats = [file.stat() for file in files if file.is_file()]
    return [address, *([stat.st_size, stat.st_mtime_ns] for stat in stats)]


def recall(uri: str) -> tuple[Path, dict[str, Any]] | None:
    """The folder and facts last found for `uri`, or None where the store may have changed since."""
    kept = store.home() / KEPT
    if not kept.is_file():
        return None
    try:
        found = json.loads(kept.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return None
    if found.get("state") != state() or found.get("uri") != uri or not Path(found["place"]).is_dir():
        return None
    return Path(found["place"]), found["facts"]


def remember(uri: str, place: Path, facts: dict[str, Any], *, seen: State | None) -> None:
    """Keep what `uri` stands for, if the store is still as `seen` before it was asked and the folder can be written."""
    if seen is None or seen != state():
        return
    try:
        write_text(store.home() / KEPT, to_json({"state": seen, "uri": uri, "place": str(place), "facts": facts}))
    except FramingError:
        return
