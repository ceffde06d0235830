"""Behaviour tests (Ribeiro et al. 2020, CheckList): which abilities a model has, label by label, and where it fails.

A case passes where every text it has is decided as expected; a perturbation where the decisions stay the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from framing.evaluation.cases import CAPABILITIES, Case, Expectation
from framing.evaluation.perturbations import perturbed
from framing.evaluation.tables import markdown, number

Decided = Mapping[str, frozenset[str]]
"""Label ids by text."""
Heard = Mapping[str, tuple[str, str]]
"""Voice and distance by text."""
TITLE = "## Behaviour\n\n"
SHOWN = 20
"""Failures that the sheet lists; the record has all."""


class Pair(NamedTuple):
    """A positive case's text before and after a change that must not matter."""

    id: str
    kind: str
    label: str
    text: str
    changed: str


class Verdict(NamedTuple):
    """How one case ended; `kind` names the perturbation, or is empty for a case somebody wrote."""

    id: str
    capability: str
    label: str
    kind: str
    passed: bool
    expected: str
    found: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Cases of one capability and label."""

    capability: str
    label: str
    cases: int
    passed: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Cases of one perturbation; they count as invariance."""

    perturbation: str
    cases: int
    passed: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not pass."""

    id: str
    expected: str
    found: str
    text: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Pass counts by capability and label, by perturbation, and every failure."""

    rows: tuple[Row, ...]
    perturbations: tuple[Kind, ...]
    failures: tuple[Failure, ...]

    @property
    def cases(self) -> int:
        """How many cases were run."""
        return sum(row.cases for row in self.rows)

    @property
    def pass_rate(self) -> float:
        """The mean over capabilities, so that the many generated cases do not drown the few hard ones."""
        rates = [passed / cases for cases, passed in self.by_capability().values()]
        return sum(rates) / len(rates)

    def by_capability(self) -> dict[str, tuple[int, int]]:
        """Cases and passed, for each capability that has cases."""
        found: dict[str, tuple[int, int]] = {}
        for capability in CAPABILITIES:
            rows = [row for row in self.rows if row.capability == capability]
            if rows:
                found[capability] = (sum(r.cases for r in rows), sum(r.passed for r in rows))
        return found

    def metrics(self) -> dict[str, float]:
        """Flat names for MLflow."""
        return {"behaviour/pass_rate": self.pass_rate}

    def to_record(self) -> dict[str, Any]:
        """As JSON values."""
        return {"cases": self.cases, "pass_rate": self.pass_rate, **asdict(self)}


def make_pairs(cases: Iterable[Case]) -> list[Pair]:
    """Every perturbation of every case."""
    return [
        Pair(f"{case.id}+{kind.replace(' ', '-')}", kind, case.label, case.text, changed)
        for case in cases
        for kind, changed in perturbed(case.text, case.evidence).items()
    ]


def judge_cases(
    cases: Sequence[Case], pairs: Sequence[Pair], decided: Decided, heard: Heard, labels: Sequence[str]
) -> Behaviour:
    """Counts and failures. `decided` and `heard` cover every text; no case expects a label outside `labels`."""
    verdicts = [_verdict(case, decided, heard, labels) for case in cases]
    verdicts += [_same(pair, decided) for pair in pairs]
    groups = [
        (c, label, [v for v in verdicts if (v.capability, v.label) == (c, label)])
        for c in CAPABILITIES
        for label in labels
    ]
    kinds = [(kind, [v for v in verdicts if v.kind == kind]) for kind in sorted({pair.kind for pair in pairs})]
    return Behaviour(
        tuple(Row(c, label, len(own), sum(v.passed for v in own)) for c, label, own in groups if own),
        tuple(Kind(kind, len(own), sum(v.passed for v in own)) for kind, own in kinds),
        tuple(Failure(v.id, v.expected, v.found, v.text) for v in verdicts if not v.passed),
    )


def behaviour_sheet(behaviour: Behaviour, *, failures: bool = True) -> str:
    """Pass counts as Markdown, a row a label and a column a capability; with the first failures for the terminal."""
    whole = behaviour.by_capability()
    cells = {(row.label, row.capability): f"{row.passed}/{row.cases}" for row in behaviour.rows}
    labels = dict.fromkeys(row.label for row in behaviour.rows)
    rows = [[label, *(cells.get((label, c), "n/a (0)") for c in whole)] for label in labels]
    rows.append(["all labels", *(f"{passed}/{cases}" for cases, passed in whole.values())])
    rows.append(["pass rate", *(number(passed / cases) for cases, passed in whole.values())])
    head = (
        f"Pass rate {number(behaviour.pass_rate)}, the mean over capabilities; passed/cases, n = {behaviour.cases}.\n"
    )
    kinds = [[kind.perturbation, f"{kind.passed}/{kind.cases}"] for kind in behaviour.perturbations]
    tables = [head, markdown(["label", *whole], rows), markdown(["perturbation", "passed"], kinds)]
    return TITLE + "\n".join([*tables, *([_failures(behaviour)] if failures and behaviour.failures else [])])


def _failures(behaviour: Behaviour) -> str:
    lines = [f"- {f.id}: expected {f.expected}, found {f.found}: {f.text}" for f in behaviour.failures[:SHOWN]]
    if (more := len(behaviour.failures) - SHOWN) > 0:
        lines.append(f"- and {more} more: see behaviour.json")
    return "Failures:\n\n" + "\n".join(lines) + "\n"


def _verdict(case: Case, decided: Decided, heard: Heard, labels: Sequence[str]) -> Verdict:
    wrongs = list(_wrongs(case, decided, heard, set(labels)))
    expected, found, text = wrongs[0] if wrongs else ("", "", "")
    return Verdict(case.id, case.capability, case.label, "", not wrongs, expected, found, text)


def _wrongs(case: Case, decided: Decided, heard: Heard, labels: set[str]) -> Iterator[tuple[str, str, str]]:
    """What was expected, what was found, in which text, for each text that is not as expected."""
    for text, expect in ((case.text, case.expect), (case.changed, case.expect_changed)):
        if text is not None and expect is not None and not _met(expect, decided[text], labels):
            yield _named(expect), _listed(decided[text]), text
    if case.changed is not None and (case.voice or case.distance):
        voice, distance = heard[case.changed]
        wanted = (case.voice or voice, case.distance or distance)
        if wanted != (voice, distance):
            yield ", ".join(wanted), f"{voice}, {distance}", case.changed


def _same(pair: Pair, decided: Decided) -> Verdict:
    before, after = decided[pair.text], decided[pair.changed]
    return Verdict(
        pair.id, "invariance", pair.label, pair.kind, before == after, _listed(before), _listed(after), pair.changed
    )


def _met(expect: Expectation, found: frozenset[str], labels: set[str]) -> bool:
    return set(expect.has) & labels <= found and not set(expect.lacks) & found


def _named(expect: Expectation) -> str:
    return " and ".join([*expect.has, *(f"no {label}" for label in expect.lacks)])


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(sorted(labels)) or "none"
