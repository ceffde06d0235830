import json
import math

import numpy as np
import pytest

from framing.evaluation.bounds import Bounds
from framing.evaluation.drift import Reference, compare, drift_sheet, drifted, joined, p_value, psi, refer

BOUNDS = Bounds(watch=0.1, drift=0.25, p=0.01, sentences=100)


def counts(*numbers):
    return np.array(numbers, dtype=np.int64)


def reference(**features):
    sentences = len(next(iter(features.values())))
    return refer(features, split="validation", sentences=sentences, center=np.zeros(0))


def verdict(old, new):
    (shift,) = compare(reference(words=old), {"words": new}, BOUNDS)
    return shift.verdict


def test_the_index_is_the_sum_of_share_differences_times_log_ratios():
    old, new = 100.5 / 201, 50.5 / 201
    expected = (new - old) * math.log(new / old) + (150.5 / 201 - old) * math.log(150.5 / 201 / old)

    assert psi(counts(100, 100), counts(50, 150)) == pytest.approx(expected)
    assert psi(counts(100, 100), counts(50, 50)) == pytest.approx(0.0, abs=1e-4)


def test_the_test_is_pearsons_chi_square():
    from scipy.stats import chi2

    table = [(100, 100), (100, 50), (100, 150)]
    expected_live = [(a + b) / 2 for a, b in table]
    statistic = 2 * sum((b - e) ** 2 / e for (_, b), e in zip(table, expected_live, strict=True))

    assert p_value(counts(100, 100, 100), counts(100, 50, 150)) == pytest.approx(chi2.sf(statistic, 2))


def test_bins_that_expect_too_little_join_their_neighbours():
    table = joined(counts(1, 2, 50, 47, 0), counts(0, 3, 50, 45, 2))

    assert table.tolist() == [[53, 47], [53, 47]]


@pytest.mark.parametrize("live", [counts(0, 0), counts(1, 0), counts(2, 2)])
def test_a_handful_of_sentences_shows_nothing(live):
    assert psi(counts(300, 200), live) == pytest.approx(0.0, abs=1e-12)
    assert p_value(counts(300, 200), live) == 1.0


def test_a_histogram_of_tenths_holds_as_many_in_each_and_leaves_out_what_is_missing():
    histogram = reference(words=np.append(np.arange(100.0), np.nan)).features["words"]

    assert histogram.counts == (10,) * 10
    assert histogram.mean == 49.5
    assert histogram.count(np.array([-5.0, 0.0, 99.0, 500.0, np.nan])).tolist() == [2, *[0] * 8, 2]


def test_what_was_always_the_same_has_a_bin_for_all_else():
    histogram = reference(unknown=np.zeros(50)).features["unknown"]

    assert histogram.counts == (50, 0)
    assert histogram.count(np.array([0.0, 0.1])).tolist() == [1, 1]


def test_scores_and_decisions_have_fixed_bins():
    found = reference(**{"score/a": np.array([0.0, 0.95]), "rate/a": np.array([0.0, 1.0])}).features

    assert found["score/a"].counts == (1, *[0] * 8, 1)
    assert (found["rate/a"].edges, found["rate/a"].counts, found["rate/a"].mean) == ((0.5,), (1, 1), 0.5)


def test_a_feature_that_the_model_does_not_have_is_left_out():
    assert list(reference(words=np.arange(9.0), distance=np.full(9, np.nan)).features) == ["words"]


def test_verdicts():
    old = np.random.default_rng(0).normal(20, 5, 500)

    assert verdict(old, old[:250]) == "ok"
    assert verdict(old, old + 2) == "watch"
    assert verdict(old, old + 10) == "drift"
    assert verdict(old, old[:99] + 10) == "few"
    assert verdict(old, np.full(300, np.nan)) == "few"


def test_p_is_corrected_for_the_number_of_features_that_are_judged():
    old, new = np.repeat([0.0, 1.0], [300, 200]), np.repeat([0.0, 1.0], [270, 230])
    alone = compare(reference(**{"rate/a": old}), {"rate/a": new}, BOUNDS)[0].p
    names = {f"rate/{name}": old for name in "abc"}
    together = compare(reference(**names), {"rate/a": new, "rate/b": old, "rate/c": old[:50]}, BOUNDS)

    assert together[0].p == pytest.approx(2 * alone)
    assert [math.isnan(shift.p) for shift in together] == [False, False, True]


def test_a_reference_survives_json():
    first = refer({"words": np.arange(30.0)}, split="validation", sentences=30, center=np.array([0.1, 0.2]))

    assert Reference.from_record(json.loads(json.dumps(first.to_record()))) == first


def test_the_sheet_begins_with_the_largest_shift_and_records_have_no_nan():
    old = np.random.default_rng(0).normal(20, 5, 500)
    known = reference(words=old, unknown=old, distance=old)
    shifts = compare(known, {"words": old, "unknown": old + 10}, BOUNDS)

    lines = drift_sheet(shifts, known).splitlines()
    assert [line.split()[1] for line in lines[2:5]] == ["unknown", "words", "distance"]
    assert lines[2].split()[-2] == "drift"
    assert lines[4].split()[5] == "n/a"
    assert drifted(shifts)
    assert json.loads(json.dumps(shifts[2].to_record(), allow_nan=False))["live"] is None
