import numpy as np

from framing.models.batching import LengthBatches, by_length


def test_reading_batches_hold_every_row_once_longest_first():
    batches = by_length([3, 9, 5, 1, 7], 2)

    assert batches == [[1, 4], [2, 0], [3]]


def test_training_batches_hold_every_row_once():
    sampler = LengthBatches(list(range(101)), 8, seed=0)
    batches = list(sampler)

    assert sorted(k for batch in batches for k in batch) == list(range(101))
    assert len(batches) == len(sampler) == 13


def test_batches_are_of_like_length():
    lengths = np.random.default_rng(0).integers(5, 100, 800)
    spread = [lengths[batch].max() - lengths[batch].min() for batch in LengthBatches(lengths, 16, seed=0)]

    assert np.median(spread) < 10


def test_same_seed_same_batches_and_every_pass_another_order():
    first, second = (LengthBatches(list(range(64)), 8, seed=3) for _ in range(2))
    one = list(first)

    assert one == list(second)
    assert one != list(first)
