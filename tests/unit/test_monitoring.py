"""The shift is a real one: agency copy of today against dispatches of old wars, both of `data/conflict_frames`."""

import json
from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest

from framing import config as configs
from framing import monitoring, pipeline
from framing.data import dataset as datasets
from framing.data.dataset import SPLITS, Dataset
from framing.errors import FramingError
from framing.evaluation.drift import compare, drifted
from framing.models import store
from framing.models.calibration import Decisions
from framing.models.encoder import EncoderClassifier
from framing.models.store import Model
from framing.monitoring import Stream
from framing.schema import Sentence
from tests.conftest import ROOT

MODERN = "1950"
PARTS = {"train": (0, 1), "validation": (2,), "test": (3,)}


@pytest.fixture(scope="module")
def gold(conflict):
    data = datasets.load(ROOT / "data/conflict_frames", conflict).restricted(conflict.ids())
    return [sentence for split in SPLITS for sentence in data.splits[split]]


def of(gold, source_type, *, modern):
    return [s for s in gold if s.audit["source_type"] == source_type and (s.audit["date"] >= MODERN) == modern]


@pytest.fixture(scope="module")
def agency(gold):
    """Agency copy of wars since 1950, its documents shared out."""
    rows = of(gold, "agency", modern=True)
    splits = {name: [s for s in rows if crc32(s.document.encode()) % 4 in parts] for name, parts in PARTS.items()}
    return Dataset("agency", "conflict/1.0", splits)


@pytest.fixture(scope="module")
def model(agency, conflict, tmp_path_factory):
    """A linear model of that copy, saved and loaded again."""
    path = tmp_path_factory.mktemp("config") / "agency.yaml"
    path.write_text("run: agency\ndataset: none\nmodel:\n  kind: linear\n", encoding="utf-8")
    made = pipeline.fit(configs.load(path), conflict, agency, run_id="r", progress=lambda values, step: None)
    store.save(made, path.parent / "model", taxonomy_yaml="", card="")
    return store.load(path.parent / "model")


@pytest.fixture
def texts(tmp_path):
    def texts(sentences):
        path = tmp_path / "texts.jsonl"
        path.write_text("".join(f"{json.dumps({'id': s.id, 'text': s.text})}\n" for s in sentences), encoding="utf-8")
        return path

    return texts


def log(path, model, sentences, at_once=7):
    parts = [sentences[k : k + at_once] for k in range(0, len(sentences), at_once)]
    lines = [json.dumps(monitoring.to_line(model, monitoring.see(model, part))) for part in parts]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def shifts(model, stream: Stream):
    return compare(monitoring.reference_of(model), stream.seen.features(model.labels), configs.load_bounds())


def test_dispatches_of_old_wars_drift_and_agency_copy_of_the_same_kind_does_not(model, agency, gold, tmp_path):
    same = monitoring.read_stream(log(tmp_path / "same", model, agency.splits["test"]), model)
    other = monitoring.read_stream(log(tmp_path / "other", model, of(gold, "dispatch", modern=False)), model)

    assert len(same.seen.scores) >= 200
    assert {shift.verdict for shift in shifts(model, same)} == {"ok"}
    assert len(other.seen.scores) >= 100
    assert drifted(shifts(model, other))


def test_texts_are_scored_as_a_log_of_them_says(model, agency, texts, tmp_path):
    rows = agency.splits["test"]
    from_texts = monitoring.read_stream(texts(rows), model)
    from_log = monitoring.read_stream(log(tmp_path / "log", model, rows), model)

    assert len(from_texts.seen.scores) >= len(rows)
    one, other = (shifts(model, stream) for stream in (from_texts, from_log))
    assert [s.psi for s in one] == pytest.approx([s.psi for s in other], abs=0.02)


def test_a_log_holds_no_text_and_says_what_was_seen(model, agency, tmp_path):
    rows = agency.splits["test"][:20]
    path = log(tmp_path / "log", model, rows)
    seen, found = monitoring.see(model, rows), monitoring.read_stream(path, model).seen

    np.testing.assert_allclose(found.traits, seen.traits, atol=1e-6)
    np.testing.assert_allclose(found.scores, seen.scores, atol=1e-6)
    np.testing.assert_array_equal(found.decided, seen.decided)
    words = path.read_text(encoding="utf-8")
    assert not any(word in words for s in rows for word in s.text.split() if len(word) > 8)


@pytest.mark.parametrize("window", [1, 7, 10, 20])
def test_a_window_is_the_end_of_a_log(model, agency, window, tmp_path):
    rows = agency.splits["test"][:20]
    found = monitoring.read_stream(log(tmp_path / "log", model, rows), model, window=window).seen

    np.testing.assert_allclose(found.scores, monitoring.see(model, rows).scores[-window:], atol=1e-6)


def test_a_window_is_the_end_of_texts(model, agency, texts):
    rows = [s for s in agency.splits["test"][:20] if s.text.endswith(".")]
    found = monitoring.read_stream(texts(rows), model, window=1).seen

    np.testing.assert_allclose(found.scores, monitoring.see(model, rows).scores[-1:], atol=1e-6)


def test_lines_of_other_models_are_left_out_and_counted(model, agency, tmp_path):
    rows = agency.splits["test"][:10]
    other = replace(model, facts={**model.facts, "run_id": "other"})
    path = log(tmp_path / "log", model, rows)
    mixed = path.read_text(encoding="utf-8") + log(tmp_path / "b", other, rows).read_text(encoding="utf-8")
    path.write_text(mixed, encoding="utf-8")

    stream = monitoring.read_stream(path, model)
    assert (len(stream.seen.scores), stream.others) == (10, 2)
    with pytest.raises(FramingError, match=r"run third in .*, found lines of the runs \['other', 'r'\]"):
        monitoring.read_stream(path, replace(model, facts={"run_id": "third"}))


@pytest.mark.parametrize(
    "change",
    [
        lambda row: "SECRET",
        lambda row: json.dumps({**row, "words": row["words"][:1]}),
        lambda row: json.dumps({**row, "scores": [scores[:2] for scores in row["scores"]]}),
        lambda row: json.dumps({**row, "scores": "SECRET"}),
        lambda row: json.dumps(row)[:100],
        lambda row: "",
    ],
)
def test_a_damaged_line_is_named(model, agency, change, tmp_path):
    path = log(tmp_path / "log", model, agency.splits["test"][:14])
    first, second = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{first}\n{change(json.loads(second))}\n", encoding="utf-8")

    with pytest.raises(FramingError, match=r"as line 2 of .*, found something else") as caught:
        monitoring.read_stream(path, model)
    assert "SECRET" not in str(caught.value)


def test_a_file_that_is_no_log_is_read_as_texts(model, tmp_path):
    with pytest.raises(FramingError, match=r"a readable file .*, found no such file"):
        monitoring.read_stream(tmp_path / "none.jsonl", model)
    (tmp_path / "a.bin").write_bytes(b"\0")
    with pytest.raises(FramingError, match=r"a \.txt, \.md, \.html or \.jsonl file"):
        monitoring.read_stream(tmp_path / "a.bin", model)


def test_a_model_saved_without_a_reference_says_so(model):
    with pytest.raises(FramingError, match=r"found one that was saved before there were any. Train it again"):
        monitoring.reference_of(replace(model, reference={}))


def test_the_reference_is_of_the_validation_split(model, agency):
    found = monitoring.reference_of(model)

    assert (found.split, found.sentences) == ("validation", len(agency.splits["validation"]))
    assert found.features["words"].mean == pytest.approx(
        monitoring.see(model, agency.splits["validation"]).traits[:, 0].mean()
    )
    assert {"words", "unknown", *(f"score/{x}" for x in model.labels), *(f"rate/{x}" for x in model.labels)} == set(
        found.features
    )


def rows_of(*texts):
    return [Sentence(str(k), "d", k, 0, len(text), text) for k, text in enumerate(texts)]


def test_an_encoder_is_also_told_by_the_distance_of_its_embeddings(tiny_base):
    rows = rows_of(*(f"rain fell on hamlet {n} for most of the morning ." for n in range(10)))
    classifier = EncoderClassifier(labels=["a"], base=str(tiny_base), epochs=1, threads=1, max_length=32)
    classifier.fit(rows, rows, lambda values, step: None)
    plain = Model("encoder", classifier, Decisions((1.0,), (0.0,), (0.5,), (0.4,)), "toy/1")

    model = monitoring.with_reference(plain, rows)
    near, far = monitoring.see(model, rows), monitoring.see(model, rows_of("clerk 5 broken 7 ' quellin", "9 9 9 9"))

    assert {"words", "unknown", "distance"} <= set(monitoring.reference_of(model).features)
    assert 0 <= near.traits[:, 2].min() <= near.traits[:, 2].max() < far.traits[:, 2].min()
    assert np.isnan(monitoring.see(plain, rows).traits[:, 2]).all()
