import json
import re

import pytest

from framing.errors import FramingError
from framing.evaluation.cases import CAPABILITIES, load_cases, load_shipped, positives, taxonomy_cases
from tests.conftest import ROOT

WHOLE = {
    "id": "a-1",
    "capability": "minimum",
    "label": "liberation",
    "text": "They freed the town.",
    "expect": {"has": ["liberation"], "not": []},
    "note": "why",
}
PAIR = WHOLE | {"changed": "They took the town.", "expect_changed": {"has": [], "not": ["liberation"]}}


def written(folder, *cases, name="a.jsonl"):
    lines = [json.dumps(case) if isinstance(case, dict) else case for case in cases]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_cases_come_from_every_file_in_order(tmp_path, conflict):
    written(tmp_path, PAIR | {"id": "b", "capability": "direction"}, "", name="b.jsonl")
    written(tmp_path, WHOLE)

    first, second = load_cases(tmp_path, conflict)

    assert (first.id, first.expect.has, first.expect.lacks, first.changed) == ("a-1", ("liberation",), (), None)
    assert (second.id, second.expect_changed.lacks) == ("b", ("liberation",))


def test_the_shipped_cases_are_sound_and_show_every_capability(conflict):
    cases = load_shipped(conflict)

    assert {case.capability for case in cases} == set(CAPABILITIES)
    assert all(case.note for case in cases)


def test_no_case_is_a_sentence_of_the_corpus(conflict):
    texts = {
        json.loads(line)["text"]
        for path in (ROOT / "data/conflict_frames").glob("[tv]*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }

    assert len(texts) > 1000
    assert [case.id for case in load_shipped(conflict) if {case.text, case.changed} & texts] == []


def test_the_examples_of_the_taxonomy_are_cases_of_minimum(conflict):
    cases = taxonomy_cases(conflict)
    named = {case.id: case for case in cases}

    assert len(cases) == sum(len(label.positives) + len(label.negatives) for label in conflict.labels)
    assert named["liberation.positive-0"].expect.has == ("liberation",)
    assert named["liberation.near-miss-1"].expect.lacks == ("liberation",)
    assert {case.label for case in positives(cases)} == set(conflict.ids())
    assert all(case.evidence for case in positives(cases))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "victory"}, "only labels of conflict/1.0 in line 1 of a.jsonl, found ['victory']"),
        ({"expect": {"has": ["victory"], "not": []}}, "found ['victory']"),
        ({"capability": "grammar"}, "a sound case in line 1 of a.jsonl, found capability: Input should be 'minimum'"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"note": ""}, "note: String should have at least 1 character"),
        ({"id": "a 1"}, "id: String should match pattern"),
        ({"expect": {"has": [], "not": []}}, "nothing is expected"),
        ({"expect": {"has": ["liberation"], "not": ["liberation"]}}, "expected and ruled out at once: ['liberation']"),
        ({"capability": "direction"}, "a case of direction needs changed and expect_changed"),
        ({"changed": "They took it."}, "changed and expect_changed come together"),
        (PAIR | {"changed": WHOLE["text"]}, "changed is the text itself"),
        (PAIR | {"capability": "voice"}, "voice or distance belongs to cases of voice"),
        (PAIR | {"capability": "direction", "voice": "mixed"}, "voice or distance belongs to cases of voice"),
        (PAIR | {"capability": "voice", "voice": "shouted"}, "voice: Input should be 'narrator'"),
        ({"evidence": "liberated"}, "evidence 'liberated' is not in the text"),
    ],
)
def test_an_unsound_case_is_refused_with_its_line(tmp_path, conflict, change, message):
    with pytest.raises(FramingError, match=re.escape(message)):
        load_cases(written(tmp_path, WHOLE | change), conflict)


def test_a_repeated_id_is_refused_with_both_places(tmp_path, conflict):
    written(tmp_path, WHOLE)
    written(tmp_path, WHOLE | {"id": "other"}, WHOLE, name="b.jsonl")

    with pytest.raises(FramingError, match=r"line 2 of b.jsonl, found 'a-1' also in line 1 of a.jsonl"):
        load_cases(tmp_path, conflict)


def test_a_line_without_json_and_a_folder_without_cases_are_refused(tmp_path, conflict):
    with pytest.raises(FramingError, match=re.escape("cases (*.jsonl)") + ".*found none"):
        load_cases(tmp_path, conflict)
    with pytest.raises(FramingError, match=r"a sound case in line 2 of a\.jsonl, found Invalid JSON"):
        load_cases(written(tmp_path, WHOLE, "{"), conflict)
