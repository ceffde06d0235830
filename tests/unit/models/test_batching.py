import itertools

import numpy as np
import pytest

from framing.models.batching import PASS, LengthBatches, by_length


def test_reading_batches_hold_every_row_once_longest_first():
    lengths = [3, 9, 5, 1, 7]
    batches = by_length(lengths, 2)

    assert [len(batch) for batch in batches] in ([1, 2, 2], [2, 1, 2], [2, 2, 1])
    assert [lengths[row] for batch in batches for row in batch] == [9, 7, 5, 3, 1]
    assert by_length([], 2) == []


def test_a_long_sentence_is_read_apart_from_short_ones_and_like_ones_together():
    assert by_length([20, 160, 21, 22, 155, 20], 32) == [[1, 4], [3, 2, 0, 5]]
    assert by_length([20, 30, 25], 32) == [[1, 2, 0]]


def test_no_other_cut_reads_fewer_tokens():
    lengths = [120, 90, 88, 60, 31, 30, 12, 8]

    def tokens(cuts):
        pairs = itertools.pairwise([0, *cuts, len(lengths)])
        return sum(PASS + lengths[start] * (stop - start) for start, stop in pairs)

    least = min(tokens(cuts) for n in range(len(lengths)) for cuts in itertools.combinations(range(1, 8), n))
    assert sum(PASS + lengths[batch[0]] * len(batch) for batch in by_length(lengths, 8)) == least


def test_training_batches_hold_every_row_once():
    sampler = LengthBatches(list(range(101)), 8, seed=0)
    batches = list(sampler)

    assert sorted(k for batch in batches for k in batch) == list(range(101))
    assert len(batches) == len(sampler) == 13


@pytest.mark.parametrize(("n", "size", "pieces"), [(64, 8, 2), (61, 8, 3), (7, 16, 4), (5, 2, 4), (9, 8, 2)])
def test_the_pieces_of_a_batch_follow_one_another(n, size, pieces):
    whole, cut = (LengthBatches(list(range(n)), size, seed=3, pieces=p) for p in (1, pieces))
    batches, found = list(whole), list(cut)

    assert len(found) == len(cut)
    assert [row for batch in batches for row in batch] == [row for piece in found for row in piece]
    assert max(map(len, found)) <= -(-size // min(pieces, size))


def test_batches_are_of_like_length():
    lengths = np.random.default_rng(0).integers(5, 100, 800)
    spread = [lengths[batch].max() - lengths[batch].min() for batch in LengthBatches(lengths, 16, seed=0)]

    assert np.median(spread) < 10


def test_same_seed_same_batches_and_every_pass_another_order():
    first, second = (LengthBatches(list(range(64)), 8, seed=3) for _ in range(2))
    one = list(first)

    assert one == list(second)
    assert one != list(first)


def test_a_later_pass_can_be_begun_with():
    through, straight = (LengthBatches(list(range(64)), 8, seed=3) for _ in range(2))
    passes = [list(through) for _ in range(3)]
    straight.set_epoch(2)

    assert list(straight) == passes[2]
