"""Archives (zip, tar, tar.gz) unpacked within limits: no path that leads out, no link, no device, no bomb.

Sizes are counted while bytes come out; what an archive states about itself is not believed.
"""

import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from framing.errors import FramingError

CHUNK = 1 << 16
UNREADABLE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, OSError)
"""What the libraries raise; `NotImplementedError` is zipfile's answer to a compression that it does not know."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold; the ratio is bytes out for each byte of the archive (text: about three)."""

    files: int = 100_000
    size: int = 4 << 30
    ratio: int = 200


LIMITS = Limits()


def unpack(archive: Path, folder: Path, limits: Limits = LIMITS) -> list[Path]:
    """The paths below `folder`, which appears when all is unpacked; raises FramingError on anything else."""
    if folder.exists():
        raise FramingError(expected=f"no folder {folder} yet", found="one", fix="Remove it, or unpack elsewhere.")
    scratch = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        written = _write(archive, scratch, limits)
        scratch.replace(folder)
    except UNREADABLE as error:
        raise _bad(archive, f"{type(error).__name__}: {error}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return written


def _write(archive: Path, folder: Path, limits: Limits) -> list[Path]:
    folder.mkdir(parents=True)
    most = min(limits.size, limits.ratio * archive.stat().st_size)
    written: dict[Path, None] = {}
    for name, source in _members(archive):
        if len(written) == limits.files:
            raise _bad(archive, f"more than {limits.files} files")
        place = _place(archive, name)
        if place in written:
            raise _bad(archive, f"the path {name!r} twice")
        most -= _copy(archive, source, folder / place, most)
        written[place] = None
    return list(written)


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    if zipfile.is_zipfile(archive):
        yield from _zip_members(archive)
    elif tarfile.is_tarfile(archive):
        yield from _tar_members(archive)
    else:
        raise _bad(archive, "another format")


def _zip_members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise _bad(archive, f"a link or device {info.filename!r}")
            if info.flag_bits & 1:
                raise _bad(archive, f"an encrypted file {info.filename!r}")
            if not info.is_dir():
                with opened.open(info) as source:
                    yield info.filename, source


def _tar_members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(archive) as opened:
        for info in opened:
            if info.isdir():
                continue
            source = opened.extractfile(info) if info.isreg() else None
            if source is None:
                raise _bad(archive, f"a link or device {info.name!r}")
            with source:
                yield info.name, source


def _place(archive: Path, name: str) -> Path:
    """The path as it stands, where it is relative and names only what is below it, on every system."""
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    if path.is_absolute() or windows.drive or "\\" in name or ".." in path.parts or not path.parts:
        raise _bad(archive, f"the path {name!r}")
    return Path(*path.parts)


def _copy(archive: Path, source: IO[bytes], target: Path, most: int) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with target.open("xb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise _bad(archive, "more bytes than its limits allow")
            file.write(chunk)
    return size


def _bad(archive: Path, found: str) -> FramingError:
    return FramingError(
        expected=f"a zip or tar archive of plain files in {archive.name}",
        found=found,
        fix="Fetch it again; if it stays so, do not unpack it.",
    )
