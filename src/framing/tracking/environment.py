"""Under which code and packages a run was made."""

import subprocess
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path

PINNED = (
    "mlflow",
    "numpy",
    "pandas",
    "pydantic",
    "pyyaml",
    "safetensors",
    "scikit-learn",
    "scipy",
    "sentencex",
    "torch",
    "transformers",
)
"""What a logged model needs to be loaded; versions are those of the training process."""


def package_versions() -> dict[str, str]:
    """Every installed distribution and its version, by name."""
    return dict(sorted((d.metadata["Name"].lower(), d.version) for d in distributions()))


def requirements() -> list[str]:
    """Pinned requirements of a logged model."""
    return [f"{name}=={version(name)}" for name in PINNED] + [f"framing=={framing_version()}"]


def framing_version() -> str:
    """The version of this package; `0+unknown` where it was not installed."""
    try:
        return version("framing")
    except PackageNotFoundError:
        return "0+unknown"


def code_commit() -> str:
    """The commit of the checkout this package is imported from, `+changes` where files differ; `none` outside git."""
    folder = Path(__file__).parent
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "none"
    return commit + ("+changes" if changed else "")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)  # noqa: S603, S607
    return done.stdout.strip()
