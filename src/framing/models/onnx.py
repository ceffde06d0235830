"""The encoder's network as an ONNX graph, read by ONNX Runtime: in fp32, or with weights and activations in int8.

The graph gives the same token logits and hidden states as the torch model; all that follows them stays as it is.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor

from framing.models.program import INPUTS, OUTPUTS, program_of, quiet_exporter, require

if TYPE_CHECKING:
    from framing.models.encoder import EncoderClassifier

GRAPH = "model.onnx"
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
        require("onnxruntime", EXTRA)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        return onnxruntime.InferenceSession(self.graph, options, providers=["CPUExecutionProvider"])


def graph_of(encoder: "EncoderClassifier", *, int8: bool) -> bytes:
    """The graph of `program_of`, as a file holds it."""
    for package in PACKAGES:
        require(package, EXTRA)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / GRAPH
        _export(encoder, path)
        return (_quantised(path) if int8 else path).read_bytes()


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


def _quantised(path: Path) -> Path:
    """Weights to int8 ahead, a scale a channel; activations while it reads."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = path.with_name("small.onnx")
    quantize_dynamic(path, small, weight_type=QuantType.QInt8, per_channel=True)
    return small
