"""The whole of `report.html`, from top to bottom."""

from collections.abc import Mapping
from importlib.resources import files

from framing.evaluation.findings import Findings
from framing.evaluation.page import charts, sections
from framing.evaluation.page.html import Html, join, tag


def report_page(findings: Findings, *, facts: Mapping[str, str], with_text: bool = True) -> str:
    """The page; `with_text=False` names the sentences of the mistakes by id only, for a store others can read."""
    body = join(
        [
            sections.head(findings.report, facts),
            sections.models(findings),
            sections.labels(findings.report),
            tag("figure", charts.f1_dots(findings.report.labels), tag("figcaption", "F1, 95% interval, (positives)")),
            sections.slices(findings.slices),
            sections.curves(findings),
            sections.evidence(findings.evidence),
            sections.mistakes(findings.mistakes, with_text=with_text),
        ]
    )
    style = Html((files("framing.evaluation.page") / "style.css").read_text(encoding="utf-8"))
    head = join(
        [
            Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
            tag("title", f"{findings.report.name}: scores"),
            tag("style", style),
        ]
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'
