"""Articles as people have them: text, HTML or JSONL files, or standard input. UTF-8 only; nothing is guessed."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

from framing.errors import FramingError

MAX_BYTES = 10 * 1024 * 1024
"""Of one file: far above any article, far below what would fill the memory of a laptop."""
TEXT = ("", ".txt", ".md")
HTML = (".html", ".htm")
JSONL = (".jsonl", ".ndjson")
STANDARD_INPUT = "-"


class Article(NamedTuple):
    """A text and the id it goes by in the answer."""

    id: str
    text: str


def read_articles(source: str) -> list[Article]:
    """The articles in a file, or on standard input for `-`; raises FramingError for what is no readable text."""
    if source == STANDARD_INPUT:
        return [Article("-", _decoded(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input"))]
    path = Path(source)
    suffix = path.suffix.lower()
    if suffix not in (*TEXT, *HTML, *JSONL):
        raise FramingError(
            expected="a .txt, .md, .html or .jsonl file",
            found=f"{path.name}",
            fix="Convert it, or pipe text to `-`.",
        )
    text = _decoded(_bytes(path), str(path))
    if suffix in JSONL:
        return _lines(text, path)
    return [Article(path.name, _extracted(text, path) if suffix in HTML else text)]


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        found = "no such file"
    except IsADirectoryError:
        found = "a directory"
    except OSError as error:
        found = error.strerror or "an error"
    raise FramingError(expected=f"a readable file {path}", found=found, fix="Check the path.")


def _decoded(raw: bytes, name: str) -> str:
    if len(raw) > MAX_BYTES:
        found, fix = f"more than {MAX_BYTES // 2**20} MB", "Split it, or score it with `framing score`."
    elif b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        found, fix = "binary bytes", "Name a text file."
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            found, fix = f"another encoding (byte {error.start})", "Convert it with `iconv -t utf-8`."
        else:
            if text.strip():
                return text
            found, fix = "nothing but white space" if text else "an empty text", "Check the file."
    raise FramingError(expected=f"UTF-8 text in {name}", found=found, fix=fix)


def main_text(html: str) -> str:
    """The article in a page, without menus, comments and tables; empty where there is none."""
    from trafilatura import extract

    return str(extract(html, include_comments=False, include_tables=False) or "")


def _extracted(html: str, path: Path) -> str:
    text = main_text(html)
    if not text:
        raise FramingError(
            expected=f"an article in the page {path}",
            found="no main text",
            fix="Save its text as .txt instead.",
        )
    return text


def _lines(text: str, path: Path) -> list[Article]:
    articles: dict[str, Article] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        article = _line(line, number, path)
        if article.id in articles:
            raise FramingError(
                expected=f"every id once in {path}",
                found=f"one again in line {number}",
                fix="Make the ids unique.",
            )
        articles[article.id] = article
    return list(articles.values())


def _line(line: str, number: int, path: Path) -> Article:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        row = None
    found = isinstance(row, dict) and isinstance(row.get("text"), str) and isinstance(row.get("id"), (str, int))
    if not found or not row["text"].strip():
        raise FramingError(
            expected='{"id": "...", "text": "..."} with some text ' + f"in line {number} of {path}",
            found="something else",
            fix="Mend that line.",
        )
    return Article(str(row["id"]), row["text"])
