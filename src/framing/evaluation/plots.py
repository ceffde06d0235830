"""Plots of a report, legible in grey: hatches, markers and line styles beside colour."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from framing.evaluation.report import Report
from framing.schema import Floats, Hot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BINS = 10
DASHES = ("-", "--", "-.", ":")


def figures(report: Report, gold: Hot, scores: Floats, decided: Hot) -> "dict[str, Figure]":
    """The plots of one model on one split, by name."""
    labels = [row.label for row in report.labels]
    return {
        "f1": f1_bars(report),
        "precision_recall": precision_recall(labels, gold, scores),
        "reliability": reliability(gold, scores),
        "confusion": confusion(labels, gold, decided),
    }


def f1_bars(report: Report) -> "Figure":
    """F1 a label with its 95% interval and number of positives."""
    figure, axes = new_axes(height=0.35 * len(report.labels) + 1.5)
    rows = [row for row in report.labels if row.support]
    value = np.array([row.f1.value for row in rows])
    errors = [value - [row.f1.low for row in rows], [row.f1.high for row in rows] - value]
    axes.barh(range(len(rows)), value, xerr=np.maximum(errors, 0), color="0.75", edgecolor="0.2", capsize=3)
    axes.set_yticks(range(len(rows)), [f"{row.label} (n={row.support})" for row in rows])
    axes.invert_yaxis()
    axes.set(xlim=(0, 1), xlabel=f"F1 on {report.split}, 95% interval by document", title=report.name)
    return figure


def precision_recall(labels: Sequence[str], gold: Hot, scores: Floats) -> "Figure":
    """One curve a label that has positives."""
    figure, axes = new_axes()
    for k in np.flatnonzero(gold.any(axis=0)).tolist():
        axes.step(*curve(gold[:, k], scores[:, k]), DASHES[k % 4], where="post", label=labels[k], lw=1)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
    axes.legend(fontsize=6, loc="lower left")
    return figure


def curve(gold: np.ndarray, scores: Floats) -> tuple[Floats, Floats]:
    """Recall and precision after each sentence, from the highest score down."""
    hits = np.cumsum(gold[np.argsort(-scores, kind="stable")])
    return hits / hits[-1], hits / np.arange(1, len(hits) + 1)


def reliability(gold: Hot, scores: Floats) -> "Figure":
    """Mean score against share of positives in equal-width bins, all labels pooled."""
    figure, axes = new_axes()
    flat, truth = scores.ravel(), gold.ravel()
    bins: np.ndarray = np.clip((flat * BINS).astype(int), 0, BINS - 1)
    parts = [(flat[bins == b], truth[bins == b]) for b in range(BINS)]
    means = [(s.mean(), t.mean()) for s, t in parts if len(s)]
    axes.plot([0, 1], [0, 1], ":", color="0.5", label="perfect")
    axes.plot(*zip(*means, strict=True), "o-k", label="model")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="mean score", ylabel="share of positives")
    axes.legend()
    return figure


def confusion(labels: Sequence[str], gold: Hot, decided: Hot) -> "Figure":
    """Rows: gold labels; columns: labels decided on their sentences, with a last column for none at all."""
    undecided = ~decided.any(axis=1, keepdims=True)
    table = gold.T.astype(int) @ np.hstack([decided, undecided]).astype(int)
    figure, axes = new_axes(height=0.4 * len(labels) + 2)
    axes.imshow(table / np.maximum(gold.sum(axis=0), 1)[:, None], cmap="Greys", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(labels) + 1), [*labels, "(none)"], rotation=90, fontsize=6)
    axes.set_yticks(range(len(labels)), labels, fontsize=6)
    for (row, column), n in np.ndenumerate(table):
        if n:
            axes.text(column, row, str(n), ha="center", va="center", fontsize=6, color="tab:red")
    axes.set(xlabel="decided", ylabel="gold")
    return figure


def training_curves(history: Mapping[str, Sequence[tuple[int, float]]]) -> "Figure":
    """Every quantity that was reported while the model learned, against the step."""
    figure, axes = new_axes()
    for k, (name, points) in enumerate(history.items()):
        steps, values = zip(*points, strict=True)
        axes.plot(steps, values, DASHES[k % 4], marker="o", ms=3, label=name)
    axes.set(xlabel="step")
    axes.legend()
    return figure


def new_axes(height: float = 4.5) -> "tuple[Figure, Axes]":
    """A figure of the width that all share, and its axes."""
    from matplotlib.figure import Figure

    figure: Figure = Figure(figsize=(7.5, height), layout="constrained")
    return figure, figure.subplots()
