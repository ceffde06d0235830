"""Which sentences are nearly the same, counted exactly and outside of memory: an inverted index in buckets on disk.

Three tasks for an engine. `GramTask` writes every 5-gram of a file with its sentence, parted by the gram's hash;
`PairTask` counts, bucket by bucket, the 5-grams that two sentences share, parted by the first; `JoinTask` adds the
counts of a pair up and joins pairs with a Jaccard of 0.4 or more, and equal texts. A 5-gram in more than 200 sentences
joins nothing, as in `framing.data.near`; here it does not count as shared either. Texts under five words join none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from framing.data.near import COMMON, NEAR, SIZE, shingles, words_of
from framing.scoring.plan import Part

ROW_BITS = 32
"""A sentence's number is its file's, and below so many bits its row's."""
BUCKET_ROWS = 250_000
"""Sentences a bucket: about twenty 5-grams each, 100 MB of them."""
ENTRIES = 5_000_000
"""Pairs that are held before those that recur are counted together: 150 MB."""
WHOLE = 0
"""In place of a number of 5-grams: the entry is the whole text, which joins however many sentences have it."""
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class GramTask:
    """The 5-grams of files of Parquet."""

    root: Path
    work_folder: Path
    buckets: int

    def worker(self, threads: int) -> "GramTask":
        """Nothing is to be loaded."""
        return self

    def work(self, part: Part) -> None:
        """One file's 5-grams, into `grams/BUCKET/FILE.parquet`."""
        grams: list[int] = []
        rows: list[int] = []
        sizes: list[int] = []
        for row, text in enumerate(_texts(self.root / part.slices[0].file)):
            if len(words := words_of(text)) >= SIZE:
                own = [_hash(gram) for gram in shingles(text)]
                grams += [*own, _hash(("", *words))]
                rows += [part.number << ROW_BITS | row] * (len(own) + 1)
                sizes += [*[len(own)] * len(own), WHOLE]
        table: Columns = {"gram": np.array(grams, np.uint64), "row": np.array(rows, np.uint64)}
        table["size"] = np.array(sizes, np.int32)
        _scatter(table, "gram", self.buckets, self.work_folder / "grams", part.number)


@dataclass(frozen=True, slots=True)
class PairTask:
    """The pairs of sentences that share 5-grams."""

    work_folder: Path
    buckets: int

    def worker(self, threads: int) -> "PairTask":
        """Nothing is to be loaded."""
        return self

    def work(self, part: Part) -> None:
        """One bucket's pairs and how many of its 5-grams they share, into `pairs/BUCKET/BUCKET.parquet`."""
        waiting: list[Columns] = []
        for pairs in _pairs(_gather(self.work_folder / "grams" / str(part.number))):
            waiting.append(pairs)
            if sum(len(each["first"]) for each in waiting[1:]) > ENTRIES:
                waiting = [_counted(_joined(waiting))]
        _scatter(_counted(_joined(waiting)), "first", self.buckets, self.work_folder / "pairs", part.number)


@dataclass(frozen=True, slots=True)
class JoinTask:
    """What the pairs that are nearly the same join."""

    work_folder: Path

    def worker(self, threads: int) -> "JoinTask":
        """Nothing is to be loaded."""
        return self

    def work(self, part: Part) -> None:
        """One bucket's components, as an edge from each sentence to its first, into `near/BUCKET.parquet`."""
        table = _counted(_gather(self.work_folder / "pairs" / str(part.number)))
        shared = table["shared"]
        near = shared >= NEAR * (table["size"] + table["other_size"] - shared)
        numbers, leaders = components(table["first"][near], table["second"][near])
        joined = numbers != leaders
        edges = {"first": leaders[joined], "second": numbers[joined]}
        _write(self.work_folder / "near" / f"{part.number}.parquet", edges)


def edges(work_folder: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    """Numbers of sentences, of which each is joined with its neighbour in the other array, once all tasks are done."""
    found = _gather(work_folder / "near")
    return found["first"], found["second"]


def components(first: NDArray[Any], second: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """All numbers in the edges, ascending, and the lowest number that each is joined with."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    numbers, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    cut, size = len(first), len(numbers)
    graph = coo_array((np.ones(cut, np.int8), (places[:cut], places[cut:])), shape=(size, size))
    _, component = connected_components(graph, directed=False) if size else (0, places)
    _, lowest = np.unique(component, return_index=True)
    return numbers, numbers[lowest[component]]


def _texts(path: Path) -> Iterator[str]:
    from pyarrow import parquet

    for batch in parquet.ParquetFile(path).iter_batches(columns=["text"]):
        yield from batch.column("text").to_pylist()


def _hash(gram: tuple[str, ...]) -> int:
    return int.from_bytes(blake2b(" ".join(gram).encode(), digest_size=8).digest(), "little")


def _pairs(table: Columns) -> Iterator[Columns]:
    """Pairs of sentences, the lower number first: all with an equal 5-gram, neighbours among those of equal text."""
    order = np.lexsort((table["row"], table["gram"]))
    grams, rows, sizes = (table[name][order] for name in ("gram", "row", "size"))
    whole = np.flatnonzero((grams[1:] == grams[:-1]) & (sizes[1:] == WHOLE))
    yield _paired(rows, sizes, whole, whole + 1)
    starts = np.flatnonzero(np.r_[True, grams[1:] != grams[:-1]]) if len(grams) else np.array([], np.int64)
    lengths = np.diff(np.r_[starts, len(grams)])
    joins = (lengths > 1) & (lengths <= COMMON) & (sizes[starts] != WHOLE)
    for length in np.unique(lengths[joins]).tolist():
        one, other = np.triu_indices(length, 1)
        alike, step = starts[joins & (lengths == length)], max(1, ENTRIES // len(one))
        for k in range(0, len(alike), step):
            places = alike[k : k + step, None] + np.arange(length)
            yield _paired(rows, sizes, places[:, one].ravel(), places[:, other].ravel())


def _paired(rows: NDArray[Any], sizes: NDArray[Any], first: NDArray[Any], second: NDArray[Any]) -> Columns:
    shared = np.ones(len(first), np.int32)
    pair = {"first": rows[first], "second": rows[second], "shared": shared}
    return pair | {"size": sizes[first], "other_size": sizes[second]}


def _counted(pairs: Columns) -> Columns:
    """Each pair once, with the sum of what it shares."""
    order = np.lexsort((pairs["second"], pairs["first"]))
    pairs = {name: column[order] for name, column in pairs.items()}
    if not len(order):
        return pairs
    new = (pairs["first"][1:] != pairs["first"][:-1]) | (pairs["second"][1:] != pairs["second"][:-1])
    starts = np.flatnonzero(np.r_[True, new])
    once = {name: column[starts] for name, column in pairs.items()}
    return once | {"shared": np.add.reduceat(pairs["shared"], starts)}


def _scatter(table: Columns, key: str, buckets: int, folder: Path, number: int) -> None:
    """The rows into `folder/BUCKET/NUMBER.parquet`, by the key."""
    homes = table[key] % np.uint64(buckets)
    for bucket in range(buckets):
        mine = homes == bucket
        _write(folder / str(bucket) / f"{number}.parquet", {name: column[mine] for name, column in table.items()})


def _gather(folder: Path) -> Columns:
    return _joined([_read(path) for path in sorted(folder.glob("*.parquet"))])


def _joined(tables: Sequence[Columns]) -> Columns:
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def _read(path: Path) -> Columns:
    from pyarrow import parquet

    table = parquet.read_table(path)
    return {name: table.column(name).to_numpy() for name in table.column_names}


def _write(path: Path, columns: Mapping[str, NDArray[Any]]) -> None:
    """Whole, or not at all."""
    from pyarrow import Table, parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    parquet.write_table(Table.from_pydict(dict(columns)), temporary)
    temporary.replace(path)
