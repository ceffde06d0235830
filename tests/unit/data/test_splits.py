from collections import Counter

from framing.data import splits
from framing.schema import Sentence


def documents(n, start=0, group=None):
    return {
        f"d{k}": [
            Sentence(f"d{k}:{i}", f"d{k}", i, 0, 1, "x", labels=("a",) if i == 0 else (), audit={"group": group})
            for i in range(4)
        ]
        for k in range(start, start + n)
    }


def test_shares_are_met():
    counts = Counter(splits.assign(documents(100), {}).values())

    assert counts == {"train": 60, "validation": 15, "test": 25}


def test_adding_documents_moves_none():
    first = splits.assign(documents(20), {})
    both = splits.assign({**documents(20), **documents(20, start=20)}, first)

    assert {d: both[d] for d in first} == first
    assert len(both) == 40


def test_the_answer_does_not_depend_on_the_order_of_the_documents():
    rows = documents(30)

    assert splits.assign(dict(reversed(rows.items())), {}) == splits.assign(rows, {})


def test_a_group_stays_together():
    assert len(set(splits.assign(documents(9, group="same"), {}).values())) == 1


def test_digest_changes_with_one_assignment():
    one = {"a": "train", "b": "test"}

    assert splits.digest(one) == splits.digest(dict(reversed(one.items())))
    assert splits.digest(one) != splits.digest({"a": "train", "b": "train"})
