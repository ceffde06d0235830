"""Download of public files: under a temporary name, within a size, then renamed; what is there is not asked for."""

import os
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from framing.errors import FramingError

TIMEOUT = 30.0
CHUNK = 1 << 16
Say = Callable[[str], None]


def cache_folder(name: str) -> Path:
    """Where a corpus is kept: `$XDG_CACHE_HOME/framing/NAME`, by default below `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "framing" / name


def fetch_files(files: Sequence[tuple[str, Path]], *, host: str, root: Path, max_bytes: int, say: Say) -> list[str]:
    """Download every missing file below `root`; returns a line for each that could not be had."""
    failed = []
    missing = [(source, place) for source, place in files if not (root / place).is_file()]
    for number, (source, place) in enumerate(missing, 1):
        if not (root / place).resolve().is_relative_to(root.resolve()):
            raise FramingError(expected=f"files below {root}", found=str(place), fix="Correct the annotations.")
        if reason := _download(f"{host}/{quote(source)}", root / place, max_bytes):
            failed.append(f"{source}: {reason}")
        if number % 100 == 0 or number == len(missing):
            say(f"{number} of {len(missing)} files, {len(failed)} failed")
    return failed


def _download(url: str, target: Path, max_bytes: int) -> str | None:
    """None, or why there is no file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer, part.open("wb") as file:  # noqa: S310 - https, or a test's host
            stated = answer.headers.get("Content-Length")
            size = 0
            while chunk := answer.read(CHUNK):
                size += len(chunk)
                if size > max_bytes:
                    return f"more than {max_bytes} bytes"
                file.write(chunk)
        if stated is not None and size != int(stated):
            return f"{size} of {stated} bytes"
        part.replace(target)
    except (urllib.error.URLError, TimeoutError, ConnectionError, OSError) as error:
        return str(getattr(error, "reason", "") or error) or type(error).__name__
    finally:
        part.unlink(missing_ok=True)
    return None
