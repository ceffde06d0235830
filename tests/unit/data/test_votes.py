import json

import pytest

from framing.data import gold
from framing.data.votes import paired, read_votes
from framing.errors import FramingError


@pytest.fixture
def write(tmp_path):
    def write(name, *rows):
        path = tmp_path / name
        path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
        return path

    return write


def test_only_sentences_that_both_coded_are_compared(write, conflict):
    first = read_votes(
        write("a", {"id": "1", "labels": ["liberation"], "document": "d"}, {"id": "2", "labels": []}), conflict
    )
    second = read_votes(write("b", {"id": "3", "labels": []}, {"id": "1", "labels": []}), conflict)
    one, other, documents = paired(first, second, conflict.ids())

    assert one.tolist() == [[True] + [False] * 13]
    assert other.tolist() == [[False] * 14]
    assert documents == ["d"]


def test_gold_counts_as_a_coder(gold_folder, conflict):
    gold.compile_folder(gold_folder, "conflict")
    votes = read_votes(gold_folder, conflict)

    assert len(votes) == 60
    assert sum("liberation" in vote.labels for vote in votes.values()) == 12


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (['{"id": 1}'], "line 1"),
        (["no"], "line 1"),
        ([{"id": "1", "labels": []}, {"id": "1", "labels": []}], "every id once in line 2"),
        ([{"id": "1", "labels": ["x"]}], r"labels of conflict/1.0 in line 1 .* found \['x'\]"),
    ],
)
def test_a_bad_row_is_refused_by_line(write, conflict, rows, message):
    with pytest.raises(FramingError, match=message):
        read_votes(write("a", *rows), conflict)


def test_a_missing_file_and_strangers_are_refused(write, tmp_path, conflict):
    with pytest.raises(FramingError, match="a readable file of votes"):
        read_votes(tmp_path / "none", conflict)
    with pytest.raises(FramingError, match="no id in common"):
        paired(
            read_votes(write("a", {"id": "1", "labels": []}), conflict),
            read_votes(write("b", {"id": "2", "labels": []}), conflict),
            conflict.ids(),
        )
