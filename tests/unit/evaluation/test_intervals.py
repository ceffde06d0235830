import time

import numpy as np
from sklearn.metrics import average_precision_score

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


def test_average_precision_of_a_draw_is_that_of_the_weighted_sentences():
    random = np.random.default_rng(3)
    gold, scores = random.random((60, 2)) < 0.3, random.integers(0, 9, (60, 2)) / 9
    documents = [f"d{k // 10}" for k in range(60)]
    weights = intervals.draw_documents(6, 20, seed=1)

    drawn = intervals.drawn_average_precision(gold, scores, documents, weights)
    each = [
        [average_precision_score(gold[:, k], scores[:, k], sample_weight=np.repeat(row, 10)) for k in range(2)]
        for row in weights
    ]
    np.testing.assert_allclose(drawn, each)
    once = intervals.drawn_average_precision(gold, scores, documents, np.ones((1, 6)))
    np.testing.assert_allclose(once[0], metrics.average_precision(gold, scores))


def test_a_draw_without_a_positive_has_no_average_precision():
    gold, scores = np.array([[True], [False]]), np.array([[0.9], [0.1]])
    drawn = intervals.drawn_average_precision(gold, scores, ["a", "b"], np.array([[0.0, 2.0], [2.0, 0.0]]))
    none = intervals.drawn_average_precision(~gold & gold, scores, ["a", "b"], np.ones((1, 2)))

    np.testing.assert_array_equal(drawn[:, 0], [np.nan, 1.0])
    assert np.isnan(none).all()


def test_mean_interval_weighs_documents_and_leaves_out_what_has_no_value():
    values, documents = np.array([1.0, np.nan, 0.0]), ["a", "a", "b"]
    weights = np.array([[2.0, 0.0], [0.0, 2.0]])
    spread = intervals.mean_interval(values, documents, weights)

    assert spread.value == 0.5
    np.testing.assert_allclose((spread.low, spread.high), (0.025, 0.975))
    assert np.isnan(intervals.mean_interval(np.array([np.nan]), ["a"], np.ones((1, 1))).value)


def test_a_large_sheet_takes_seconds():
    gold, decided, documents = sheet(20_000, 14)
    began = time.process_time()
    intervals.f1_intervals(gold, decided, documents)
    weights = intervals.draw_documents(1_000, 1_000, seed=0)
    intervals.drawn_average_precision(gold, np.random.default_rng(0).random(gold.shape), documents, weights)

    assert time.process_time() - began < 10


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
