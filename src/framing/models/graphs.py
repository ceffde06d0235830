"""The encoder's network in a format that torch does not read: which there are, made or found in a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from framing.errors import FramingError
from framing.models import onnx, openvino

if TYPE_CHECKING:
    from framing.models.encoder import EncoderClassifier

ONNX, OPENVINO = onnx.Session.backend, openvino.Compiled.backend
FILES = (onnx.GRAPH, openvino.GRAPH)


class Graph(Protocol):
    """Reads token ids (B, T) and their mask; gives the logits and the last hidden states of the torch model."""

    @property
    def backend(self) -> str:
        """The name of the format."""

    def save(self, folder: Path) -> None:
        """Its files."""

    def __call__(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, T, n_labels), or (B, n_labels) of a pooled head, and last hidden states (B, T, width)."""


def of(encoder: "EncoderClassifier", *, to: str, int8: bool) -> Graph:
    """The graph of an encoder's torch model in the format `to`. Raises FramingError for int8 elsewhere than in ONNX."""
    if to == ONNX:
        return onnx.Session(onnx.graph_of(encoder, int8=int8))
    if int8:
        raise FramingError(expected="--int8 with --to onnx", found=f"--to {to}", fix="Leave one of them out.")
    return openvino.Compiled.of(encoder)


def found(folder: Path) -> Graph | None:
    """The graph in a folder, if there is one."""
    if (folder / onnx.GRAPH).is_file():
        return onnx.Session((folder / onnx.GRAPH).read_bytes())
    return openvino.Compiled.load(folder) if (folder / openvino.GRAPH).is_file() else None
