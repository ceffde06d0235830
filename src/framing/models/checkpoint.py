"""Checkpoints of a training: weights, best weights, optimizer, schedule, random state. Safetensors and JSON, no pickle.

A folder `checkpoint-STEP` that holds `trainer_state.json` is whole: Hugging Face's Trainer writes that file last.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from framing.errors import FramingError

WHOLE = "trainer_state.json"
WEIGHTS, BEST, OPTIMIZER, RANDOM = "weights", "best", "optimizer", "random"
STATE = "framing.json"


def newest(folder: Path) -> Path | None:
    """The whole checkpoint with the highest step in `folder`, or None."""
    found = [path for path in folder.glob("checkpoint-*") if _is_whole(path)]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def check_seen(folder: Path) -> None:
    """Raise FramingError where this process does not see the checkpoint that another has found."""
    if not _is_whole(folder):
        raise FramingError(
            expected=f"the checkpoint {folder}, for every process to read",
            found="none on this machine",
            fix="Put the store's folder where all machines see it, or go on with one process.",
        )


def save_tensors(folder: Path, name: str, tensors: Mapping[str, Tensor]) -> None:
    """As `NAME.safetensors`; tensors that share memory are kept apart. Raises OSError where the disk is full."""
    folder.mkdir(parents=True, exist_ok=True)
    copies = {key: tensor.detach().cpu().clone().contiguous() for key, tensor in tensors.items()}
    try:
        save_file(copies, folder / f"{name}.safetensors")
    except SafetensorError as error:
        raise OSError(str(error)) from error


def load_tensors(folder: Path, name: str) -> dict[str, Tensor]:
    """What `save_tensors` wrote."""
    found: dict[str, Tensor] = load_file(folder / f"{name}.safetensors")
    return found


def save_state(folder: Path, values: Mapping[str, Any]) -> None:
    """Add JSON values to the checkpoint's own file."""
    folder.mkdir(parents=True, exist_ok=True)
    known = load_state(folder) if (folder / STATE).is_file() else {}
    (folder / STATE).write_text(json.dumps({**known, **values}), encoding="utf-8")


def load_state(folder: Path) -> dict[str, Any]:
    """The values of `save_state`."""
    found: dict[str, Any] = json.loads((folder / STATE).read_text(encoding="utf-8"))
    return found


def save_optimizer(folder: Path, optimizer: Any, schedule: Any) -> None:
    """Moments and steps of every parameter as tensors; groups and the schedule as JSON."""
    state = optimizer.state_dict()
    moments = {f"{row}.{key}": value for row, values in state["state"].items() for key, value in values.items()}
    save_tensors(folder, OPTIMIZER, moments)
    save_state(folder, {"groups": state["param_groups"], "schedule": schedule.state_dict()})


def load_optimizer(folder: Path, optimizer: Any, schedule: Any) -> None:
    """Put back what `save_optimizer` kept."""
    kept, moments = load_state(folder), dict[int, dict[str, Tensor]]()
    for name, value in load_tensors(folder, OPTIMIZER).items():
        row, _, key = name.partition(".")
        moments.setdefault(int(row), {})[key] = value
    optimizer.load_state_dict({"state": moments, "param_groups": kept["groups"]})
    schedule.load_state_dict(kept["schedule"])


def save_random(folder: Path) -> None:
    """The state of torch's generators, which draw dropout; nothing else draws while it trains."""
    states = {"cpu": torch.get_rng_state()}
    states |= {f"cuda.{k}": state for k, state in enumerate(torch.cuda.get_rng_state_all())}
    save_tensors(folder, RANDOM, states)


def load_random(folder: Path) -> None:
    """Put back what `save_random` kept."""
    states = load_tensors(folder, RANDOM)
    torch.set_rng_state(states.pop("cpu"))
    if states and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([states[name] for name in sorted(states)])


def _is_whole(path: Path) -> bool:
    try:
        json.loads((path / WHOLE).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return True
