import time

import numpy as np

from framing.evaluation import intervals, metrics


def sheet(n, labels, seed=0):
    random = np.random.default_rng(seed)
    gold = random.random((n, labels)) < 0.1
    decided = gold ^ (random.random((n, labels)) < 0.05)
    return gold, decided, [f"d{k // 20}" for k in range(n)]


def test_every_draw_holds_as_many_documents_as_there_are():
    weights = intervals.draw_documents(7, 100, seed=0)

    assert (weights.sum(axis=1) == 7).all()


def test_drawn_counts_weigh_documents():
    gold, decided, documents = sheet(60, 2)
    each = np.eye(3)

    drawn = intervals.drawn_counts(gold, decided, documents, each)
    for k in range(3):
        rows = slice(20 * k, 20 * k + 20)
        np.testing.assert_array_equal(drawn[:, k], metrics.counts(gold[rows], decided[rows]))


def test_interval_holds_the_value_and_shrinks_with_more_documents():
    few = intervals.f1_intervals(*sheet(200, 3))[1]
    many = intervals.f1_intervals(*sheet(20_000, 3))[1]

    assert few.low <= few.value <= few.high
    assert many.high - many.low < (few.high - few.low) / 3


def test_a_perfect_score_has_no_spread():
    gold, _, documents = sheet(200, 2)

    assert intervals.f1_intervals(gold, gold, documents)[2] == (1.0, 1.0, 1.0)


def test_a_label_without_positives_has_no_value_and_spoils_no_mean():
    gold, decided, documents = sheet(200, 2)
    gold[:, 1] = False
    labels, macro, _ = intervals.f1_intervals(gold, decided, documents)

    assert np.isnan(labels[1].value)
    assert macro.value == labels[0].value


def test_a_large_sheet_takes_seconds():
    began = time.perf_counter()
    intervals.f1_intervals(*sheet(20_000, 14))

    assert time.perf_counter() - began < 10
