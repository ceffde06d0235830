"""The few pieces of HTML that the page is made of. Every text passes `escape` here, and nowhere else."""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from framing.evaluation.intervals import Interval

NONE = "n/a"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Html:
    """The value as text, escaped unless it is HTML already."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def join(parts: Iterable[object]) -> Html:
    """The parts one after the other."""
    return Html("".join(text(part) for part in parts))


def tag(name: str, *parts: object, **attributes: str) -> Html:
    """`<name attributes>parts</name>`; a trailing underscore in an attribute's name is dropped (`class_`)."""
    named = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{named}>{join(parts)}</{name}>")


def label(name: str) -> Html:
    """A label's name, which may break after an underscore."""
    return Html("_<wbr>".join(escape(part) for part in name.split("_")))


def number(value: float, digits: int = 3) -> str:
    """Three digits, or n/a."""
    return f"{value:.{digits}f}" if np.isfinite(value) else NONE


def spread(value: Interval, *, sign: str = "", flag: str = "") -> Html:
    """The value and a flag over its bounds, which get two digits for narrow screens; `sign="+"` is for differences."""
    if not np.isfinite(value.value):
        return Html(NONE)
    low, high = (f"{v:{sign}.2f}" if np.isfinite(v) else NONE for v in value[1:])
    return join([f"{value.value:{sign}.3f}{flag}", tag("small", f"{low} to {high}" if sign else f"{low}–{high}")])


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, own: int = -1) -> Html:
    """A table that scrolls where it is too wide; row `own` stands out. A head in brackets, as [n], is right-aligned."""
    kinds = ["n" if name.startswith("[") else "" for name in head]
    cells = [_cell("th", name.strip("[]"), kind) for name, kind in zip(head, kinds, strict=True)]
    body = [
        tag("tr", *(_cell("td", cell, kind) for cell, kind in zip(row, kinds, strict=True)), **_own(k == own))
        for k, row in enumerate(rows)
    ]
    return tag("div", tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *body)), class_="wide")


def _cell(name: str, content: object, kind: str) -> Html:
    return tag(name, content, class_=kind) if kind else tag(name, content)


def _own(is_own: bool) -> dict[str, str]:
    return {"class_": "own"} if is_own else {}
