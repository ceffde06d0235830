"""What stands in the cells of a table: labels, lists and spans, in the ways people write them."""

import ast
import json
from collections.abc import Mapping, Sequence
from typing import Any

from framing.errors import FramingError
from framing.schema import Evidence
from framing.taxonomy import Taxonomy

YES_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
"""What a table with one label may say instead of its id."""


def read_labels(where: str, value: Any, taxonomy: Taxonomy) -> list[str]:
    """The labels in a list, a list written as text, or parted by `;` or `|`; yes or no where there is but one label."""
    answer = YES_NO.get(str(value).strip().lower()) if len(taxonomy.by_id) == 1 else None
    if answer is not None:
        return list(taxonomy.by_id) if answer else []
    labels = [str(label).strip() for label in _listed(where, value)]
    check_known(where, labels, taxonomy)
    return labels


def is_empty(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or value == ""


def read_evidence(where: str, text: str, fields: Mapping[str, Any], taxonomy: Taxonomy) -> tuple[Evidence, ...]:
    """Spans of the `evidence` column, or `start` and `end` for each label of the row; an empty one is none."""
    spans = [_span(where, span) for span in _listed(where, fields.get("evidence"))]
    low, high = fields.get("start"), fields.get("end")
    if not (is_empty(low) and is_empty(high)):
        spans += [(label, low, high) for label in read_labels(where, fields["labels"], taxonomy)]
    check_known(where, [label for label, _, _ in spans], taxonomy)
    return tuple(Evidence(label, *_offsets(where, text, a, b)) for label, a, b in spans)


def check_known(where: str, labels: Sequence[str], taxonomy: Taxonomy) -> None:
    """Raise FramingError where a label is not in the taxonomy."""
    if unknown := sorted(set(labels) - taxonomy.by_id.keys()):
        raise FramingError(
            expected=f"labels among {sorted(taxonomy.ids())} of {taxonomy.name} in {where}",
            found=str(unknown),
            fix="Correct them, or name the taxonomy that has them with --taxonomy.",
        )


def in_order(named: set[str], taxonomy: Taxonomy) -> tuple[str, ...]:
    """The labels as a tuple in taxonomy order."""
    return tuple(label for label in taxonomy.by_id if label in named)


def _listed(where: str, value: Any) -> Sequence[Any]:
    """A list as it is, or the list that a text writes in JSON, in Python, or with `;` or `|` between."""
    if value is None or isinstance(value, list | tuple):
        return value or ()
    text = str(value).strip()
    if not text.startswith("["):
        return [part for part in text.replace("|", ";").split(";") if part.strip()]
    for read in (json.loads, ast.literal_eval):
        try:
            return list(read(text))
        except (ValueError, SyntaxError, TypeError):
            continue
    raise FramingError(expected=f"a list in {where}", found=repr(text[:60]), fix="Mend that row.")


def _span(where: str, span: Any) -> tuple[str, Any, Any]:
    if not isinstance(span, Mapping) or not {"label", "start", "end"} <= set(span):
        raise FramingError(
            expected=f'evidence as [{{"label": "...", "start": 0, "end": 5}}] in {where}',
            found=repr(span)[:60],
            fix="Mend that row.",
        )
    return str(span["label"]), span["start"], span["end"]


def _offsets(where: str, text: str, low: Any, high: Any) -> tuple[int, int]:
    try:
        start, end = int(low), int(high)
    except (TypeError, ValueError):
        start, end = -1, -1
    if not 0 <= start < end <= len(text):
        raise FramingError(
            expected=f"start and end inside the {len(text)} characters of the text in {where}",
            found=f"{low}:{high}",
            fix="Correct the offsets; they count characters of the row's text, and the end is exclusive.",
        )
    return start, end
