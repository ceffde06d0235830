"""An encoder's network as one program of torch, which exporters turn into the graphs of other runtimes."""

import importlib.util
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from framing.errors import FramingError

if TYPE_CHECKING:
    from framing.models.encoder import EncoderClassifier

INPUTS, OUTPUTS = ("input_ids", "attention_mask"), ("logits", "hidden")
MOST_ROWS = 4096


class _Network(torch.nn.Module):
    """A transformer that gives the two outputs of the graph."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        output = self.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
        return output.logits, output.hidden_states[-1]


def program_of(encoder: "EncoderClassifier") -> torch.export.ExportedProgram:
    """An encoder's torch model as one program, for batches and sentences of any length up to its own.

    Whoever calls it does so within `quiet_exporter`.
    """
    shape = {0: torch.export.Dim("rows", min=1, max=MOST_ROWS), 1: torch.export.Dim.AUTO}
    ids, mask = (torch.ones((2, 16), dtype=torch.int64) for _ in range(2))  # one given twice would be one input
    with torch.no_grad():
        return torch.export.export(_Network(encoder.model_).eval(), (ids, mask), dynamic_shapes=(shape, shape))


@contextmanager
def quiet_exporter() -> Iterator[None]:
    """Without what exporters warn of: internals of torch, and packages that are not needed here."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)


def require(package: str, extra: str) -> None:
    """Raises FramingError where an optional package is missing."""
    if importlib.util.find_spec(package) is None:
        raise FramingError(
            expected=f"the package {package}, for exported models",
            found="none",
            fix=f"Run `pip install 'framing[{extra}]'`.",
        )
