"""The encoder's network as an ONNX graph, read by ONNX Runtime: in fp32, or with weights and activations in int8.

The graph gives the same token logits and hidden states as the torch model; all that follows them stays as it is.
"""

import importlib.util
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor

from framing.errors import FramingError

if TYPE_CHECKING:
    from framing.models.encoder import EncoderClassifier

GRAPH = "model.onnx"
INPUTS, OUTPUTS = ("input_ids", "attention_mask"), ("logits", "hidden")
MOST_ROWS = 4096
PACKAGES = ("onnx", "onnxruntime", "onnxscript")
EXTRA = "onnx"


class Session:
    """A graph in memory; ONNX Runtime opens it at the first call, with as many threads as torch has then."""

    backend: ClassVar[str] = "onnx"

    def __init__(self, graph: bytes) -> None:
        self.graph = graph
        self._open: Any = None

    def save(self, folder: Path) -> None:
        """One file."""
        (folder / GRAPH).write_bytes(self.graph)

    def __call__(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, T, n_labels), or (B, n_labels) of a pooled head, and last hidden states (B, T, width)."""
        if self._open is None:
            self._open = self._opened()
        rows = dict(zip(INPUTS, (input_ids.numpy(), attention_mask.numpy()), strict=True))
        logits, hidden = self._open.run(list(OUTPUTS), rows)
        return torch.from_numpy(logits), torch.from_numpy(hidden)

    def _opened(self) -> Any:
        require("onnxruntime")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        return onnxruntime.InferenceSession(self.graph, options, providers=["CPUExecutionProvider"])


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


def graph_of(encoder: "EncoderClassifier", *, int8: bool) -> bytes:
    """The graph of `program_of`, as a file holds it."""
    for package in PACKAGES:
        require(package)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / GRAPH
        _export(encoder, path)
        return (_quantised(path) if int8 else path).read_bytes()


def require(package: str, extra: str = EXTRA) -> None:
    """Raises FramingError where an optional package is missing."""
    if importlib.util.find_spec(package) is None:
        raise FramingError(
            expected=f"the package {package}, for exported models",
            found="none",
            fix=f"Run `pip install 'framing[{extra}]'`.",
        )


def _export(encoder: "EncoderClassifier", path: Path) -> None:
    with quiet_exporter():
        torch.onnx.export(
            program_of(encoder),
            (),
            path,
            input_names=INPUTS,
            output_names=OUTPUTS,
            dynamo=True,
            external_data=False,
            verbose=False,
        )


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


def _quantised(path: Path) -> Path:
    """Weights to int8 ahead, a scale a channel; activations while it reads."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = path.with_name("small.onnx")
    quantize_dynamic(path, small, weight_type=QuantType.QInt8, per_channel=True)
    return small
