"""The file MLflow keeps with every logged model ("models from code"): no pickle, only this file and the model folder.

No `from __future__ import annotations` here: MLflow reads the type hints of `predict` when the class is made, and
makes the signature of them.
"""

from pathlib import Path
from typing import Any, cast

import mlflow
from mlflow.pyfunc import PythonModel
from pydantic import BaseModel


class Item(BaseModel):
    """A text to read: an article, or one sentence with `params={"unit": "sentence"}`."""

    text: str
    id: str = ""


class Evidence(BaseModel):
    """The words behind a frame, and who says them."""

    start: int
    end: int
    text: str
    voice: str
    source: str | None
    distance: str


class Frame(BaseModel):
    """A label that was decided."""

    label: str
    score: float
    threshold: float
    evidence: list[Evidence]


class SentenceAnswer(BaseModel):
    """Everything about one sentence."""

    index: int
    start: int
    end: int
    text: str
    voice: str
    source: str | None
    distance: str
    frames: list[Frame]
    scores: dict[str, float]
    abstained: list[str]


class DocumentAnswer(BaseModel):
    """One document an input."""

    id: str
    sentences: list[SentenceAnswer]


class FramingModel(PythonModel):  # type: ignore[misc]
    """Answers with the documents of design section 7, one an input, in order."""

    def load_context(self, context: Any) -> None:
        """Load the model folder; nothing else is read."""
        from framing.models import store

        self.model = store.load(Path(context.artifacts["model"]))

    def predict(
        self, context: Any, model_input: list[Item], params: dict[str, Any] | None = None
    ) -> list[DocumentAnswer]:
        """One document an item; MLflow serialises the plain dictionaries."""
        from framing.answer import answer, to_documents

        unit = (params or {}).get("unit", "article")
        documents = to_documents([(item.id or str(k), item.text) for k, item in enumerate(model_input)], unit=unit)
        return cast(list[DocumentAnswer], answer(self.model, documents)["documents"])


mlflow.models.set_model(FramingModel())
