"""What a promotion asks for. Values stand in `configs/gates/*.yaml`, each with its reason; none has a default here."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Field(ge=0, le=1)
Amount = Field(ge=0)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Better(_Section):
    """What counts as a gain over the champion; one is enough."""

    macro_f1: float = Share
    macro_ap: float = Share
    micro_f1: float = Share
    calibration_error: float = Share
    flip_rate: float = Share
    milliseconds: float = Field(ge=0, le=1, description="as a share of the champion's")
    bytes: float = Field(ge=0, le=1, description="as a share of the champion's")


class Sides(_Section):
    """Bounds of the side-neutrality certificate."""

    flip_rate: float = Share
    signed: float = Share


class Behaviour(_Section):
    """Bound of the behaviour tests."""

    pass_rate: float = Share


class Slices(_Section):
    """How far a slice may fall, and how many sentences it needs to be asked."""

    drop: float = Share
    sentences: int = Field(ge=1)


class Budget(_Section):
    """What a model may cost."""

    milliseconds: float = Field(gt=0)
    bytes: int = Field(gt=0)


Forgivable = Literal["beats", "better", "sides", "behaviour", "slices", "latency", "size", "artifact"]
"""Rules whose evidence a policy may do without."""


class Policy(_Section):
    """The gate's bounds."""

    beats: tuple[Literal["prior", "metadata", "rules", "linear"], ...]
    margin: float = Share
    better: Better
    sides: Sides
    behaviour: Behaviour
    calibration_error: float = Share
    slices: Slices
    budget: Budget
    difference: float = Amount
    optional: tuple[Forgivable, ...]
