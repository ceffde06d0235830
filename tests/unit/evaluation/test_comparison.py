import math
import time
from dataclasses import replace

import numpy as np
import pytest

from framing.errors import FramingError
from framing.evaluation import intervals, metrics
from framing.evaluation.comparison import Judgement, compare, holm, mcnemar
from framing.evaluation.comparison_plots import comparison_figures, f1_dots, label_differences
from framing.evaluation.comparison_sheet import comparison_sheet
from framing.evaluation.report import judge
from framing.schema import Sentence, multi_hot

LABELS = ("a", "b", "c")


def judgement(name, scores, gold, documents, labels=LABELS, digest="f" * 64):
    """A run whose threshold is 0.5."""
    rows = [
        Sentence(
            f"s{k}", d, k, 0, 4, "text", labels=tuple(label for label, yes in zip(labels, hot, strict=True) if yes)
        )
        for k, (d, hot) in enumerate(zip(documents, gold, strict=True))
    ]
    about = {"name": name, "split": "test", "data_digest": digest}
    decided = scores >= 0.5
    report = judge(rows, scores, decided, labels=labels, thresholds=[0.5] * len(labels), about=about, draws=10)
    ids = tuple(s.id for s in rows)
    return Judgement(f"id-{name}", report, ids, tuple(documents), multi_hot(rows, labels), scores, decided)


def random_pair(n=400, labels=3, seed=0):
    """A weak run and a strong one on sentences of 20 to a document; the last label has no positives."""
    random = np.random.default_rng(seed)
    gold = random.random((n, labels)) < 0.2
    gold[:, -1] = False
    documents = [f"d{k // 20}" for k in range(n)]
    names = LABELS if labels == 3 else tuple(f"l{k}" for k in range(labels))
    weak, strong = (np.clip(gold * lift + random.random((n, labels)) * 0.7, 0, 1) for lift in (0.1, 0.6))
    return judgement("weak", weak, gold, documents, names), judgement("strong", strong, gold, documents, names)


@pytest.fixture
def pair():
    return random_pair()


@pytest.fixture
def small():
    """Two documents of two sentences, one label: the first run finds one positive of two, the other both."""
    gold = np.array([[1], [0], [1], [0]], dtype=bool)
    first = judgement("first", np.array([[0.9], [0.1], [0.2], [0.3]]), gold, "xxyy", ("a",))
    return first, judgement("other", np.array([[0.9], [0.1], [0.8], [0.3]]), gold, "xxyy", ("a",))


def test_differences_are_other_minus_first(small):
    (found,) = compare(small)

    macro, ap = found.figures["macro_f1"], found.figures["macro_ap"]
    assert (macro.reference, macro.other) == (pytest.approx(2 / 3), 1.0)  # TP 1, FN 1: 2 / (2 + 1)
    assert macro.difference.value == pytest.approx(1 / 3)
    assert (ap.reference, ap.other) == (pytest.approx((1 / 1 + 2 / 3) / 2), 1.0)  # the second positive comes third
    assert found.labels[0].f1 == macro
    assert found.figures["micro_f1"] == macro


def test_the_interval_and_the_error_are_those_of_the_drawn_documents(small):
    (found,) = compare(small, draws=4000, seed=1)

    # xx (1 in 4): both 1, difference 0. xy (1 in 2): 2/3 against 1. yy (1 in 4): 0 against 1.
    spread = np.repeat([0, 1 / 3, 1], [1000, 2000, 1000])
    assert found.labels[0].f1.difference[1:] == (0.0, 1.0)
    assert found.labels[0].f1.detectable == pytest.approx(2.8 * spread.std(), rel=0.05)


def test_runs_that_decide_alike_differ_by_nothing(pair):
    first, _ = pair
    (found,) = compare([first, replace(first, run_id="again")])

    assert {d.difference for d in found.figures.values()} == {(0.0, 0.0, 0.0)}
    assert {(row.only_reference, row.only_other, row.p_holm) for row in found.labels} == {(0, 0, 1.0)}


def test_pairs_are_tighter_than_runs_drawn_apart(pair):
    first, other = pair
    (found,) = compare(pair)
    low, high = found.figures["macro_f1"].difference[1:]

    apart = [i.high - i.low for i in (intervals.f1_intervals(o.gold, o.decided, o.documents)[1] for o in pair)]
    assert 0 < low < found.figures["macro_f1"].difference.value < high
    assert high - low < sum(apart)
    assert other.report.macro_f1.value - first.report.macro_f1.value == found.figures["macro_f1"].difference.value


def test_a_label_without_positives_has_no_difference_and_stays_in_the_table(pair):
    (found,) = compare(pair)

    assert [row.support > 0 for row in found.labels] == [True, True, False]
    assert np.isnan([*found.labels[2].f1.difference, found.labels[2].f1.detectable]).all()
    assert found.to_record()["labels"][2]["f1"]["difference"] == [None, None, None]
    assert "test/versus_weak/strong/f1/c" not in found.metrics()


def test_metrics_have_a_section_a_run(pair):
    (found,) = compare(pair)

    named = found.metrics()
    assert named["test/versus_weak/strong/macro_f1"] == found.figures["macro_f1"].difference.value
    assert named["test/versus_weak/strong/macro_ap_detectable"] == found.figures["macro_ap"].detectable
    assert named["test/versus_weak/strong/f1/a"] == found.labels[0].f1.difference.value


def test_tables_have_a_row_a_figure_and_a_row_a_label(pair):
    (found,) = compare(pair)

    assert [row["figure"] for row in found.figure_rows()] == ["macro_f1", "micro_f1", "macro_ap"]
    row = found.label_rows()[1]
    assert (row["reference"], row["other"], row["label"], row["support"]) == (
        "weak",
        "strong",
        "b",
        pair[0].gold[:, 1].sum(),
    )
    assert row["difference"] == row["value_other"] - row["value_reference"]


def test_the_sheet_has_n_both_runs_differences_and_p(pair):
    sheet = comparison_sheet([one.report for one in pair], compare(pair))
    rows = {line.split("|")[1].strip(): line for line in sheet.splitlines() if line.startswith("|")}

    assert "n = 400 sentences in 20 documents, split `test`, data `ffffffffffff`" in sheet
    assert "2.8 bootstrap standard errors" in sheet
    assert {"weak", "strong", "strong against weak", "macro F1", "micro F1", "mean AP", "a", "b", "c"} <= set(rows)
    assert rows["macro F1"].split("|")[4].strip().startswith("+0.")
    assert rows["c"].count("n/a (0)") == 4
    assert "| label " not in comparison_sheet([one.report for one in pair], compare(pair), labels=False)


def test_every_plot_draws_every_run(pair, tmp_path):
    first, other = pair
    runs = [first, other, replace(other, run_id="third", report=replace(other.report, name="third"))]
    drawn = comparison_figures(runs, compare(runs))

    legends = {name: [text.get_text() for text in f.legends[0].get_texts()] for name, f in drawn.items()}
    assert legends["f1"] == legends["precision_recall"] == ["weak", "strong", "third"]
    assert legends["difference"] == ["strong", "third"]
    for name, figure in drawn.items():
        figure.savefig(tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 1000


def test_a_dot_is_filled_where_the_difference_is_found(pair):
    found = compare(pair)
    (axes,) = label_differences(found).axes
    dots = next(one for one in axes.collections if len(one.get_facecolors()) == 2)

    assert [row.p_holm < 0.05 for row in found[0].labels] == [True, False, False]
    assert (dots.get_facecolors() == dots.get_edgecolors()).all(axis=1).tolist() == [True, False]


def test_runs_differ_in_marker_and_dash(pair):
    (axes,) = f1_dots(pair).axes
    samples = [(line.get_marker(), line.get_linestyle()) for line in axes.get_legend_handles_labels()[0]]

    assert samples == [("o", "-"), ("s", "--")]


def test_the_first_run_is_the_reference_of_all_others(pair):
    first, other = pair
    found = compare([other, first, replace(other, run_id="again")])

    assert [(c.reference, c.other) for c in found] == [("strong", "weak"), ("strong", "strong")]


def test_the_same_seed_gives_the_same_intervals(pair):
    assert repr(compare(pair, draws=50, seed=3)) == repr(compare(pair, draws=50, seed=3))
    assert repr(compare(pair, draws=50, seed=3)) != repr(compare(pair, draws=50, seed=4))


def test_mcnemar_is_exact_for_few_sentences():
    assert mcnemar(0, 5) == pytest.approx(2 * 0.5**5)
    assert mcnemar(2, 8) == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert mcnemar(0, 0) == mcnemar(4, 4) == 1.0


def test_mcnemar_is_chi_squared_with_correction_for_many():
    # (|10 - 30| - 1)^2 / 40 = 9.025; the p of chi-squared with one degree of freedom is erfc(sqrt(x / 2))
    assert mcnemar(10, 30) == pytest.approx(math.erfc(math.sqrt(9.025 / 2)))
    assert mcnemar(20, 20) == 1.0


def test_mcnemar_counts_sentences_that_one_run_alone_gets_right(small):
    (found,) = compare(small)

    assert (found.labels[0].only_reference, found.labels[0].only_other, found.labels[0].p) == (0, 1, 1.0)


def test_holm_multiplies_by_the_tests_left_and_never_falls():
    np.testing.assert_allclose(holm(np.array([0.04, 0.01, 0.03, 0.5])), [0.09, 0.04, 0.09, 0.5])
    np.testing.assert_array_equal(holm(np.array([0.9, 0.8])), [1.0, 1.0])


def test_drawn_average_precision_weighs_documents_and_agrees_with_the_metric(pair):
    first, _ = pair
    scores = first.scores.round(1)  # many ties
    ones = intervals.drawn_average_precision(first.gold, scores, first.documents, np.ones((1, 20)))
    twice = intervals.drawn_average_precision(
        first.gold, scores, first.documents, np.eye(20)[[0]] * 2 + np.eye(20)[[1]]
    )

    rows = np.r_[0:20, 0:20, 20:40]
    np.testing.assert_allclose(ones[0], metrics.average_precision(first.gold, scores))
    np.testing.assert_allclose(twice[0], metrics.average_precision(first.gold[rows], scores[rows]))


def test_a_large_comparison_takes_seconds():
    pair = random_pair(20_000, 14)
    began = time.process_time()
    compare(pair)

    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda o: {"report": replace(o.report, data_digest="e" * 64)}, r"data digest of run 'strong'.*found eeeeee"),
        (lambda o: {"report": replace(o.report, labels=o.report.labels[:2])}, r"labels.*3 of them.*without \['c'\]"),
        (
            lambda o: {"ids": ("s900", *o.ids[1:])},
            r"sentence ids.*found 400, without \['s0'\], with \['s900'\] besides",
        ),
        (lambda o: {"ids": o.ids[::-1]}, "sentence ids.*found another order"),
        (lambda o: {"run_id": "id-weak"}, r"two or more different runs to compare, found \['weak', 'strong'\]"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused(pair, change, words):
    first, other = pair

    with pytest.raises(FramingError, match=words):
        compare([first, replace(other, **change(other))])


def test_one_run_is_no_comparison(pair):
    with pytest.raises(FramingError, match="two or more different runs"):
        compare(pair[:1])
