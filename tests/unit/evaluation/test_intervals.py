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


def test_the_paired_gain_is_the_difference_of_macro_f1():
    # a misses one of two positives of label 1, b one of two of label 0
    gold = np.array([[True, True], [True, False], [False, False], [False, True]])
    a, b = gold.copy(), gold.copy()
    b[0, 0] = False
    a[3, 1] = False
    documents = ["d0", "d0", "d1", "d1"]
    gain = intervals.paired_macro_f1(gold, a, b, documents)

    # a: (1 + 2/3) / 2, b: (2/3 + 1) / 2
    assert gain.value == 0
    assert gain.low < 0 < gain.high


def test_a_paired_gain_in_every_document_has_no_spread_and_turns_round():
    gold = np.array([[True], [True], [False]] * 5)
    missed = gold & np.array([[True], [False], [False]] * 5)
    documents = [f"d{k // 3}" for k in range(15)]

    gain = intervals.paired_macro_f1(gold, gold, missed, documents, draws=200, seed=3)
    loss = intervals.paired_macro_f1(gold, missed, gold, documents, draws=200, seed=3)

    np.testing.assert_allclose(gain, [1 / 3] * 3)
    np.testing.assert_allclose(loss, [-1 / 3] * 3)


def test_pairing_is_narrower_than_two_intervals():
    gold, decided, documents = sheet(600, 3)
    other = decided.copy()
    other[:5] = gold[:5]
    apart = [intervals.f1_intervals(gold, d, documents)[1] for d in (decided, other)]
    paired = intervals.paired_macro_f1(gold, other, decided, documents)

    assert paired.high - paired.low < (apart[0].high - apart[0].low) / 2
