"""A versioned list of labels: what each means, what it looks like, what it is mistaken for.

One YAML file drives label order, the `rules` model, docs/codebook.md, the model card and the tests.
"""

import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from framing.errors import FramingError

SHIPPED = (Path(__file__).parent / "resources/taxonomies", Path(__file__).parents[2] / "configs/taxonomies")
"""Where a bare name is looked up: inside an installed wheel, then in a checkout."""


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


Cue = Annotated[str, AfterValidator(_compiles)]
LabelId = Annotated[str, Field(pattern=r"^[A-Za-z][\w\-,]*$", max_length=80)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Positive(_Value):
    """A sentence that carries the label, and the words that carry it."""

    text: str
    evidence: str

    @model_validator(mode="after")
    def _evidence_is_in_text(self) -> Self:
        if self.evidence not in self.text:
            raise ValueError(f"evidence {self.evidence!r} is not in {self.text!r}")
        return self


class Negative(_Value):
    """A sentence that looks like the label and is not, and why."""

    text: str
    why: str


class Label(_Value):
    """One label. `cues` are regular expressions, matched without regard to case at word starts.

    `exclude_cues` are those of the exclusion rules: a match speaks against the label in weak labelling.
    """

    id: LabelId
    name: str
    definition: str
    turns: str = ""
    into: str = ""
    group: str = ""
    tier: Literal["", "A", "A-", "B+", "B", "B-", "ext"] = ""
    optional: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()
    exclude_cues: tuple[Cue, ...] = ()
    counter_frame: tuple[str, ...] = ()
    mappings: dict[str, str] = Field(default_factory=dict)
    positives: tuple[Positive, ...] = ()
    negatives: tuple[Negative, ...] = ()


class Taxonomy(_Value):
    """Labels in their order. `name` is what records and models carry, as `conflict/1.0`."""

    id: str
    version: str
    title: str
    language: str = "en"
    groups: dict[str, str] = Field(default_factory=dict)
    labels: tuple[Label, ...]

    @model_validator(mode="after")
    def _labels_are_sound(self) -> Self:
        ids = [label.id for label in self.labels]
        if repeated := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"label ids repeat: {repeated}")
        if unknown := sorted({label.group for label in self.labels} - set(self.groups) - {""}):
            raise ValueError(f"groups without a title: {unknown}")
        return self

    @property
    def name(self) -> str:
        """As `conflict/1.0`."""
        return f"{self.id}/{self.version}"

    @cached_property
    def by_id(self) -> dict[str, Label]:
        """Labels by id, in order."""
        return {label.id: label for label in self.labels}

    def ids(self, *, optional: bool = True) -> tuple[str, ...]:
        """Label ids in order, with or without the labels that are off by default."""
        return tuple(label.id for label in self.labels if optional or not label.optional)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: any change of a word changes it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def find(name: str) -> Path:
    """The file of a taxonomy given by path or by the name of one that is shipped."""
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        return path
    for folder in SHIPPED:
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = sorted({p.stem for folder in SHIPPED for p in folder.glob("*.yaml")})
    raise FramingError(expected=f"a taxonomy among {known} or a .yaml file", found=repr(name), fix="Correct the name.")


def load(name: str) -> Taxonomy:
    """The taxonomy in a YAML file or of a shipped name; raises FramingError that names the field at fault."""
    path = find(name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FramingError(
            expected=f"a readable taxonomy file {path}",
            found=error.strerror or "an error",
            fix="Check the path.",
        ) from error
    return parse(text, str(path))


def parse(text: str, path: str) -> Taxonomy:
    """The taxonomy in YAML text; `path` says in errors where it stands."""
    try:
        raw: Any = yaml.safe_load(text)
        return Taxonomy.model_validate(raw)
    except yaml.YAMLError as error:
        raise FramingError(expected=f"YAML in {path}", found=str(error).splitlines()[0], fix="Mend it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise FramingError(
            expected=f"a sound taxonomy in {path}",
            found=f"{where}: {first['msg']}",
            fix="Correct that field.",
        ) from error


def named(name: str) -> Taxonomy:
    """The shipped taxonomy that calls itself `name`, as `conflict/1.0`; raises FramingError where none does."""
    shipped = {t.name: t for folder in SHIPPED for path in sorted(folder.glob("*.yaml")) for t in [load(str(path))]}
    if name not in shipped:
        raise FramingError(
            expected=f"a taxonomy among {sorted(shipped)}", found=repr(name), fix="Name its file with --taxonomy."
        )
    return shipped[name]
