import json

import numpy as np
import pytest

from framing.errors import FramingError
from framing.evaluation.plots import figures, training_curves
from framing.evaluation.report import INTERVALS, Report, judge
from framing.evaluation.sheet import score_sheet
from framing.schema import Sentence, multi_hot

LABELS = ("a", "b", "c")


@pytest.fixture
def rows():
    return [
        Sentence(
            f"d{k // 5}:{k}", f"d{k // 5}", k, 0, 4, "text", labels=("a",) if k % 2 else ("b",) if k % 5 == 0 else ()
        )
        for k in range(40)
    ]


@pytest.fixture
def scores(rows):
    return np.random.default_rng(0).random((len(rows), 3))


@pytest.fixture
def report(rows, scores):
    about = {"name": "toy", "split": "test", "data_digest": "f" * 64}
    return judge(rows, scores, scores > 0.5, labels=LABELS, thresholds=[0.5] * 3, about=about, draws=100)


def test_report_counts_sentences_documents_and_support(report):
    assert (report.sentences, report.documents) == (40, 8)
    assert [row.support for row in report.labels] == [20, 4, 0]


def test_metrics_are_named_for_mlflow_and_leave_out_what_has_no_value(report):
    named = report.metrics()

    assert {"test/macro_f1", "test/micro_f1", "test/f1/a", "test/ap/b"} <= set(named)
    assert "test/f1/c" not in named
    assert all(np.isfinite(value) for value in named.values())


def test_record_round_trip_survives_json(report):
    back = Report.from_record(json.loads(json.dumps(report.to_record(), allow_nan=False)))

    assert repr(back) == repr(report)


def test_a_record_of_another_version_is_refused_with_the_next_step(report):
    record = report.to_record()
    del record["samples_f1"]

    with pytest.raises(FramingError, match=r"found \['samples_f1'\] missing or unknown\. Train that run again"):
        Report.from_record(record)


def test_every_interval_of_the_report_holds_its_value(report):
    for name in INTERVALS:
        value, low, high = getattr(report, name)
        assert 0 <= low <= value <= high <= 1, name
    for row in report.labels[:2]:
        assert row.average_precision.low <= row.average_precision.value <= row.average_precision.high


def test_a_band_of_doubt_lowers_coverage(rows, scores, report):
    about = {"name": "toy", "split": "test", "data_digest": "f" * 64}
    doubtful = judge(
        rows, scores, scores > 0.5, labels=LABELS, thresholds=[0.5] * 3, doubt=[0.2, 0.5, 0.5], about=about, draws=100
    )
    withheld = ((scores[:, 0] >= 0.2) & (scores[:, 0] < 0.5)).mean()

    assert report.coverage == (1.0, 1.0, 1.0)
    assert doubtful.coverage.value == pytest.approx(1 - withheld)
    assert [row.coverage for row in doubtful.labels] == pytest.approx([1 - withheld, 1.0, 1.0])


def test_the_table_of_a_report_has_bounds_in_columns_of_their_own(report):
    first = report.table()[0]

    assert (first["f1"], first["f1_low"]) == report.labels[0].f1[:2]
    assert {"recall_high", "average_precision_low", "coverage", "selective_risk", "brier"} <= set(first)


def test_sheet_shows_a_label_without_positives(report):
    sheet = score_sheet([report])

    assert "n = 40 sentences in 8 documents" in sheet
    assert any(line.startswith("| c") and "n/a (0)" in line for line in sheet.splitlines())


def test_every_plot_draws(report, rows, scores, tmp_path):
    drawn = figures(report, multi_hot(rows, LABELS), scores, scores > 0.5)
    drawn["training"] = training_curves({"train/loss": [(1, 0.5), (2, 0.4)]})

    for name, figure in drawn.items():
        figure.savefig(tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 1000
