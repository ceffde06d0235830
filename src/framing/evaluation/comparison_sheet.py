"""Runs side by side as Markdown: figures, differences, and a row a label."""

from collections.abc import Sequence

import numpy as np

from framing.evaluation.comparison import DETECTABLE, FIGURES, Comparison, Difference
from framing.evaluation.report import Report
from framing.evaluation.sheet import models_table
from framing.evaluation.tables import markdown, number


def comparison_sheet(reports: Sequence[Report], comparisons: Sequence[Comparison], *, labels: bool = True) -> str:
    """Runs side by side: the figures of each, then every run against the first, by figure and (`labels`) by label."""
    first = reports[0]
    head = (
        f"n = {first.sentences} sentences in {first.documents} documents, split `{first.split}`, "
        f"data `{first.data_digest[:12]}`.\nDifferences are from `{first.name}`; brackets hold 95% bootstrap intervals "
        f"by document, paired for differences.\nDetectable: {DETECTABLE} bootstrap standard errors, the true "
        "difference found with 80% power at 5%. p: McNemar; Holm over the labels.\n\n"
    )
    tables = [models_table(reports)]
    for one in comparisons:
        tables += [_figures_table(one), *([_label_differences(one)] if labels else [])]
    return head + "\n".join(tables)


def _figures_table(one: Comparison) -> str:
    head = [f"{one.other} against {one.reference}", one.reference, one.other, "difference", "detectable"]
    return markdown(head, [[FIGURES[name], *_differing(d)] for name, d in one.figures.items()])


def _label_differences(one: Comparison) -> str:
    only = [f"only {name} right" for name in (one.reference, one.other)]
    head = ["label", "n", one.reference, one.other, "F1 difference", "detectable", *only, "p", "p (Holm)"]
    rows = [
        [
            row.label,
            str(row.support),
            *(_differing(row.f1) if row.support else ["n/a (0)"] * 4),
            str(row.only_reference),
            str(row.only_other),
            number(row.p),
            number(row.p_holm),
        ]
        for row in one.labels
    ]
    return markdown(head, rows)


def _differing(d: Difference) -> list[str]:
    value, low, high = (f"{part:+.3f}" if np.isfinite(part) else "n/a" for part in d.difference)
    return [number(d.reference), number(d.other), f"{value} [{low}, {high}]", number(d.detectable)]
