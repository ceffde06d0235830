"""Plots as inline SVG in the ink of the page: marker and dash tell series apart, so that no colour is needed."""

from collections.abc import Sequence

import numpy as np

from framing.evaluation.findings import Bin
from framing.evaluation.page.html import Html, tag
from framing.evaluation.report import LabelScore
from framing.evaluation.selective import Curve

WIDTH = 360
"""Units across: one is a pixel on the narrowest phone."""
ROW = 22
SIDE, LEFT, TOP = 250, 44, 10
"""Plot area of a square chart, and where it begins."""


def f1_dots(rows: Sequence[LabelScore]) -> Html:
    """F1 of each label that has positives: a dot on its 95% interval."""
    shown = [row for row in rows if row.support]
    height = ROW * len(shown) + 26
    left, right = 168, WIDTH - 12

    def x(value: float) -> str:
        return f"{left + value * (right - left):.1f}"

    marks = []
    for k, row in enumerate(shown):
        y = str(k * ROW + 14)
        marks += [
            tag("text", f"{row.label} ({row.support})", x=str(left - 8), y=str(k * ROW + 18), text_anchor="end"),
            _line(x(0), y, x(1), y, stroke_opacity="0.15"),
            _line(x(row.f1.low), y, x(row.f1.high), y, stroke_width="2"),
            tag("circle", tag("title", f"{row.label}: {row.f1.value:.3f}"), cx=x(row.f1.value), cy=y, r="4.5"),
        ]
    ticks = [tag("text", f"{v:g}", x=x(v), y=str(height - 4), text_anchor="middle") for v in (0, 0.5, 1)]
    return _svg(height, "F1 of each label with its 95% interval", [*marks, *ticks])


def reliability(bins: Sequence[Bin]) -> Html:
    """Share of positives against mean score; the dotted line is a model whose scores mean what they say."""
    points = [(_x(b.mean_score), _y(b.positives), b) for b in bins]
    dots = [
        tag(
            "circle",
            tag("title", f"{b.scores} scores: mean {b.mean_score:.2f}, gold {b.positives:.2f}"),
            cx=x,
            cy=y,
            r="4",
        )
        for x, y, b in points
    ]
    perfect = _line(_x(0), _y(0), _x(1), _y(1), stroke_dasharray="2 4")
    parts = [*_frame("mean score", "share of positives"), perfect, _path([(x, y) for x, y, _ in points]), *dots]
    return _svg(SIDE + 50, "Share of positives against mean score, ten bins", parts)


def risk_coverage(curve: Curve, own: tuple[float, float]) -> Html:
    """Share of wrong sentences among the surest; the cross is where the model's own band of doubt puts it."""
    step = max(1, len(curve.coverage) // 200)
    kept = sorted({*range(0, len(curve.coverage), step), len(curve.coverage) - 1} - {-1})
    points = [(_x(float(curve.coverage[k])), _y(float(curve.risk[k]))) for k in kept]
    cross = []
    if np.isfinite(own).all():
        x, y = float(_x(own[0])), float(_y(own[1]))
        cross = [_line(str(x - 6), str(y + d), str(x + 6), str(y - d), stroke_width="2.5") for d in (-6, 6)]
    return _svg(SIDE + 50, "Risk against coverage", [*_frame("coverage", "risk"), _path(points), *cross])


def _frame(across: str, up: str) -> list[Html]:
    box = tag("rect", x=str(LEFT), y=str(TOP), width=str(SIDE), height=str(SIDE), **_stroke(stroke_opacity="0.4"))
    ticks = []
    for v in (0, 0.5, 1):
        ticks += [
            tag("text", f"{v:g}", x=_x(v), y=str(TOP + SIDE + 14), text_anchor="middle"),
            tag("text", f"{v:g}", x=str(LEFT - 6), y=str(float(_y(v)) + 4), text_anchor="end"),
        ]
    middle = TOP + SIDE / 2
    names = [
        tag("text", across, x=str(LEFT + SIDE / 2), y=str(TOP + SIDE + 32), text_anchor="middle"),
        tag("text", up, x="12", y=str(middle), text_anchor="middle", transform=f"rotate(-90 12 {middle})"),
    ]
    return [box, *ticks, *names]


def _svg(height: int, title: str, parts: Sequence[object]) -> Html:
    return tag("svg", tag("title", title), *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", fill="currentColor")


def _path(points: Sequence[tuple[str, str]]) -> Html:
    return tag("polyline", points=" ".join(f"{x},{y}" for x, y in points), **_stroke(stroke_width="1.8"))


def _line(x1: str, y1: str, x2: str, y2: str, **more: str) -> Html:
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, **_stroke(**more))


def _stroke(**more: str) -> dict[str, str]:
    return {"fill": "none", "stroke": "currentColor", **more}


def _x(value: float) -> str:
    return f"{LEFT + value * SIDE:.1f}"


def _y(value: float) -> str:
    return f"{TOP + (1 - value) * SIDE:.1f}"
