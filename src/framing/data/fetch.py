"""Corpora in the cache: licence accepted once, pinned files downloaded and unpacked, the manifest last."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote, urlsplit

from filelock import FileLock

from framing.data.archives import unpack
from framing.data.download import MAX_BYTES, Bar, Download, download, silent
from framing.data.files import write_text
from framing.errors import FramingError

MANIFEST = "fetched.json"
LICENCE = "licence.json"
Say = Callable[[str], None]
Ask = Callable[[str], bool]


def cache_folder(name: str) -> Path:
    """Where a corpus is kept: `$XDG_CACHE_HOME/framing/NAME`, by default below `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "framing" / name


def accept_licence(name: str, licence: str, *, accepted: bool, ask: Ask | None) -> None:
    """Remember that the licence was accepted, by `accepted` or by an answer to `ask`; raises FramingError if neither.

    It is asked for again only where its words have changed.
    """
    note = cache_folder(name) / LICENCE
    if note.is_file() and json.loads(note.read_text(encoding="utf-8")).get("licence") == licence:
        return
    if not accepted and not (ask and ask(f"{name} is under this licence: {licence}. Accept it?")):
        raise FramingError(
            expected=f"the licence of {name} to be accepted",
            found=f"{licence!r}, not accepted yet",
            fix="Read it, then add --accept-licence; it is remembered.",
        )
    write_text(note, json.dumps({"licence": licence}, ensure_ascii=False) + "\n")


def fetch_downloads(
    name: str, downloads: Sequence[Download], *, host: str | None = None, bar: Bar = silent, say: Say
) -> Path:
    """The cache folder with every download in it, archives unpacked; `host` serves the same paths in tests and mirrors.

    A folder with a manifest of the same downloads is complete, and nobody is asked for anything.
    """
    root = cache_folder(name)
    root.mkdir(parents=True, exist_ok=True)
    stated = json.dumps([asdict(d) for d in downloads], indent=1) + "\n"
    manifest = root / MANIFEST
    with FileLock(root / ".lock"):
        if manifest.is_file() and manifest.read_text(encoding="utf-8") == stated:
            say(f"{name}: already in {root}")
            return root
        manifest.unlink(missing_ok=True)
        for one in downloads:
            _fetch(one, root, host, bar)
        write_text(manifest, stated)
    return root


def _fetch(one: Download, root: Path, host: str | None, bar: Bar) -> None:
    target = _below(root, Path(one.name))
    url = one.url if host is None else host.rstrip("/") + urlsplit(one.url).path
    if not target.is_file():
        download(url, target, sha256=one.sha256, max_bytes=one.size, bar=bar)
    if one.unpack:
        folder = target.with_name(target.name.split(".")[0])
        shutil.rmtree(folder, ignore_errors=True)
        unpack(target, folder)


def fetch_files(
    files: Sequence[tuple[str, Path]],
    *,
    host: str,
    root: Path,
    max_bytes: int = MAX_BYTES,
    say: Say,
    bar: Bar = silent,
) -> list[str]:
    """Download every missing file below `root`, one try each; returns a line for each that could not be had."""
    failed = []
    missing = [(source, place) for source, place in files if not (root / place).is_file()]
    for number, (source, place) in enumerate(missing, 1):
        target = _below(root, place)
        try:
            download(f"{host}/{quote(source)}", target, max_bytes=max_bytes, tries=1)
        except FramingError as error:
            failed.append(f"{source}: {error.found}")
        bar("files", number, len(missing))
        if number % 100 == 0 or number == len(missing):
            say(f"{number} of {len(missing)} files, {len(failed)} failed")
    return failed


def _below(root: Path, place: Path) -> Path:
    if not (root / place).resolve().is_relative_to(root.resolve()):
        raise FramingError(expected=f"files below {root}", found=str(place), fix="Correct the annotations.")
    return root / place
