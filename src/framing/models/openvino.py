"""The encoder's network as a graph that OpenVINO reads: in bf16 where the processor multiplies it, in fp32 elsewhere.

Its files are named as Optimum Intel names them. OpenVINO chooses the precision when it opens the graph.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import torch
from torch import Tensor

from framing.models.program import OUTPUTS, program_of, quiet_exporter, require

if TYPE_CHECKING:
    from framing.models.encoder import EncoderClassifier

GRAPH, WEIGHTS = "openvino_model.xml", "openvino_model.bin"
EXTRA = "openvino"
SETTINGS = {"PERFORMANCE_HINT": "LATENCY"}


class Compiled:
    """A graph in memory; OpenVINO compiles it at the first call, for as many threads as torch has then."""

    backend: ClassVar[str] = "openvino"

    def __init__(self, graph: bytes, weights: bytes) -> None:
        self.graph, self.weights = graph, weights
        self._open: Any = None

    @classmethod
    def of(cls, encoder: "EncoderClassifier") -> Self:
        """From the torch model, in fp32."""
        require("openvino", EXTRA)
        import openvino

        with quiet_exporter():
            model = openvino.convert_model(program_of(encoder))
        for output, name in zip(model.outputs, OUTPUTS, strict=True):
            output.get_tensor().set_names({name})
        with tempfile.TemporaryDirectory() as scratch:
            openvino.save_model(model, Path(scratch) / GRAPH, compress_to_fp16=False)
            return cls.load(Path(scratch))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What `save` wrote."""
        return cls((folder / GRAPH).read_bytes(), (folder / WEIGHTS).read_bytes())

    def save(self, folder: Path) -> None:
        """The graph, XML, and its weights."""
        (folder / GRAPH).write_bytes(self.graph)
        (folder / WEIGHTS).write_bytes(self.weights)

    def __call__(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, T, n_labels), or (B, n_labels) of a pooled head, and last hidden states (B, T, width)."""
        if self._open is None:
            self._open = self._opened()
        rows = [input_ids.numpy(), attention_mask.numpy()]
        found = self._open.create_infer_request().infer(rows, share_inputs=True, share_outputs=True)
        logits, hidden = (torch.from_numpy(found[name].copy()) for name in OUTPUTS)
        return logits, hidden

    def _opened(self) -> Any:
        require("openvino", EXTRA)
        import openvino

        core = openvino.Core()
        settings = {**SETTINGS, "INFERENCE_NUM_THREADS": torch.get_num_threads()}
        return core.compile_model(core.read_model(self.graph, self.weights), "CPU", settings)
