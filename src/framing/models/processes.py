"""Several processes that train one model together, as `torchrun` starts them.

Each reads its share of every batch; losses are weighed so that their mean over the processes, and so the mean of the
gradients, is the one of the whole batch: as many processes as you like end, to rounding, where one would.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from torch import Tensor

T = TypeVar("T")


def rank() -> int:
    """Of this process: 0 for the first, which alone logs and saves."""
    return int(os.environ.get("RANK", "0"))


def count() -> int:
    """Of the processes, on all machines."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def share(batch: Sequence[int]) -> list[int]:
    """The rows of a batch that this process reads: every one of them where there are fewer rows than processes."""
    return list(batch) if len(batch) < count() else list(batch[rank() :: count()])


def weighed(mean: "Tensor", n: "Tensor | int") -> "Tensor":
    """A mean over `n` terms of this process, for a mean over processes that is the mean over all terms."""
    if count() == 1:
        return mean
    from torch.distributed import all_reduce

    total = mean.new_zeros(()) + n
    all_reduce(total)
    return mean * n * count() / total.clamp(min=1)


def agreed(value: T) -> T:
    """What the first process found, for all to go on with."""
    if count() == 1:
        return value
    from torch.distributed import broadcast_object_list

    values = [value]
    broadcast_object_list(values, src=0)
    return values[0]
