"""Plots of runs side by side, legible in grey: a run keeps its marker, its dash and its shade on every page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from framing.evaluation.comparison import Comparison, Judgement
from framing.evaluation.plots import DASHES, curve, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = "osD^vPX*"
SHADES = ("0.0", "0.55", "0.35", "0.7")
COLUMNS = 3
FOUND = 0.05


def comparison_figures(judgements: Sequence[Judgement], comparisons: Sequence[Comparison]) -> "dict[str, Figure]":
    """The plots of a comparison, by name."""
    return {
        "f1": f1_dots(judgements),
        "difference": label_differences(comparisons),
        "precision_recall": precision_recall_overlays(judgements),
    }


def f1_dots(judgements: Sequence[Judgement]) -> "Figure":
    """F1 a label with its 95% interval, a dot a run; micro and macro F1 stand first."""
    reports = [one.report for one in judgements]
    labels = [row for row in reports[0].labels if row.support]
    names = ["macro F1", "micro F1", *(f"{row.label} (n={row.support})" for row in labels)]
    figure, axes = _rows(names, len(reports))
    for k, report in enumerate(reports):
        rows = [report.macro_f1, report.micro_f1, *(row.f1 for row in report.labels if row.support)]
        every = np.ones(len(rows), dtype=np.bool_)
        _dots(axes, np.array(rows), _shift(k, len(reports)), style=k, name=report.name, filled=every)
    axes.axhline(1.5, color="0.5", lw=0.8)
    axes.set(xlim=(-0.02, 1.02), xlabel=f"F1 on {reports[0].split}, 95% interval by document")
    _legend(figure, axes, len(reports))
    return figure


def label_differences(comparisons: Sequence[Comparison]) -> "Figure":
    """F1 difference a label with its paired interval; filled where McNemar's p after Holm is below 5%."""
    labels = [row for row in comparisons[0].labels if row.support]
    figure, axes = _rows([f"{row.label} (n={row.support})" for row in labels], len(comparisons))
    axes.axvline(0, color="0.5", lw=1)
    for k, one in enumerate(comparisons):
        rows = [row for row in one.labels if row.support]
        found = np.array([row.p_holm < FOUND for row in rows])
        values = np.array([row.f1.difference for row in rows])
        _dots(axes, values, _shift(k, len(comparisons)), style=k + 1, name=one.other, filled=found)
    axes.set(xlabel=f"F1 minus that of {comparisons[0].reference}, 95% paired interval; filled: p (Holm) < 0.05")
    _legend(figure, axes, len(comparisons))
    return figure


def precision_recall_overlays(judgements: Sequence[Judgement]) -> "Figure":
    """One small plot a label that has positives, a curve a run; all labels pooled come first."""
    from matplotlib.figure import Figure

    first = judgements[0]
    columns = np.flatnonzero(first.gold.any(axis=0)).tolist()
    height = -(-(len(columns) + 1) // COLUMNS)
    figure: Figure = Figure(figsize=(7.5, 2.1 * height + 0.5), layout="constrained")
    grid: Any = figure.subplots(height, COLUMNS, sharex=True, sharey=True, squeeze=False)
    panels = [("all labels", slice(None)), *((first.labels[k], slice(k, k + 1)) for k in columns)]
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    for axes, (title, part) in zip(grid.flat, panels, strict=False):
        for k, one in enumerate(judgements):
            points = curve(one.gold[:, part].ravel(), one.scores[:, part].ravel())
            axes.step(*points, where="post", lw=1.2, label=one.report.name, **_line(k))
        axes.set_title(title, fontsize=8)
    for axes in grid.flat[max(len(panels) - COLUMNS, 0) : len(panels)]:
        axes.tick_params(labelbottom=True)
    grid[0, 0].set(xlim=(0, 1), ylim=(0, 1.02))
    figure.supxlabel("recall", fontsize=9)
    figure.supylabel("precision", fontsize=9)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize=8)
    return figure


def _rows(names: Sequence[str], runs: int) -> "tuple[Figure, Axes]":
    figure, axes = new_axes(height=(0.16 * runs + 0.2) * len(names) + 1.4)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    return figure, axes


def _dots(axes: "Axes", rows: np.ndarray, shift: float, *, style: int, name: str, filled: np.ndarray) -> None:
    """`rows` are value, low, high from the top down; `shift` lowers the dots, so that runs do not hide each other."""
    value, low, high = rows.T
    place, colour = np.arange(len(rows)) + shift, SHADES[style % len(SHADES)]
    axes.hlines(place, low, high, color=colour, linestyles=DASHES[style % 4], lw=1.2)
    face, marker = np.where(filled, colour, "white").tolist(), MARKERS[style % len(MARKERS)]
    axes.scatter(value, place, marker=marker, s=22, c=face, edgecolors=colour, zorder=3)
    axes.plot([], [], DASHES[style % 4], marker=marker, color=colour, label=name)  # the legend's sample


def _shift(k: int, runs: int) -> float:
    return 0.6 * ((k + 0.5) / runs - 0.5)


def _line(k: int) -> dict[str, str]:
    return {"color": SHADES[k % len(SHADES)], "linestyle": DASHES[k % 4]}


def _legend(figure: "Figure", axes: "Axes", runs: int) -> None:
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=min(runs, 4), fontsize=8)
