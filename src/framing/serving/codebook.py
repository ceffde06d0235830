"""`GET /v1/taxonomy`: what the labels of the model mean, for the page and for apps."""

from typing import Any

from framing import taxonomy as taxonomies
from framing.errors import FramingError
from framing.models.store import Model


def taxonomy_of(model: Model) -> dict[str, Any]:
    """The model's labels in its order, with the words of the shipped taxonomy of that very name, else bare."""
    name, _, version = model.taxonomy.partition("/")
    try:
        known = taxonomies.load(name)
    except FramingError:  # a taxonomy of the user's own: its file is where the user keeps it
        known = None
    if known is None or known.version != version:
        return {"name": model.taxonomy, "title": model.taxonomy, "groups": {}, "labels": list(map(_bare, model.labels))}
    labels = [known.by_id[label].model_dump(mode="json") for label in model.labels]
    return {"name": known.name, "title": known.title, "groups": dict(known.groups), "labels": labels}


def _bare(label: str) -> dict[str, Any]:
    name = label.replace("_", " ").replace("-", " ")
    return taxonomies.Label(id=label, name=name[:1].upper() + name[1:], definition="").model_dump(mode="json")
