import json
import math

from framing.data import stats


def test_side_information_is_zero_when_sides_are_alike():
    assert stats.side_information([True, False] * 50, [0, 0, 1, 1] * 25) == 0.0


def test_side_information_of_a_label_that_is_the_side():
    found = stats.side_information([True, False] * 50, [0, 1] * 50)

    assert math.isclose(found, math.log(2) - 1 / 200)


def test_counts_of_the_toy_dataset(toy, conflict):
    counted = json.loads(stats.describe(toy, conflict, as_json=True))

    assert counted["documents"] == 12
    assert counted["labels"]["liberation"]["positives"] == 12
    assert (counted["labels"]["liberation"]["first"], counted["labels"]["liberation"]["second"]) == (6, 6)
    assert counted["empty"] == 0.6


def test_the_table_names_every_label(toy, conflict):
    text = stats.describe(toy, conflict)

    assert all(label in text for label in conflict.ids())
