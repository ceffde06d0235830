"""One file from the web: resumed where a copy was cut off, within a size, complete or absent. The hash decides.

A partial copy is kept beside the target with the validator (ETag or Last-Modified) that the host gave, and continued
with `Range` and `If-Range` (RFC 9110, 13.1.5 and 14.2): a host whose file has changed answers with the whole of it.
"""

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from framing.data.files import write_text
from framing.errors import FramingError

TIMEOUT = 30.0
"""Seconds without a byte after which a host counts as stalled."""
TRIES = 3
PAUSE = 1.0
"""Seconds before the second try; doubled before each further one."""
CHUNK = 1 << 16
MAX_BYTES = 2 << 30
"""Of a file whose size is not known beforehand."""

Bar = Callable[[str, int, int | None], None]
"""Called with a name, the bytes there are, and the bytes there will be where the host said so."""


def silent(name: str, done: int, total: int | None) -> None:
    """A `Bar` that shows nothing."""


@dataclass(frozen=True, slots=True)
class Download:
    """A pinned file: what it must be, and whether it is an archive to unpack."""

    url: str
    sha256: str
    size: int
    unpack: bool = False
    place: str = ""
    """Where the file goes below the corpus folder; by default the last part of the URL."""

    @property
    def name(self) -> str:
        """The path below the corpus folder."""
        return self.place or self.url.rsplit("/", 1)[-1]


class InterruptedCopyError(Exception):
    """The host sent less than the file; what came is kept, and another try may continue it."""


class UnusableCopyError(Exception):
    """The host sent something else; another try would not help."""


def download(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    max_bytes: int = MAX_BYTES,
    tries: int = TRIES,
    bar: Bar = silent,
) -> None:
    """The file of `url` as `target`; raises FramingError that says why there is none and what is kept."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part, note = partial(target)
    for attempt in range(1, tries + 1):
        try:
            if not _is_whole(part, sha256):
                resumed = _receive(url, part, note, max_bytes=max_bytes, bar=bar)
                _check(part, note, sha256, resumed=resumed)
        except (UnusableCopyError, urllib.error.HTTPError) as error:
            raise _failed(url, str(error), "Check the address, or take the file from its publisher.") from error
        except (InterruptedCopyError, OSError, http.client.HTTPException) as error:
            _drop_unless_resumable(part, note, sha256)
            if attempt == tries:
                raise _failed(url, _reason(error), _advice(part)) from error
            time.sleep(PAUSE * 2 ** (attempt - 1))
        else:
            part.replace(target)
            note.unlink(missing_ok=True)
            return


def partial(target: Path) -> tuple[Path, Path]:
    """Where a cut-off copy of `target` and its validator are kept."""
    return target.with_name(f".{target.name}.part"), target.with_name(f".{target.name}.validator")


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _receive(url: str, part: Path, note: Path, *, max_bytes: int, bar: Bar) -> bool:
    """Append the rest to `part`, or write it anew; whether it was continued."""
    have = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity", **_range(have, note)})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - https of a card, or a test's host
            resumed = _continues(answer, have)
            _remember(note, url, answer.headers)
            stated = answer.headers.get("Content-Length") or ""
            total = (have if resumed else 0) + int(stated) if stated.isdigit() else None
            with part.open("ab" if resumed else "wb") as file:
                _copy(answer, file, total=total, max_bytes=max_bytes, name=part.name[1:-5], bar=bar)
            return resumed
    except UnusableCopyError:
        _forget(part, note)
        raise
    except urllib.error.HTTPError as error:
        raise _answered(error, part) from error


def _continues(answer: http.client.HTTPResponse, have: int) -> bool:
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        return False
    if not (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-"):
        raise UnusableCopyError("another part of the file than was asked for")
    return True


def _answered(error: urllib.error.HTTPError, part: Path) -> Exception:
    """A host that is busy may be asked again, and one that has nothing beyond our part is asked for the whole."""
    error.close()
    if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        part.unlink(missing_ok=True)
    elif error.code != http.HTTPStatus.TOO_MANY_REQUESTS and error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR:
        return error
    return InterruptedCopyError(str(error))


def _range(have: int, note: Path) -> dict[str, str]:
    """The headers that ask for the rest; without a validator the hash alone decides whether the parts fit."""
    if not have:
        return {}
    validator = json.loads(note.read_text(encoding="utf-8")).get("validator") if note.is_file() else None
    return {"Range": f"bytes={have}-", **({"If-Range": validator} if validator else {})}


def _remember(note: Path, url: str, headers: http.client.HTTPMessage) -> None:
    """Only a strong validator may stand in If-Range."""
    tag = headers.get("ETag") or ""
    validator = tag if tag.startswith('"') else headers.get("Last-Modified")
    write_text(note, json.dumps({"url": url, "validator": validator}))


def _copy(
    answer: http.client.HTTPResponse, file: BinaryIO, *, total: int | None, max_bytes: int, name: str, bar: Bar
) -> None:
    size = file.tell()
    if total is not None and total > max_bytes:
        raise UnusableCopyError(f"{total} bytes, more than {max_bytes} bytes")
    while chunk := answer.read1(CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise UnusableCopyError(f"more than {max_bytes} bytes")
        file.write(chunk)
        bar(name, size, total)
    if total is not None and size < total:
        raise InterruptedCopyError(f"{size} of {total} bytes")


def _is_whole(part: Path, sha256: str | None) -> bool:
    """Whether all was there before: the process ended just before the last step, or the host lied about the length."""
    return sha256 is not None and part.is_file() and file_sha256(part) == sha256


def _check(part: Path, note: Path, sha256: str | None, *, resumed: bool) -> None:
    """A wrong whole is thrown away; one that was put together is asked for anew, as its parts may not fit."""
    if sha256 is None or (found := file_sha256(part)) == sha256:
        return
    _forget(part, note)
    reason = f"SHA-256 {found[:12]} instead of {sha256[:12]}"
    raise InterruptedCopyError(reason) if resumed else UnusableCopyError(reason)


def _drop_unless_resumable(part: Path, note: Path, sha256: str | None) -> None:
    known = note.is_file() and json.loads(note.read_text(encoding="utf-8")).get("validator")
    if sha256 is None and not known:
        _forget(part, note)


def _forget(part: Path, note: Path) -> None:
    part.unlink(missing_ok=True)
    note.unlink(missing_ok=True)


def _reason(error: BaseException) -> str:
    return str(getattr(error, "reason", "") or error) or type(error).__name__


def _advice(part: Path) -> str:
    kept = part.stat().st_size if part.is_file() else 0
    return f"Run the same command again; {kept} bytes are kept and it continues there."


def _failed(url: str, reason: str, fix: str) -> FramingError:
    return FramingError(expected=f"the file {url}", found=reason, fix=fix)
