"""Texts with spans as annotation tools export them: a brat folder (.txt and .ann) and a Label Studio JSON export.

Traps: Label Studio counts UTF-16 units, so that offsets behind an emoji are shifted; a cancelled annotation is none;
of several annotations the first is taken as gold, and all are kept as votes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from framing.data.corpora import brat
from framing.data.corpora.passages import Marked
from framing.data.corpora.tables import check_columns, read_text
from framing.errors import FramingError


class Passage(NamedTuple):
    """A text, where it stands, its marks, and the labels of it as a whole (None where the tool asked for none)."""

    where: str
    name: str
    text: str
    marks: tuple[Marked, ...]
    labels: tuple[str, ...] | None
    fields: Mapping[str, Any]
    votes: tuple[Mapping[str, Any], ...]


def is_annotated(root: Path) -> bool:
    """Whether `root` is a brat folder or a JSON export."""
    return root.suffix.lower() == ".json" or any(root.glob("*.ann"))


def read_passages(root: Path, needs: Sequence[str], text: str) -> tuple[list[Passage], list[str]]:
    """The annotated passages, and a line for each text without annotation; `text` is the column that holds it."""
    if root.is_dir():
        return _brat(root)
    tasks = _tasks(root)
    named = {f"task {task.get('id', number)} of {root}": task for number, task in enumerate(tasks, 1)}
    for where, task in named.items():
        check_columns(sorted(task["data"]), needs, where=where, name="generic")
    whole = any(_chosen(result) for task in tasks for one in _annotations(task) for result in one["result"])
    left_out = [f"{where}: not annotated" for where, task in named.items() if not _annotations(task)]
    return [_passage(where, task, text, whole) for where, task in named.items() if _annotations(task)], left_out


def _brat(root: Path) -> tuple[list[Passage], list[str]]:
    passages, left_out = [], []
    for path in sorted(root.glob("*.txt")):
        annotations = path.with_suffix(".ann")
        if not annotations.is_file():
            left_out.append(f"{path}: not annotated")
            continue
        text = read_text(path, name="brat")
        marks = tuple(Marked(s.label, a, b) for s in brat.read_spans(annotations, text) for a, b in s.parts)
        passages.append(Passage(str(annotations), path.stem, text, marks, None, {}, ()))
    return passages, left_out


def _tasks(path: Path) -> list[dict[str, Any]]:
    try:
        tasks = json.loads(read_text(path, name="Label Studio"))
    except json.JSONDecodeError as error:
        raise _wrong(path, f"{error.msg} (line {error.lineno})") from error
    if not isinstance(tasks, list) or not all(isinstance(t, dict) and isinstance(t.get("data"), dict) for t in tasks):
        raise _wrong(path, "something else")
    return tasks


def _wrong(path: Path, found: str) -> FramingError:
    return FramingError(
        expected=f'a Label Studio export, a list of tasks with "data" and "annotations", in {path}',
        found=found,
        fix="Export the project as JSON; a table goes in as .jsonl.",
    )


def _annotations(task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in task.get("annotations", ()) if not one.get("was_cancelled")]


def _passage(where: str, task: Mapping[str, Any], column: str, whole: bool) -> Passage:
    text = str(task["data"][column])
    given = _annotations(task)
    read = [_read(where, text, one["result"]) for one in given]
    votes = tuple(
        {"by": str(one.get("completed_by")), "labels": sorted({*chosen, *(mark.label for mark in marks)})}
        for one, (marks, chosen) in zip(given, read, strict=True)
    )
    marks, chosen = read[0]
    name = str(task.get("id", where))
    return Passage(where, name, text, marks, chosen if whole else None, task["data"], votes)


def _read(where: str, text: str, results: Sequence[Mapping[str, Any]]) -> tuple[tuple[Marked, ...], tuple[str, ...]]:
    """The marks and the choices of one annotation."""
    marks = [
        Marked(label, *_offsets(where, text, result["value"]))
        for result in results
        for label in result.get("value", {}).get("labels", ())
    ]
    return tuple(marks), tuple(choice for result in results for choice in _chosen(result))


def _chosen(result: Mapping[str, Any]) -> Sequence[str]:
    choices: Sequence[str] = result.get("value", {}).get("choices", ())
    return choices


def _offsets(where: str, text: str, value: Mapping[str, Any]) -> tuple[int, int]:
    """In characters: as they are where the words fit, else read as UTF-16 units."""
    low, high, words = value.get("start"), value.get("end"), value.get("text")
    for start, end in _readings(text, low, high):
        if 0 <= start < end <= len(text) and (words is None or _plain(text[start:end]) == _plain(words)):
            return start, end
    raise FramingError(
        expected=f"start and end inside the {len(text)} characters of the text, with the words {words!r}, in {where}",
        found=f"{low}:{high}",
        fix="Export the project again from the text that was annotated.",
    )


def _readings(text: str, low: Any, high: Any) -> Iterator[tuple[int, int]]:
    units = text.encode("utf-16-le")
    if isinstance(low, int) and isinstance(high, int) and 0 <= low < high <= len(units) // 2:
        yield low, high
        start, end = (len(units[: 2 * at].decode("utf-16-le", errors="ignore")) for at in (low, high))
        yield start, end


def _plain(words: str) -> list[str]:
    return words.replace("\\n", "\n").split()
