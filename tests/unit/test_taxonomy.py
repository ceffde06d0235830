import re

import pytest
import yaml

from framing import taxonomy as taxonomies
from framing.errors import FramingError

CONFLICT = taxonomies.find("conflict")


def changed(tmp_path, change):
    raw = yaml.safe_load(CONFLICT.read_text(encoding="utf-8"))
    change(raw)
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return str(path)


def test_conflict_has_twelve_default_labels_and_two_optional_ones(conflict):
    assert conflict.name == "conflict/1.0"
    assert len(conflict.ids(optional=False)) == 12
    assert set(conflict.ids()) - set(conflict.ids(optional=False)) == {"historical_entitlement", "atrocity_victimhood"}


def test_every_label_of_conflict_is_complete(conflict):
    for label in conflict.labels:
        assert all([label.definition, label.turns, label.into, label.group, label.tier, label.counter_frame])
        assert all([label.include, label.exclude, label.cues, label.mappings])
        assert (len(label.positives), len(label.negatives)) == (2, 2)


def test_every_shipped_taxonomy_loads():
    names = [path.stem for path in CONFLICT.parent.glob("*.yaml")]

    assert {"conflict", "ptc"} <= set(names)
    assert all(taxonomies.load(name).labels for name in names)


def test_one_changed_word_changes_the_digest(tmp_path, conflict):
    other = changed(tmp_path, lambda raw: raw["labels"][0].update(name="Freeing"))

    assert taxonomies.load(other).digest != conflict.digest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda raw: raw["labels"][0].update(id="care_for_troops"), "label ids repeat: ['care_for_troops']"),
        (lambda raw: raw["labels"][0].update(group="other"), "groups without a title: ['other']"),
        (lambda raw: raw["labels"][0].update(colour="red"), "labels.0.colour: Extra inputs are not permitted"),
        (lambda raw: raw["labels"][0].update(cues=["("]), "labels.0.cues.0"),
        (lambda raw: raw["labels"][0]["positives"][0].update(evidence="absent"), "evidence 'absent' is not in"),
    ],
)
def test_unsound_taxonomy_is_refused_with_the_field(tmp_path, change, message):
    with pytest.raises(FramingError, match=re.escape(message)):
        taxonomies.load(changed(tmp_path, change))


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(FramingError, match=r"among \['babe', .*'conflict', .*'ptc', .*found 'conflit'"):
        taxonomies.load("conflit")


def test_missing_file_and_broken_yaml_are_refused(tmp_path):
    with pytest.raises(FramingError, match="readable taxonomy file"):
        taxonomies.load(str(tmp_path / "none.yaml"))
    (tmp_path / "broken.yaml").write_text("labels: [", encoding="utf-8")
    with pytest.raises(FramingError, match="expected YAML in"):
        taxonomies.load(str(tmp_path / "broken.yaml"))
