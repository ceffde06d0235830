"""Markdown tables that also read well on a terminal."""

from collections.abc import Sequence

import numpy as np

from framing.evaluation.intervals import Interval


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with padded columns."""
    widths = [max(len(str(row[k])) for row in [head, *rows]) for k in range(len(head))]
    lines = [head, ["-" * w for w in widths], *rows]
    padded = ["| " + " | ".join(str(c).ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
    return "\n".join(padded) + "\n"


def bracketed(value: Interval, *, digits: int = 3) -> str:
    """As `0.466 [0.376, 0.538]`."""
    return f"{number(value.value, digits=digits)} [{', '.join(number(v, digits=digits) for v in value[1:])}]"


def number(value: float, *, digits: int = 3) -> str:
    """With so many digits behind the point; `n/a` where there is none."""
    return f"{round(value, digits) + 0.0:.{digits}f}" if np.isfinite(value) else "n/a"  # no minus before zero
