"""The model card that travels with a model, in the layout of Hugging Face model cards.

A card is front matter and a list of sections, so that a part that has more to say appends one of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import yaml

from framing.evaluation.findings import Findings
from framing.evaluation.report import Report
from framing.evaluation.sheet import evidence_table, labels_table, models_table, slices_table
from framing.evaluation.slices import largest_gaps

GAPS = 8
DESCRIPTION = 5000
"""Characters of a version's description that every MLflow database keeps (`model_versions.description`)."""
REST = "\n\n*Cut here: the whole card is `README.md` of the run and of the model folder.*"

USES = """For finding, counting and comparing frames in English war reporting, with the evidence shown to a reader.

Forbidden: rating, ranking or punishing persons or outlets without a person reading the evidence. A frame label says
how an event is told. It is no finding of falsehood, illegality or bad faith."""
LIMITS = """English only. Gold and training text were composed and annotated by language models after the codebook:
agreement between people is expected to be lower. One sentence cannot show omission, selection or balance."""


class Section(NamedTuple):
    """A heading and the Markdown under it."""

    title: str
    body: str

    @classmethod
    def from_markdown(cls, text: str) -> "Section":
        """From Markdown that begins with a heading of the second level."""
        title, _, body = text.removeprefix("## ").partition("\n")
        return cls(title, body.strip())


def model_card(
    findings: Findings, *, kind: str, taxonomy: str, facts: Mapping[str, str], more: Sequence[Section] = ()
) -> str:
    """Front matter with a model index, then every section; `more` stands before uses and limits."""
    report = findings.report
    lead = f"A `{kind}` classifier of framing in war reporting, sentence by sentence, with the labels of `{taxonomy}`."
    rows = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    sections = [
        Section("How it fared", _fared(report)),
        Section("Beside what simpler models get", _beside(findings)),
        Section("Where it is weak", _weak(findings)),
        Section("Do its reasons hold", _reasons(findings)),
        *more,
        Section("Intended and forbidden uses", USES),
        Section("Limits", LIMITS),
        Section("Data and origin", f"| fact | value |\n|---|---|\n{rows}"),
    ]
    body = "\n\n".join(f"## {section.title}\n\n{section.body.strip()}" for section in sections)
    return f"---\n{_front_matter(report, facts)}---\n\n# {report.name}\n\n{lead}\n\n{body}\n"


def description(card: str, limit: int = DESCRIPTION) -> str:
    """The card without front matter, cut before the section that would pass `limit` characters."""
    body = card.split("---\n", 2)[2].strip()
    if len(body) <= limit:
        return body
    first, *sections = body.split("\n\n## ")
    kept = first
    for section in sections:
        longer = f"{kept}\n\n## {section}"
        if len(longer) + len(REST) > limit:
            break
        kept = longer
    return kept + REST


def _front_matter(report: Report, facts: Mapping[str, str]) -> str:
    named = {
        "Macro F1": ("f1", report.macro_f1),
        "Micro F1": ("f1", report.micro_f1),
        "Mean AP": ("map", report.macro_ap),
    }
    metrics = [
        {
            "type": kind,
            "name": f"{name} (95% interval {low:.3f} to {high:.3f}, n = {report.sentences})",
            "value": round(value, 6),
        }
        for name, (kind, (value, low, high)) in named.items()
        if np.isfinite([value, low, high]).all()
    ]
    dataset = facts.get("dataset", "unnamed")
    result: dict[str, Any] = {
        "task": {"type": "text-classification", "name": "Framing in war reporting"},
        "dataset": {"type": dataset, "name": dataset, "split": report.split, "revision": report.data_digest},
        "metrics": metrics,
    }
    front = {
        "library_name": "framing",
        "pipeline_tag": "text-classification",
        "language": "en",
        "tags": ["framing", "war-reporting", "multi-label"],
        "model-index": [{"name": report.name, "results": [result]}],
    }
    return str(yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=120))


def _fared(report: Report) -> str:
    return (
        f"Judged on `{report.split}` of data `{report.data_digest[:12]}`: {report.sentences} sentences in\n"
        f"{report.documents} documents. Brackets hold 95% bootstrap intervals by document; `n/a (0)` marks labels "
        f"without a positive.\n\n{labels_table(report)}"
    )


def _beside(findings: Findings) -> str:
    none = "" if findings.baselines else "\nNo baseline had been trained on the same data when this run ended.\n"
    return models_table([*findings.baselines, findings.report], findings.ceilings) + none


def _weak(findings: Findings) -> str:
    gaps = largest_gaps(findings.slices, GAPS)
    if not gaps:
        return "No slice lies below the rest with an interval that leaves out zero."
    return f"Slices whose gap to the rest has an interval below zero, the widest first.\n\n{slices_table(gaps)}"


def _reasons(findings: Findings) -> str:
    if not findings.evidence:
        return "The gold labels have no evidence to compare with."
    return (
        "Token F1 and span F1 (at half overlap) of the model's evidence against gold evidence, decided or not; "
        "`deletion` is\nhow much further a score falls without the evidence than without as many other words in a row."
        f"\n\n{evidence_table(findings.evidence)}"
    )
