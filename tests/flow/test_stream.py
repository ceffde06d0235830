"""Training from a folder of Parquet files instead of the train split."""

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from framing import pipeline
from framing.data.dataset import load
from framing.data.parquet import ParquetSentences
from framing.errors import FramingError
from framing.models import pretrained
from framing.models.encoder import EncoderClassifier
from framing.models.rows import Rows, StreamedRows
from framing.tracking import runs
from framing.tracking import store as tracking

ENCODER = (
    "model.max_length=32",
    "model.epochs=30",
    "model.patience=30",
    "model.batch_size=4",
    "model.learning_rate=1.0e-3",
    "threads=1",
)


def row(sentence):
    spans = [{"label": e.label, "start": e.start, "end": e.end} for e in sentence.evidence]
    return {
        "id": sentence.id,
        "document": sentence.document,
        "text": sentence.text,
        "labels": list(sentence.labels),
        "evidence": spans,
    }


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    """`datasets` rests five seconds after each pass."""
    monkeypatch.setattr("datasets.config.SLEEP_TIME_ON_THREADS_SHUTDOWN", 0)


@pytest.fixture
def sentences(dataset, conflict):
    return load(dataset, conflict).splits


@pytest.fixture
def archive(sentences, tmp_path):
    """The train split in three files."""
    folder = tmp_path / "archive"
    rows = [row(s) for s in sentences["train"]]
    for k in range(3):
        (folder / f"part={k}").mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows[k::3]), folder / f"part={k}" / "rows.parquet")
    return folder


def test_a_stream_is_learnt_from_as_the_split_is(made, archive, tiny_base):
    config = made("encoder", *ENCODER, f"model.base={tiny_base}", f"stream={archive}")
    said = []

    outcome = pipeline.train(config, say=said.append)

    assert said[0] == f"toy: training on {archive}"
    assert outcome.test.macro_ap.value > 0.9
    tags = tracking.connect().get_run(outcome.run_id).data.tags
    assert len(tags[runs.STREAM]) == 64
    assert pipeline.train(config, reuse=True, say=said.append).run_id == outcome.run_id
    (archive / "part=2" / "rows.parquet").unlink()
    assert fingerprint(config) != tags[runs.FINGERPRINT]


def test_a_stream_that_holds_test_sentences_is_refused(made, archive, sentences, tiny_base):
    pq.write_table(pa.Table.from_pylist([row(s) for s in sentences["test"][:2]]), archive / "more.parquet")

    with pytest.raises(FramingError, match="no near-duplicate of the validation and test splits"):
        pipeline.train(made("encoder", *ENCODER, f"model.base={tiny_base}", f"stream={archive}"), say=print)


def test_only_the_encoder_streams(made, archive):
    with pytest.raises(FramingError, match="only the kind 'encoder' learns from a stream"):
        made("linear", f"stream={archive}")


def test_batches_are_those_of_the_rows_whatever_the_processes(archive, sentences, conflict, tiny_base, monkeypatch):
    encoder = EncoderClassifier(labels=conflict.ids(optional=False), base=str(tiny_base), batch_size=4, max_length=32)
    encoder.tokenizer_ = pretrained.tokenizer(str(tiny_base))
    streamed = StreamedRows(encoder, ParquetSentences.open(archive, conflict.ids(), ()))
    held = Rows(encoder, sentences["train"])

    assert (streamed.count, streamed.batches) == (held.count, held.batches)
    assert streamed.positives.tolist() == held.positives.tolist()
    assert streamed.mean_length == pytest.approx(held.mean_length)
    first, second = list(streamed.loader()), list(streamed.loader())
    assert len(first) == len(second) == streamed.batches
    assert lines(first) == lines(second) == sorted(map(str, held.ids))
    streamed.set_epoch(0)
    assert [str(b["input_ids"]) for b in streamed.loader()] == [str(b["input_ids"]) for b in first]
    encoder.accumulation = 2
    streamed.set_epoch(0)
    pieces = list(streamed.loader())
    assert len(pieces) == len(streamed)
    assert lines(pieces) == lines(first)
    monkeypatch.setenv("WORLD_SIZE", "2")
    shares = []
    for rank in "01":
        monkeypatch.setenv("RANK", rank)
        streamed.set_epoch(0)
        shares.append(list(streamed.loader()))
    assert len(shares[0]) == len(shares[1])


def fingerprint(config):
    taxonomy, data = pipeline.load(config)
    return pipeline.fingerprint_of(config, data, taxonomy)


def lines(batches):
    """Token ids without padding, sorted."""
    found = [
        ids[mask.bool()].tolist()
        for b in batches
        for ids, mask in zip(b["input_ids"], b["attention_mask"], strict=True)
    ]
    return sorted(map(str, found))
