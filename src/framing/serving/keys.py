"""API keys: a file of `name:sha256` lines. The key itself is shown once and kept nowhere."""

import hashlib
import hmac
import re
import secrets
from pathlib import Path

from framing.data.files import write_text
from framing.errors import FramingError

PREFIX = "framing_"
NAME = re.compile(r"[\w.-]{1,64}")
LINE = re.compile(r"(?P<name>[\w.-]{1,64}):(?P<hash>[0-9a-f]{64})")


def make(name: str, path: Path) -> str:
    """A new key of that name, its hash added to the file; raises FramingError for a name that is taken."""
    if not NAME.fullmatch(name):
        raise FramingError(
            expected="a name of letters, digits, dots and dashes, 64 at most", found=repr(name)[:80], fix="Correct it."
        )
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if name in parse("\n".join(lines), path):
        raise FramingError(
            expected=f"a name that {path} does not have", found=name, fix="Remove its line to revoke the old key."
        )
    key = PREFIX + secrets.token_urlsafe(32)
    write_text(path, "\n".join([*lines, f"{name}:{_hash(key)}", ""]))
    path.chmod(0o600)
    return key


def parse(text: str, path: Path) -> dict[str, str]:
    """Name to hash; lines that begin with # say nothing."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if not match or match["name"] in found:
            raise FramingError(
                expected=f"name:sha256 lines, each name once, in {path}",
                found=f"another line {number}",
                fix="Make keys with `framing keys new NAME`.",
            )
        found[match["name"]] = match["hash"]
    return found


class Keys:
    """The keys in a file, read again whenever it changes: a line that is removed is a key that is revoked."""

    def __init__(self, path: Path) -> None:
        """Raises FramingError where the file cannot be read or holds no key."""
        self.path = path
        try:
            self._known = parse(path.read_text(encoding="utf-8"), path)
        except OSError as error:
            raise FramingError(
                expected=f"a file of keys {path}",
                found=error.strerror or "an error",
                fix="Make one with `framing keys new NAME`.",
            ) from error
        self._state = self._stat()

    def name_of(self, key: str) -> str | None:
        """Whose key it is; None for a key that is unknown or revoked. Takes as long for either."""
        given, found = _hash(key), None
        for name, known in self._current().items():
            if hmac.compare_digest(given, known):
                found = name
        return found

    def _current(self) -> dict[str, str]:
        """A file that went away or became unreadable lets nobody in."""
        state = self._stat()
        if state != self._state:
            self._state = state
            try:
                self._known = parse(self.path.read_text(encoding="utf-8"), self.path)
            except (OSError, UnicodeDecodeError, FramingError):
                self._known = {}
        return self._known

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
