"""Candidates for near-duplicates among many texts: MinHash signatures in bands (rensa), one pass, no pair counted.

Broder et al. (1998), "Min-wise independent permutations". With b bands of r rows, two texts of Jaccard j meet with
probability 1 - (1 - j^r)^b: 0.94 at j = 0.4, 0.995 at 0.5. What meets is counted exactly by the caller.
"""

from collections.abc import Iterable, Iterator

ROWS = 3
BANDS = 42
SEED = 13


def candidates(shingled: Iterable[frozenset[tuple[str, ...]]]) -> Iterator[tuple[int, int]]:
    """Pairs (first, second) that share a band, first < second; texts without words meet nobody."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.5, num_perm=ROWS * BANDS, num_bands=BANDS)
    for k, grams in enumerate(shingled):
        if not grams:
            continue
        signature = RMinHash(num_perm=ROWS * BANDS, seed=SEED)
        signature.update(sorted(" ".join(gram) for gram in grams))
        for other in sorted(index.query(signature)):
            yield other, k
        index.insert(k, signature)
