"""Batches of sentences of like length, so that little of a batch is padding."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from torch.utils.data import Sampler

from framing.models import processes

MEGABATCH = 50
"""Batches sorted together: enough for even lengths, few enough to stay random (as transformers groups by length)."""


PASS = 64
"""What one more pass through the model is taken to cost, in tokens."""


def by_length(lengths: Sequence[int], batch_size: int) -> list[list[int]]:
    """Row numbers in batches, longest first: for reading, where order does not matter.

    Of all ways to cut the sorted rows, the one with the fewest tokens to read, padding and `PASS` a batch included.
    """
    order = np.argsort(-np.asarray(lengths), kind="stable").tolist()
    least, cut = [0], [0]
    for stop in range(1, len(order) + 1):
        starts = range(max(0, stop - batch_size), stop)
        cost, start = min((least[k] + PASS + lengths[order[k]] * (stop - k), k) for k in starts)
        least.append(cost)
        cut.append(start)
    batches, stop = [], len(order)
    while stop:
        batches.append(order[cut[stop] : stop])
        stop = cut[stop]
    return batches[::-1]


def cut(batch: list[int], pieces: int) -> list[list[int]]:
    """A batch in so many pieces, neighbours together; a batch of fewer rows has fewer pieces."""
    bounds = [len(batch) * k // pieces for k in range(pieces + 1)]
    return [batch[low:high] for low, high in pairwise(bounds) if high > low]


def pieces_of(n: int, batch_size: int, pieces: int) -> int:
    """How many pieces `n` rows have."""
    return n // batch_size * min(pieces, batch_size) + min(pieces, n % batch_size)


class LengthBatches(Sampler[list[int]]):
    """Shuffled batches of like length; every pass over it is another shuffle, the same for the same seed and pass.

    Of several processes each gets its share of every batch. With `pieces` a batch comes in so many, one after another,
    for the gradients to be added up.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int, pieces: int = 1) -> None:
        self.lengths = np.asarray(lengths)
        self.batch_size = batch_size
        self.seed = seed
        self.pieces = pieces
        self._pass = 0

    def __len__(self) -> int:
        """Batches, or pieces of them, a pass."""
        return pieces_of(len(self.lengths), self.batch_size, self.pieces)

    def __iter__(self) -> Iterator[list[int]]:
        """Row numbers, a list a piece; every row once a pass, over all processes."""
        random = np.random.default_rng(self.seed)
        for _ in range(self._pass):
            self._shuffled(random)
        self._pass += 1
        for batch in self._shuffled(random):
            yield from map(processes.share, cut(batch, self.pieces))

    def set_epoch(self, epoch: int) -> None:
        """Begin with the pass of that number, counted from 0, as torch's samplers do."""
        self._pass = epoch

    def _shuffled(self, random: np.random.Generator) -> list[list[int]]:
        order = random.permutation(len(self.lengths))
        size = self.batch_size * MEGABATCH
        batches: list[list[int]] = []
        for first in range(0, len(order), size):
            part = order[first : first + size]
            part = part[np.argsort(-self.lengths[part], kind="stable")]
            batches += [part[k : k + self.batch_size].tolist() for k in range(0, len(part), self.batch_size)]
        return [batches[k] for k in random.permutation(len(batches))]
