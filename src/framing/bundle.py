"""The bundled model becomes a version of the registry, judged as every run is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from framing import config, pipeline
from framing.models import store
from framing.models.store import Model
from framing.tracking import bundled
from framing.tracking.history import Entry


def adopt(dataset: Path, *, say: Callable[[str], None] = print) -> Entry:
    """Log the bundled model as a run on `dataset`, register it and put it before the gate.

    The first champion of a store is made one whatever the gate finds, which is recorded. Raises FramingError where
    `dataset` is none of the model's taxonomy.
    """
    model = store.load(bundled.folder())
    taxonomy = model.taxonomy.split("/", maxsplit=1)[0]
    settings = config.TrainConfig(run=bundled.NAME, dataset=dataset, taxonomy=taxonomy, model=_settings(model))
    outcome = pipeline.train(settings, reuse=True, say=say, model=model)
    _, entry = pipeline.crown([outcome])
    return entry


def _settings(model: Model) -> Any:
    """What the model was trained with, as a config has it."""
    section, classifier = config.SECTIONS[model.kind], model.classifier
    known = {name: getattr(classifier, name) for name in section.model_fields if hasattr(classifier, name)}
    cues = {"use_cues": bool(getattr(classifier, "cues", None))} if "use_cues" in section.model_fields else {}
    return section(kind=model.kind, **known, **cues)
