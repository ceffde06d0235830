import pytest

from framing.schema import Sentence
from framing.taxonomy import Label, Taxonomy


@pytest.fixture
def toy_labels():
    """Two labels: `rise` with two cues and an exclusion, `fall` with one cue."""
    rise = Label(id="rise", name="Rise", definition="", cues=("up\\b", "climb\\w*"), exclude_cues=("up to",))
    fall = Label(id="fall", name="Fall", definition="", cues=("down\\b|fell",))
    return Taxonomy(id="toy", version="1", title="Toy", labels=(rise, fall))


@pytest.fixture
def say_it():
    def say_it(text, **fields):
        return Sentence("s", "d", 0, 0, len(text), text, **fields)

    return say_it
