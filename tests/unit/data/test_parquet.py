import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from framing.data import parquet
from framing.data.parquet import ParquetSentences
from framing.errors import FramingError
from framing.models.protocol import Streamed
from framing.schema import Evidence, Sentence

KNOWN = ("liberation", "forced_response")
HELD = Sentence("h", "held", 0, 0, 50, "The column entered the town of Vesk before the first light.", ())


def row(n, **more):
    text = f"Its men liberated hamlet {n} on the {n}th day of the campaign."
    spans = [{"label": "liberation", "start": 8, "end": 17}] if n % 2 else []
    return {
        "id": f"s{n}", "document": f"d{n // 3}", "text": text, "labels": ["liberation"] * (n % 2), "evidence": spans
    } | more  # fmt: skip


def write(folder, rows, name="part.parquet"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / name)
    return folder


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    """`datasets` rests five seconds after each pass."""
    monkeypatch.setattr("datasets.config.SLEEP_TIME_ON_THREADS_SHUTDOWN", 0)


@pytest.fixture
def folder(tmp_path):
    """Seven rows in two partitions, and a file that is not part of them."""
    write(tmp_path / "archive", [row(n) for n in range(4)], "year=2021/part-0.parquet")
    write(tmp_path / "archive", [row(n) for n in range(4, 7)], "year=2022/part-0.parquet")
    return write(tmp_path / "archive", [row(9)], "_errors/part-0.parquet")


def opened(folder, held=()):
    return ParquetSentences.open(folder, KNOWN, held)


def test_all_rows_are_read_once_a_pass_in_an_order_of_the_seed(folder):
    found = opened(folder)

    one, same, other = ([s.id for w in found.windows(3, seed) for s in w] for seed in (1, 1, 2))
    assert isinstance(found, Streamed)
    assert sorted(one) == sorted(other) == [f"s{n}" for n in range(7)]
    assert one == same
    assert one != other
    assert [len(w) for w in found.windows(3, 1)] == [3, 3, 1]
    assert len(found) == 7
    assert found.counts(KNOWN).tolist() == [3, 0]


def test_a_row_becomes_a_sentence_with_its_evidence(folder):
    one = next(s for window in opened(folder).windows(9, 0) for s in window if s.id == "s3")

    assert (one.document, one.labels) == ("d1", ("liberation",))
    assert one.evidence == (Evidence("liberation", 8, 17),)


def test_text_and_labels_are_enough(tmp_path):
    bare = [{key: row(n)[key] for key in ("text", "labels")} for n in range(4)]

    (window,) = opened(write(tmp_path / "bare", bare)).windows(9, 0)
    assert {s.evidence for s in window} == {()}
    assert len({s.id for s in window}) == 4


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row(1, labels=["glory"])], r"only labels of the taxonomy in .*, found \['glory'\] in s1"),
        ([row(1, text=" ")], "a text in every row .*, found none in row 0"),
        ([row(1, evidence=[{"label": "liberation", "start": 8, "end": 900}])], "evidence inside its text"),
        ([row(2)], "rows with labels in .*, found none among 1"),
        ([{"text": "a"}], r"the columns \['text', 'labels'\] .* found no \['labels'\]"),
        ([row(1), row(3, document="held")], "no document and no near-duplicate .* found 1 rows, as s3"),
        (
            [row(1), row(3, text="The column entered the town of Vesk before first light.", evidence=[])],
            "no document and no near-duplicate .* found 1 rows, as s3",
        ),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(tmp_path, rows, told):
    with pytest.raises(FramingError, match=told):
        opened(write(tmp_path / "archive", rows), [HELD])


def test_files_that_are_not_there_or_no_parquet_are_told_apart(tmp_path):
    with pytest.raises(FramingError, match="a folder of \\.parquet files"):
        opened(tmp_path / "none")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.parquet").write_bytes(b"text")
    with pytest.raises(FramingError, match="found other bytes"):
        opened(tmp_path / "bad")


def test_the_digest_is_of_contents_and_names(folder):
    first = parquet.digest(folder)

    write(folder, [row(9)], "_errors/part-1.parquet")
    assert parquet.digest(folder) == first
    write(folder, [row(8)], "year=2022/part-1.parquet")
    assert parquet.digest(folder) != first
