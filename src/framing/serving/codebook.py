"""`GET /v1/taxonomy`: what the labels of the model mean, for the page and for apps."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException

from framing import taxonomy as taxonomies
from framing.errors import FramingError
from framing.models.store import Model


def router(current: Callable[[], Model]) -> APIRouter:
    """The route over the model that answers now."""
    routes = APIRouter()

    @routes.get("/v1/taxonomy")
    def taxonomy() -> dict[str, Any]:
        """What each label means, what it is mistaken for, and the plain words for it."""
        model = current()
        name, _, version = model.taxonomy.partition("/")
        try:
            known = taxonomies.load(name)
        except FramingError as error:
            raise HTTPException(404, "the model's taxonomy is not a shipped one") from error
        if known.version != version:
            raise HTTPException(404, "the model's taxonomy has another version than the shipped one")
        labels = [known.by_id[label].model_dump(mode="json") for label in model.labels]
        return {"name": known.name, "title": known.title, "groups": dict(known.groups), "labels": labels}

    return routes
