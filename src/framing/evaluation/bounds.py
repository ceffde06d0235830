"""From where on a shift of the input counts. Values stand in `configs/monitor/*.yaml`; none has a default here."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


class Bounds(BaseModel):
    """What makes a verdict: `watch` and `drift` bound the index, `p` the test, `sentences` what is judged at all."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    watch: float = Field(ge=0)
    drift: float = Field(ge=0)
    p: float = Field(gt=0, le=1)
    sentences: int = Field(ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.watch > self.drift:
            raise PydanticCustomError("framing_bounds", "watch must not be above drift")
        return self
