import krippendorff
import numpy as np
import pytest

from framing.evaluation.agreement import ac1, agree, alpha, positive_agreement, tables


def column(*values):
    return np.array([values], dtype=bool).T


def test_tables_count_the_four_cases():
    assert tables(column(1, 1, 0, 0, 0), column(1, 0, 1, 0, 0)).ravel().tolist() == [1, 1, 1, 2]


def test_alpha_is_that_of_the_krippendorff_library():
    rng = np.random.default_rng(0)
    first = rng.random((200, 5)) < 0.2
    second = np.where(rng.random((200, 5)) < 0.8, first, rng.random((200, 5)) < 0.2)

    found = alpha(tables(first, second))
    expected = [
        krippendorff.alpha(np.array([first[:, k], second[:, k]], dtype=int), level_of_measurement="nominal")
        for k in range(5)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_positive_agreement_and_ac1_by_hand():
    table = np.array([[6.0], [2.0], [2.0], [90.0]])

    assert positive_agreement(table)[0] == pytest.approx(12 / 16)
    chance = 2 * 0.08 * 0.92
    assert ac1(table)[0] == pytest.approx((0.96 - chance) / (1 - chance))


def test_perfect_agreement_is_one_and_an_unused_label_has_none():
    hot = np.array([[1, 0], [0, 0], [1, 0]], dtype=bool)
    used, unused = agree(hot, hot, ["a", "a", "b"], labels=["x", "y"], draws=100)

    assert (used.alpha.value, used.positive.value, used.ac1.value, used.both) == (1.0, 1.0, 1.0, 2)
    assert np.isnan([unused.alpha.value, unused.positive.value]).all()
    assert unused.ac1.value == 1.0


def test_the_interval_holds_the_value():
    rng = np.random.default_rng(1)
    first = rng.random((300, 1)) < 0.3
    second = first ^ (rng.random((300, 1)) < 0.05)
    (row,) = agree(first, second, [str(k // 5) for k in range(300)], labels=["x"], draws=500)

    assert row.alpha.low < row.alpha.value < row.alpha.high < 1
