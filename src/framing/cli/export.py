"""`framing export`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from framing.exporting import Difference


class Format(StrEnum):
    """What a model is exported to."""

    onnx = "onnx"
    openvino = "openvino"


def export(
    run: Annotated[str, typer.Argument(help="A finished run of an encoder: id, beginning of its id, or name")],
    out: Annotated[Path, typer.Option("--out", "-o", help="An empty or new folder")],
    to: Annotated[Format, typer.Option(help="The format")] = Format.onnx,
    int8: Annotated[bool, typer.Option("--int8", help="Weights and activations in 8 bits")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Write the model of a run for ONNX Runtime or OpenVINO; refused, exit 2, where its decisions are not the same."""
    from framing.exporting import export as run_export

    run_export(run, out, to=to.value, int8=int8, show=lambda found: _print(found, as_json=json))


def _print(found: "Difference", *, as_json: bool) -> None:
    import json

    from framing.cli.output import show

    show(json.dumps(found.to_record()) if as_json else found.sheet())
