"""The bundled model becomes a version of the registry, judged as every run is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from framing import pipeline
from framing.config import Encoder, TrainConfig
from framing.models import store
from framing.tracking import bundled
from framing.tracking.history import Entry


def adopt(dataset: Path, *, say: Callable[[str], None] = print) -> Entry:
    """Log the bundled model as a run on `dataset`, register it and put it before the gate.

    The first champion of a store is made one whatever the gate finds, which is recorded. Raises FramingError where
    `dataset` is none of the model's taxonomy.
    """
    model = store.load(bundled.folder())
    taxonomy = model.taxonomy.split("/", maxsplit=1)[0]
    config = TrainConfig(run=bundled.NAME, dataset=dataset, taxonomy=taxonomy, model=_settings(model.classifier))
    outcome = pipeline.train(config, reuse=True, say=say, model=model)
    _, entry = pipeline.crown([outcome])
    return entry


def _settings(classifier: Any) -> Encoder:
    """What the bundled encoder was trained with, as a config has it."""
    known = {name: getattr(classifier, name) for name in Encoder.model_fields if hasattr(classifier, name)}
    return Encoder(kind="encoder", use_cues=bool(classifier.cues), **known)
