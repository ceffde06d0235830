import numpy as np

from framing.models.tokens import mean_of_tokens


def test_the_mean_is_over_the_tokens_of_the_mask():
    hidden = np.array([[[1.0, 2.0], [3.0, 6.0], [9.0, 9.0]], [[4.0, 0.0], [7.0, 7.0], [7.0, 7.0]]], dtype=np.float32)

    means = mean_of_tokens(hidden, np.array([[1, 1, 0], [1, 0, 0]]))
    np.testing.assert_array_equal(means, [[2.0, 4.0], [4.0, 0.0]])
    assert means.dtype == np.float64
