"""What is known of a run when it is judged for promotion. A field without evidence is None, never a guess."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from framing.evaluation.intervals import Interval
from framing.evaluation.report import Report
from framing.schema import Hot


@dataclass(frozen=True, slots=True)
class Rows:
    """Gold and decisions on the test split, both (n_sentences, n_labels), by sentence and document."""

    labels: tuple[str, ...]
    ids: tuple[str, ...]
    documents: tuple[str, ...]
    gold: Hot
    decided: Hot


@dataclass(frozen=True, slots=True)
class Sides:
    """The side-neutrality certificate: what changes when the two sides of a story are exchanged."""

    flip_rate: float
    signed: Interval
    sentences: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How many behaviour cases passed."""

    pass_rate: float
    cases: int


@dataclass(frozen=True, slots=True)
class SliceScore:
    """One slice of the test split, as voice=direct."""

    sentences: int
    micro_f1: float


@dataclass(frozen=True, slots=True)
class Budget:
    """What the model costs: bytes of its folder, milliseconds a sentence (one at a time, median)."""

    bytes: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Artifact:
    """The logged model in a fresh process without network: its largest distance from the recorded scores.

    None: it could not be tried; infinite: it failed. `problem` says why.
    """

    difference: float | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the gate asks about one run."""

    run_id: str
    name: str
    report: Report | None = None
    """On the test split."""
    rows: Rows | None = None
    leaky: bool = False
    sides: Sides | None = None
    behaviour: Behaviour | None = None
    slices: Mapping[str, SliceScore] | None = None
    """By name, as `voice=direct`."""
    budget: Budget | None = None
    artifact: Artifact | None = None
    baselines: Mapping[str, Rows] = field(default_factory=dict)
    """Rows of the newest run of each kind on the same test data."""
