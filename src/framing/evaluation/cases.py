"""Behaviour cases: what a model must and must not find in a sentence, one JSON object a line (docs/behaviour.md)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from framing.errors import FramingError
from framing.schema import Distance, Voice
from framing.shipped import shipped
from framing.taxonomy import Taxonomy

Capability = Literal["minimum", "direction", "invariance", "negation", "mention", "voice"]
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)
PAIRED = {"direction", "invariance", "voice"}
"""Capabilities that are about a change: their cases have a text before and after."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expectation(_Value):
    """Labels that must be decided, and labels that must not; others do not matter."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = Field((), alias="not")

    @model_validator(mode="after")
    def _is_no_contradiction(self) -> Self:
        if both := sorted(set(self.has) & set(self.lacks)):
            raise ValueError(f"expected and ruled out at once: {both}")
        return self


class Case(_Value):
    """One behaviour case; `voice` and `distance` are those of the sentence after the change."""

    id: str = Field(pattern=r"^[\w.-]+$")
    capability: Capability
    label: str
    text: str = Field(min_length=1)
    expect: Expectation
    changed: str | None = None
    expect_changed: Expectation | None = None
    voice: Voice | None = None
    distance: Distance | None = None
    evidence: str | None = None
    note: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.changed is None) != (self.expect_changed is None):
            raise ValueError("changed and expect_changed come together")
        if self.capability in PAIRED and self.changed is None:
            raise ValueError(f"a case of {self.capability} needs changed and expect_changed")
        if self.changed == self.text:
            raise ValueError("changed is the text itself")
        if (self.capability == "voice") != bool(self.voice or self.distance):
            raise ValueError("voice or distance belongs to cases of voice, which need one of them")
        if self.evidence is not None and self.evidence not in self.text:
            raise ValueError(f"evidence {self.evidence!r} is not in the text")
        if not any(e.has or e.lacks for e in self.expectations):
            raise ValueError("nothing is expected")
        return self

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """Of the text, and of the changed text where there is one."""
        return (self.expect,) if self.expect_changed is None else (self.expect, self.expect_changed)

    @property
    def labels(self) -> set[str]:
        """Every label the case speaks of."""
        return {self.label, *(label for e in self.expectations for label in (*e.has, *e.lacks))}


def load_cases(folder: Path, taxonomy: Taxonomy) -> list[Case]:
    """The cases of every `*.jsonl` in the folder, in order; raises FramingError that names file, line and field."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise FramingError(expected=f"cases (*.jsonl) in {folder}", found="none", fix="Name data/behaviour.")
    known = set(taxonomy.ids())
    homes: dict[str, str] = {}
    cases = []
    for place, case in (found for path in files for found in _read(path)):
        if unknown := sorted(case.labels - known):
            raise _wrong(place, f"only labels of {taxonomy.name}", str(unknown))
        if case.id in homes:
            raise _wrong(place, "every id once", f"{case.id!r} also in {homes[case.id]}")
        homes[case.id] = place
        cases.append(case)
    return cases


def load_shipped(taxonomy: Taxonomy) -> list[Case]:
    """The cases of `data/behaviour`, which travel with the package."""
    return load_cases(shipped("data/behaviour"), taxonomy)


def taxonomy_cases(taxonomy: Taxonomy) -> list[Case]:
    """The taxonomy's own examples as cases of `minimum`: its positives have the label, its near-misses do not."""
    cases = []
    for label in taxonomy.labels:
        for n, positive in enumerate(label.positives):
            has = Expectation(has=(label.id,))
            cases.append(_minimum(f"{label.id}.positive-{n}", label.id, positive.text, has, positive.evidence))
        for n, negative in enumerate(label.negatives):
            lacks = Expectation.model_validate({"not": (label.id,)})
            cases.append(_minimum(f"{label.id}.near-miss-{n}", label.id, negative.text, lacks, None))
    return cases


def positives(cases: Sequence[Case]) -> list[Case]:
    """The cases that show a label in a text of their own: what perturbations are made of."""
    return [case for case in cases if case.capability == "minimum" and case.expect.has]


def _minimum(name: str, label: str, text: str, expect: Expectation, evidence: str | None) -> Case:
    return Case(
        id=name, capability="minimum", label=label, text=text, expect=expect, evidence=evidence, note="taxonomy"
    )


def _read(path: Path) -> Iterator[tuple[str, Case]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            place = f"line {number} of {path.name}"
            try:
                yield place, Case.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                raise _wrong(place, "a sound case", f"{where + ': ' if where else ''}{first['msg']}") from error


def _wrong(place: str, expected: str, found: str) -> FramingError:
    return FramingError(expected=f"{expected} in {place}", found=found, fix="docs/behaviour.md has the format.")
