"""Low-rank adapters (LoRA, https://arxiv.org/abs/2106.09685) with PEFT: the base stays as it is, only factors learn.

Factors and head are all that is saved; merged into the base they read as fast as a model that was tuned in full.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from framing.errors import FramingError
from framing.models.base import Base

FACTORS = "adapter_model.safetensors"
SCALE = 2
"""`lora_alpha` a rank: what was learnt is doubled before it is added."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """What PEFT keeps of an adapted model: its config, and the factors and head by name."""

    config: Any
    factors: Mapping[str, Tensor]

    def save(self, folder: Path) -> None:
        """PEFT's `adapter_config.json` and `adapter_model.safetensors`, without a path of this machine."""
        from safetensors.torch import save_file

        self.config.base_model_name_or_path = None
        self.config.save_pretrained(folder)
        save_file({name: tensor.contiguous() for name, tensor in self.factors.items()}, folder / FACTORS)


def add(model: Any, rank: int) -> Any:
    """The model with a trainable adapter on every linear layer, a trainable head, and everything else frozen."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=rank, lora_alpha=SCALE * rank, target_modules="all-linear", modules_to_save=["classifier"])
    with _peft_on_transformers_5():
        return get_peft_model(model, config)


def merge(adapted: Any) -> tuple[Any, Adapter]:
    """The stock model that reads as the adapted one does, and the adapter to save."""
    from peft import get_peft_model_state_dict

    adapter = Adapter(adapted.peft_config["default"], get_peft_model_state_dict(adapted))
    return adapted.merge_and_unload(), adapter


def load(folder: Path, model: Any, base: Base, digest: str | None) -> tuple[Any, Adapter]:
    """`model`, new on `base`, with the adapter in `folder`; raises FramingError where the base has another digest."""
    from peft import PeftModel

    if base.digest != digest:
        raise FramingError(
            expected=f"the base that the adapter was trained on, weights with SHA-256 {str(digest)[:16]}...",
            found=f"{str(base.digest)[:16]}... in {base.place}",
            fix="Install or restore that base model.",
        )
    with _peft_on_transformers_5():
        return merge(PeftModel.from_pretrained(model, str(folder)))


@contextmanager
def _peft_on_transformers_5() -> Iterator[None]:
    """PEFT 0.21 reads an attribute that transformers 5 has renamed; its users can do nothing about it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        yield
