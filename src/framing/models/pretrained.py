"""Hugging Face folders and hub ids to tokenisers and models: safetensors only, no remote code, one line for errors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from framing.errors import FramingError, first_line

Head = Literal["evidence", "pooled"]


def tokenizer(place: str) -> Any:
    """A fast tokeniser."""
    from transformers import AutoTokenizer

    return _loaded(place, AutoTokenizer, {"use_fast": True})


def with_new_head(place: str, head: Head, labels: Sequence[str]) -> Any:
    """The base with a new head of one logit a label, for tokens or for sentences."""
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    if head not in get_args(Head):
        raise FramingError(expected=f"a head among {get_args(Head)}", found=repr(head), fix="Correct model.head.")
    names = dict(enumerate(labels))
    settings: dict[str, Any] = {
        "id2label": names,
        "label2id": {v: k for k, v in names.items()},
        "use_safetensors": True,
    }
    if head == "evidence":
        return _loaded(place, AutoModelForTokenClassification, settings)
    return _loaded(
        place, AutoModelForSequenceClassification, {**settings, "problem_type": "multi_label_classification"}
    )


def save(model: Any, folder: Path) -> None:
    """Config and safetensors, quietly."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    model.save_pretrained(folder)
    logging.enable_progress_bar()


def saved(folder: str, head: Head) -> Any:
    """The model that was saved in the folder, ready to read."""
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    kind = AutoModelForTokenClassification if head == "evidence" else AutoModelForSequenceClassification
    return _loaded(folder, kind, {"use_safetensors": True}).eval()


def config(folder: str) -> Any:
    """The config alone, of a model whose network is elsewhere."""
    from transformers import AutoConfig

    return _loaded(folder, AutoConfig, {})


def _loaded(place: str, kind: Any, settings: dict[str, Any]) -> Any:
    """`from_pretrained`, without remote code, quietly, and with one line for what can go wrong."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()  # a new head is always "newly initialized"
    logging.disable_progress_bar()  # weights load in less time than a bar takes to read
    try:
        return kind.from_pretrained(place, trust_remote_code=False, **settings)
    except (OSError, ValueError) as error:
        raise FramingError(
            expected=f"a model that transformers can load at {place}",
            found=first_line(error),
            fix="Name a local folder with config, tokenizer and safetensors weights, or check the hub id.",
        ) from error
    finally:
        logging.set_verbosity(before)
        logging.enable_progress_bar()
