"""An alias of the registry, followed: the version it points at, and that version's model and certificate."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framing.errors import FramingError
from framing.models.store import Model
from framing.tracking import bundled, registry, runs, store

if TYPE_CHECKING:
    from mlflow import MlflowClient


class Alias:
    """`models:/NAME@ALIAS`; every call asks the store anew."""

    def __init__(self, uri: str) -> None:
        self.name, _, self.alias = uri.removeprefix("models:/").partition("@")
        if not uri.startswith("models:/") or not self.alias:
            raise FramingError(expected="models:/NAME@ALIAS", found=repr(uri), fix="Name an alias, as @champion.")
        self._client: MlflowClient | None = None

    def version(self) -> str | None:
        """The version's number, None where the alias points at none; raises what the store's client raises."""
        found = registry.aliased(self._connected(), self.alias, name=self.name)
        return None if found is None else str(found.version)

    def load(self, version: str) -> tuple[Model, Any]:
        """The model of a version, and its run's certificate or None."""
        model = registry.load(f"models:/{self.name}/{version}")
        return model, certificate(self._connected(), model.facts.get("run_id"))

    def _connected(self) -> "MlflowClient":
        if self._client is None:
            self._client = store.connect()
        return self._client


def certificate(client: "MlflowClient", run_id: str | None) -> Any:
    """The side-neutrality certificate that a run logged, or None."""
    if not run_id or runs.SIDES not in {item.path for item in client.list_artifacts(run_id)}:
        return None
    return json.loads(runs.read_artifact(client, run_id, runs.SIDES))


def load(uri: str) -> tuple[Model, Any]:
    """The model behind any URI or in a folder, and its certificate: that of its run, or the file in the folder."""
    uri = registry.or_bundled(uri)
    if not uri.startswith(("models:/", "runs:/")):
        return registry.load(uri), bundled.certificate(bundled.folder() if uri == bundled.NAME else Path(uri))
    alias = Alias(uri) if follows(uri) else None
    if alias and (version := alias.version()):
        return alias.load(version)
    model = registry.load(uri)
    return model, certificate(store.connect(), model.facts.get("run_id"))


def follows(uri: str) -> bool:
    """Whether a model URI names an alias, which may move."""
    return uri.startswith("models:/") and "@" in uri
