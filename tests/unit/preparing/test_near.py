"""The index on disk finds what the one in memory does."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

from framing.data.near import similar_pairs
from framing.preparing import near
from framing.scoring.plan import Part
from framing.scoring.sources import Slice

WORDS = st.sampled_from(["the", "army", "took", "town", "on", "a", "hill", "near", "river", "at", "dawn"])
TEXTS = st.lists(st.lists(WORDS, min_size=5, max_size=12).map(" ".join), min_size=2, max_size=24)


def joined(pairs):
    """The sets of texts that pairs of them join."""
    sets = [{a, b} for a, b in pairs]
    for n in range(24):
        holding = [one for one in sets if n in one]
        sets = [one for one in sets if n not in one] + ([set().union(*holding)] if holding else [])
    return {frozenset(one) for one in sets}


def found_on_disk(texts, folder, *, files=3, buckets=2):
    """The edges between texts, by their places in the list, that the three tasks find."""
    folder.mkdir(parents=True)
    parts, places = [], {}
    for k in range(files):
        own = range(k, len(texts), files)
        pq.write_table(pa.table({"text": pa.array([texts[n] for n in own], pa.string())}), folder / f"{k}.parquet")
        parts.append(Part(k, (Slice(f"{k}.parquet", 0, len(own)),)))
        places |= {k << near.ROW_BITS | row: n for row, n in enumerate(own)}
    work = folder / "work"
    stages = [(near.GramTask(folder, work, buckets), parts)]
    stages += [
        (task, [Part(b, ()) for b in range(buckets)]) for task in (near.PairTask(work, buckets), near.JoinTask(work))
    ]
    for task, todo in stages:
        worker = task.worker(1)
        for part in todo:
            worker.work(part)
    return {(places[a], places[b]) for a, b in zip(*(side.tolist() for side in near.edges(work)), strict=True)}


@settings(max_examples=25, deadline=None)
@given(texts=TEXTS, entries=st.sampled_from([1, 7, 5_000_000]))
def test_what_is_joined_is_what_the_index_in_memory_joins(texts, entries, tmp_path_factory):
    expected = joined((a, b) for a, b, _ in similar_pairs(texts))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "ENTRIES", entries)
        assert joined(found_on_disk(texts, tmp_path_factory.mktemp("near") / "in")) == expected


def test_equal_texts_are_joined_however_many_there_are(tmp_path):
    texts = ["The staff reported no change along the front."] * (near.COMMON + 50) + [
        "Rain fell on the town all day long."
    ]

    pairs = found_on_disk(texts, tmp_path / "in")

    assert len(pairs) == near.COMMON + 49
    assert {n for pair in pairs for n in pair} == set(range(near.COMMON + 50))


@pytest.mark.parametrize("texts", [["Too short.", "Too short."], ["", ""]])
def test_short_texts_join_nothing(texts, tmp_path):
    assert found_on_disk(texts, tmp_path / "in", files=1, buckets=1) == set()


def test_every_row_goes_to_the_bucket_of_its_key(tmp_path):
    table = {"gram": np.arange(10, dtype=np.uint64), "row": np.arange(10, dtype=np.uint64)}

    near._scatter(table, "gram", 3, tmp_path, 7)

    found = [pq.read_table(tmp_path / str(b) / "7.parquet")["gram"].to_pylist() for b in range(3)]
    assert found == [[0, 3, 6, 9], [1, 4, 7], [2, 5, 8]]
