"""The model card that travels with a model, in the layout of Hugging Face model cards."""

from collections.abc import Mapping, Sequence

from framing.evaluation.report import Report
from framing.evaluation.sheet import labels_table, models_table


def model_card(
    report: Report, *, kind: str, taxonomy: str, facts: Mapping[str, str], sections: Sequence[str] = ()
) -> str:
    """Front matter, what it is, how it fared (with n and intervals), what it is for and what it is not for.

    `sections` are Markdown with headings of their own, and follow how it fared.
    """
    more = "".join(f"{section}\n" for section in sections)
    rows = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    return f"""---
library_name: framing
pipeline_tag: text-classification
language: en
tags: [framing, war-reporting, multi-label]
---

# {report.name}

A `{kind}` classifier of framing in war reporting, sentence by sentence, with the labels of `{taxonomy}`.

| fact | value |
|---|---|
{rows}

## How it fared

Judged on `{report.split}` of data `{report.data_digest[:12]}`: {report.sentences} sentences in
{report.documents} documents.
Brackets hold 95% bootstrap intervals by document; `n/a (0)` marks labels without a positive.

{models_table([report])}
{labels_table(report)}
{more}## Intended and forbidden uses

For finding, counting and comparing frames in English war reporting, with the evidence shown to a reader.
A frame label says how an event is told. It is no finding of falsehood, illegality or bad faith, and must not be
used to rate, rank or punish persons or outlets without a person reading the evidence.

## Limits

English only. Gold and training text were composed and annotated by language models after the codebook: agreement
between people is expected to be lower. One sentence cannot show omission, selection or balance.
"""
