r"""Gold articles as people write and review them: front matter, one sentence a line, marks for evidence.

    ---
    conflict: RU-UA-2022
    sides: [RU, UA]
    source_type: agency
    outlet: Northern Wire
    date: 2022-09-12
    ---
    The ministry said its troops had [liberated]{liberation} a village. {indirect party=RU source="The ministry"}

A mark is a Pandoc bracketed span, `[words]{label ...}`; marks nest. A block at the end of the line, after a
space, describes the sentence; every mark inherits from it what it does not say itself. An empty line ends a
paragraph. `\[`, `\]`, `\{`, `\}` stand for the characters themselves. docs/datasets.md has the full grammar.
"""

import re
import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from framing.errors import FramingError
from framing.schema import DISTANCES, USES, VOICES, Distance, Document, Evidence, Sentence, Voice

REQUIRED = ("conflict", "source_type", "outlet", "date")
ALLOWED = {*REQUIRED, "sides", "party", "language", "group", "invented"}
AUDIT = ("conflict", "sides", "source_type", "outlet", "date", "group", "invented")
KEYS = {"source", "party", "near"}
WORDS = {*VOICES, *DISTANCES, *USES}
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
TRAILER = re.compile(r"(?<=\s)\{([^{}]*)\}\s*\Z")
TOKEN = re.compile(r"\\([\[\]{}\\])|(\[)|\]\{([^{}]*)\}|([\]{}])")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a `{...}` block says: bare words in order, and `key=value` pairs."""

    words: tuple[str, ...] = ()
    pairs: dict[str, str] = field(default_factory=dict)


def read_article(path: Path, labels: Collection[str], taxonomy: str) -> Document:
    """The article in `path` as a document; raises FramingError that names the file and the line."""
    raw = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    found = FRONT_MATTER.match(raw)
    if not found:
        raise _mistake(path, 1, "front matter between two lines of three dashes", "none")
    meta = _front_matter(path, found[1])
    first = found[1].count("\n") + 4
    sentences: list[Sentence] = []
    text = ""
    for number, line, opens_paragraph in _lines(found[2], first):
        text += "" if not text else "\n\n" if opens_paragraph else " "
        sentence = _sentence(path, number, line, meta, labels)
        sentences.append(_place(sentence, path.stem, len(sentences), len(text), taxonomy))
        text += sentence.text
    if not sentences:
        raise _mistake(path, first, "at least one sentence below the front matter", "none")
    return Document(path.stem, text, tuple(sentences))


def _lines(body: str, first: int) -> Iterator[tuple[int, str, bool]]:
    opens = True
    for number, line in enumerate(body.split("\n"), first):
        if line.strip():
            yield number, line.strip(), opens
        opens = not line.strip()


def _front_matter(path: Path, block: str) -> dict[str, Any]:
    try:
        meta = yaml.safe_load(block)
    except yaml.YAMLError as error:
        raise _mistake(path, 2, "front matter in YAML", str(error).splitlines()[0]) from error
    if not isinstance(meta, dict) or not set(REQUIRED) <= set(meta) <= ALLOWED:
        keys = sorted(meta) if isinstance(meta, dict) else type(meta).__name__
        raise _mistake(path, 2, f"the keys {sorted(REQUIRED)} and none outside {sorted(ALLOWED)}", str(keys))
    return {key: str(value) if key == "date" else value for key, value in meta.items()}


def _sentence(path: Path, number: int, line: str, meta: dict[str, Any], labels: Collection[str]) -> Sentence:
    trailer = TRAILER.search(line)
    block = _block(path, number, trailer[1] if trailer else "")
    text, marks = _spans(path, number, line[: trailer.start()].rstrip() if trailer else line)
    voice: Voice = _one_of(block.words, VOICES, "narrator")
    frame = Evidence("", 0, 0, voice, block.pairs.get("source"), _one_of(block.words, DISTANCES, _usual(voice)))
    evidence = [_evidence(path, number, mark, frame, labels) for mark in marks]
    used = {e.label for e in evidence if e.use == "use"}
    return Sentence(
        id="",
        document="",
        index=0,
        start=0,
        end=0,
        text=text,
        labels=tuple(label for label in labels if label in used),
        evidence=tuple(sorted(evidence, key=lambda e: (e.start, e.end, e.label))),
        voice=frame.voice,
        distance=frame.distance,
        source=frame.source,
        language=str(meta.get("language", "en")),
        audit=_audit(path, number, meta, block, labels),
    )


def _audit(path: Path, number: int, meta: dict[str, Any], block: Mark, labels: Collection[str]) -> dict[str, Any]:
    near = [label for label in block.pairs.get("near", "").split(",") if label]
    for label in near:
        _check_label(path, number, label, labels)
    return {
        **{key: meta.get(key) for key in AUDIT},
        "party": block.pairs.get("party", meta.get("party")),
        "near": near,
    }


def _evidence(
    path: Path, number: int, span: tuple[int, int, str], frame: Evidence, labels: Collection[str]
) -> Evidence:
    start, end, content = span
    mark = _block(path, number, content)
    label = mark.words[0] if mark.words else ""
    _check_label(path, number, label, labels)
    voice: Voice = _one_of(mark.words, VOICES, frame.voice)
    return Evidence(
        label=label,
        start=start,
        end=end,
        voice=voice,
        source=mark.pairs.get("source", None if voice == "narrator" else frame.source),
        distance=_one_of(mark.words, DISTANCES, frame.distance if voice == frame.voice else _usual(voice)),
        use=_one_of(mark.words, USES, "use"),
    )


def _usual(voice: Voice) -> Distance:
    """The distance that the codebook gives a voice when nothing else is said (section 5)."""
    return "adopted" if voice == "narrator" else "neutral"


def _spans(path: Path, number: int, body: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The sentence without marks, and (start, end, block) for each mark."""
    text, at = "", 0
    open_at: list[int] = []
    marks: list[tuple[int, int, str]] = []
    for token in TOKEN.finditer(body):
        text += body[at : token.start()]
        at = token.end()
        escaped, opening, block, stray = token.groups()
        if escaped:
            text += escaped
        elif opening:
            open_at.append(len(text))
        elif stray or not open_at:
            raise _mistake(path, number, "marks like [words]{label}", f"{token[0]!r} without a partner")
        else:
            marks.append((open_at.pop(), len(text), block))
    if open_at:
        raise _mistake(path, number, "marks like [words]{label}", "'[' without a partner")
    return text + body[at:], marks


def _block(path: Path, number: int, content: str) -> Mark:
    words, pairs = [], {}
    for token in _tokens(path, number, content):
        key, equals, value = token.partition("=")
        if not equals:
            words.append(token)
        elif key in KEYS:
            pairs[key] = value
        else:
            raise _mistake(path, number, f"a key among {sorted(KEYS)}", repr(key))
    if unknown := sorted(set(words[1:]) - WORDS):
        raise _mistake(path, number, f"words among {sorted(WORDS)}", str(unknown))
    return Mark(tuple(words), pairs)


def _tokens(path: Path, number: int, content: str) -> list[str]:
    lexer = shlex.shlex(content, posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.commenters = True, '"', ""
    try:
        return list(lexer)
    except ValueError as error:
        raise _mistake(path, number, "pairs of double quotes", content) from error


def _one_of(words: Collection[str], allowed: tuple[Any, ...], default: Any) -> Any:
    return next((word for word in words if word in allowed), default)


def _check_label(path: Path, number: int, label: str, labels: Collection[str]) -> None:
    if label not in labels:
        raise _mistake(path, number, f"a label among {sorted(labels)}", repr(label))


def _place(sentence: Sentence, document: str, index: int, start: int, taxonomy: str) -> Sentence:
    return replace(
        sentence,
        id=f"{document}:{index}",
        document=document,
        index=index,
        start=start,
        end=start + len(sentence.text),
        taxonomy=taxonomy,
    )


def _mistake(path: Path, number: int, expected: str, found: str) -> FramingError:
    return FramingError(expected=f"{expected} in {path.name}, line {number}", found=found, fix="Correct that line.")
