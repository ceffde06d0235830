"""An alias of the registry, followed: the version it points at, and that version's model and certificate."""

import json
from typing import TYPE_CHECKING, Any

from framing.errors import FramingError
from framing.models.store import Model
from framing.tracking import registry, runs, store

if TYPE_CHECKING:
    from mlflow import MlflowClient

CERTIFICATE = "certificate"
"""A run's certificate is its JSON artifact of a name that begins so."""


class Alias:
    """`models:/NAME@ALIAS`; every call asks the store anew."""

    def __init__(self, uri: str) -> None:
        self.name, _, self.alias = uri.removeprefix("models:/").partition("@")
        if not uri.startswith("models:/") or not self.alias:
            raise FramingError(expected="models:/NAME@ALIAS", found=repr(uri), fix="Name an alias, as @champion.")
        self._client: MlflowClient | None = None

    def version(self) -> str:
        """The version's number; raises what the store's client raises."""
        return str(self._connected().get_model_version_by_alias(self.name, self.alias).version)

    def load(self, version: str) -> tuple[Model, Any]:
        """The model of a version, and its run's certificate or None."""
        model = registry.load(f"models:/{self.name}/{version}")
        return model, self._certificate(model.facts.get("run_id"))

    def _certificate(self, run_id: str | None) -> Any:
        if not run_id:
            return None
        client = self._connected()
        names = [item.path for item in client.list_artifacts(run_id)]
        found = [name for name in names if name.startswith(CERTIFICATE) and name.endswith(".json")]
        return json.loads(runs.read_artifact(client, run_id, found[0])) if found else None

    def _connected(self) -> "MlflowClient":
        if self._client is None:
            self._client = store.connect()
        return self._client


def follows(uri: str) -> bool:
    """Whether a model URI names an alias, which may move."""
    return uri.startswith("models:/") and "@" in uri
