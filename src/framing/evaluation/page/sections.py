"""The sections of the page, each a function of findings."""

from collections.abc import Iterable, Mapping, Sequence

from framing.evaluation.ceiling import Ceiling
from framing.evaluation.findings import Findings
from framing.evaluation.mistakes import KINDS, Mistake, pieces
from framing.evaluation.page import charts
from framing.evaluation.page.html import Html, join, label, number, spread, table, tag
from framing.evaluation.rationales import EvidenceScore
from framing.evaluation.report import LabelScore, Report
from framing.evaluation.slices import SliceScore

LONG = {"conflict", "party", "source type"}
"""Slices with many values, folded up."""
KIND_TITLES = {"false positive": "Labelled, and gold does not", "missed": "Missed, and gold has it"}


def head(report: Report, facts: Mapping[str, str]) -> Html:
    """Name, what it was judged on, where it comes from."""
    rows = [part for name, value in facts.items() for part in (tag("dt", name), tag("dd", value))]
    judged = (
        f"n = {report.sentences} sentences in {report.documents} documents, split {report.split}, "
        f"data {report.data_digest[:12]}. Under each figure: its 95% bootstrap interval by document."
    )
    return join([tag("h1", report.name), tag("p", judged), tag("dl", *rows)])


def models(findings: Findings) -> Html:
    """The model beside the baselines on the same data and the coders."""
    rows = [_model_row(r) for r in (*findings.baselines, findings.report)]
    rows += [_coder_row(c) for c in findings.ceilings]
    shown = table(["model", "macro F1", "micro F1", "mean AP", "ECE", "[n]"], rows, own=len(findings.baselines))
    note = "A coder is judged against gold that this coder's own votes helped to settle: an upper bound."
    return join([tag("h2", "Beside what simpler models get"), shown, _note(note) if findings.ceilings else ""])


def labels(report: Report) -> Html:
    """Every label, also one without positives."""
    head = ["label", "F1", "precision", "recall", "AP"]
    note = "n: positives. Answered: share of sentences whose score lies outside the label's band of doubt."
    return join([tag("h2", "Labels"), _note(note), table(head, [_label_row(row) for row in report.labels])])


def slices(rows: Sequence[SliceScore]) -> Html:
    """Every slice with its gap; long ones folded up."""
    note = (
        "Gap: the mean over labels with positives on both sides of F1 here minus F1 in the rest. "
        "▼ and ▲ mark gaps whose interval lies below or above zero."
    )
    names = list(dict.fromkeys(row.slice for row in rows))
    short = [row for row in rows if row.slice not in LONG]
    folded = [_folded(name, [row for row in rows if row.slice == name]) for name in names if name in LONG]
    return join([tag("h2", "Slices"), _note(note), _slice_table(short), *folded])


def curves(findings: Findings) -> Html:
    """Calibration and risk-coverage."""
    report = findings.report
    own = (report.coverage.value, report.selective_risk.value)
    reliable = tag(
        "figure",
        charts.reliability(findings.reliability),
        tag(
            "figcaption", f"Calibration, all labels pooled; mean calibration error {number(report.calibration_error)}."
        ),
    )
    risk = tag(
        "figure",
        charts.risk_coverage(findings.risk, own),
        tag(
            "figcaption",
            "Share of sentences with a wrong decision among the surest. Mean risk "
            f"{number(report.risk_area)}; ✕ where the band of doubt puts the model: coverage "
            f"{number(own[0])}, risk {number(own[1])}.",
        ),
    )
    return join([tag("h2", "Is it sure where it is right?"), tag("div", reliable, risk, class_="pair")])


def evidence(rows: Sequence[EvidenceScore]) -> Html:
    """How the model's words meet gold's, and whether they mattered to its score."""
    if not rows:
        return join([])
    note = (
        "Token and span F1 against gold evidence, whether decided or not; spans meet at half overlap. Deletion: how "
        "much further the score falls without the evidence than without as many other words in a row."
    )
    cells = [
        [
            join([label(r.label), tag("small", f"n = {r.gold}, {r.deleted} deleted")]),
            *map(spread, (r.token_f1, r.span_f1, r.deletion)),
        ]
        for r in rows
    ]
    return join(
        [tag("h2", "Do its reasons hold?"), _note(note), table(["label", "token F1", "span F1", "deletion"], cells)]
    )


def mistakes(found: Sequence[Mistake], *, with_text: bool) -> Html:
    """The surest mistakes, both kinds."""
    legend = tag(
        "p",
        tag("span", "gold evidence", class_="gold"),
        " and ",
        tag("mark", "evidence of the model"),
        class_="dim",
    )
    lists = []
    for kind in KINDS:
        own = [_mistake(one, with_text=with_text) for one in found if one.kind == kind]
        lists += [tag("h3", KIND_TITLES[kind]), tag("ol", *own, class_="mistakes") if own else tag("p", "None.")]
    return join([tag("h2", "Errors worth reading"), legend, *lists])


def _model_row(report: Report) -> list[object]:
    return [
        report.name,
        spread(report.macro_f1),
        spread(report.micro_f1),
        spread(report.macro_ap),
        number(report.calibration_error),
        report.sentences,
    ]


def _coder_row(coder: Ceiling) -> list[object]:
    return [f"coder {coder.by}", spread(coder.macro_f1), spread(coder.micro_f1), "n/a", "n/a", coder.sentences]


def _label_row(row: LabelScore) -> list[object]:
    none = row.support == 0
    figures = ["n/a (0)"] if none else [spread(row.f1)]
    figures += [spread(row.precision), spread(row.recall), spread(row.average_precision)]
    return [join([label(row.label), tag("small", f"n = {row.support}, {row.coverage:.0%} answered")]), *figures]


def _folded(name: str, rows: Sequence[SliceScore]) -> Html:
    return tag("details", tag("summary", f"By {name}: {len(rows)} values"), _slice_table(rows))


def _slice_table(rows: Iterable[SliceScore]) -> Html:
    head = ["slice", "[n]", "macro F1", "micro F1", "gap"]
    cells = [
        [
            join([row.value, tag("small", row.slice)]),
            join([row.sentences, tag("small", f"{row.documents} doc.")]),
            spread(row.macro_f1),
            spread(row.micro_f1),
            spread(row.gap, sign="+", flag=_flag(row)),
        ]
        for row in rows
    ]
    return table(head, cells)


def _flag(row: SliceScore) -> str:
    return " ▼" if row.gap.high < 0 else " ▲" if row.gap.low > 0 else ""


def _mistake(one: Mistake, *, with_text: bool) -> Html:
    facts = f" {one.score:.2f} (threshold {one.threshold:.2f}), {one.sentence.voice}, "
    line = tag("p", tag("strong", label(one.label)), facts, tag("span", one.sentence.id, class_="dim"))
    words = [
        _marked(piece, names) for piece, names in pieces(one.sentence.text, {"gold": one.gold, "model": one.model})
    ]
    return tag("li", tag("p", *words), line) if with_text else tag("li", line)


def _marked(piece: str, names: frozenset[str]) -> Html:
    inner = tag("span", piece, class_="gold") if "gold" in names else join([piece])
    return tag("mark", inner) if "model" in names else inner


def _note(words: str) -> Html:
    return tag("p", words, class_="dim")
