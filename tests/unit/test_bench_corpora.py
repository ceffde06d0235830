"""The benchmarks' own steps, and the script over an invented corpus; no figure of it is a measurement."""

import importlib.util
import sys
from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest

from framing.data.corpora import babe, ptc
from framing.schema import Sentence
from tests.conftest import ROOT
from tests.unit.data.test_babe import BIASED, PLAIN, write


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("bench_corpora", ROOT / "scripts/bench_corpora.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def hot(*rows):
    return np.array(rows, dtype=bool)


def test_a_span_gets_as_many_labels_as_its_template_has(bench):
    scores = np.array([[0.2, 0.9, 0.5], [0.3, 0.3, 0.1]])
    gold = hot([1, 0, 1], [0, 1, 0])

    assert bench.by_rank(scores, gold, scores, gold).tolist() == [[False, True, True], [True, False, False]]


def test_the_threshold_for_both_is_the_best_for_the_mean_of_both(bench):
    scores, gold = np.array([[0.1], [0.2], [0.3], [0.4]]), hot([0], [0], [1], [1])

    assert bench.by_both(scores, gold, np.array([[0.25], [0.3]]), gold).tolist() == [[False], [True]]


def test_binary_f1_is_counted_by_hand(bench):
    assert bench.binary_f1(hot([1, 1, 0]), hot([1, 0, 1])) == 0.5
    assert bench.binary_f1(hot([0]), hot([0])) == 0.0


@pytest.mark.parametrize(("counts", "clean"), [((4, 0), False), ((4, 1), True), ((3, 2), False), ((3, 1, 1), False)])
def test_clean_posts_have_votes_enough_and_most_for_one_answer(bench, counts, clean):
    sentence = Sentence("a", "a", 0, 0, 1, "a", provenance={"votes": [{"answer": str(n), "n": n} for n in counts]})

    assert bench.is_clean(sentence) is clean


def test_marked_spans_are_trimmed_and_those_of_one_place_are_one(bench, tmp_path):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/article1.txt").write_text("A head\nThey are wicked, wicked men.\n", encoding="utf-8")
    (tmp_path / "rows").write_text("1\tDoubt\t15\t23\n1\tLoaded_Language\t16\t22\n1\tSlogans\t0\t6\n", encoding="utf-8")

    plain = list(bench.spans(tmp_path, "articles", "rows", False))
    behind = list(bench.spans(tmp_path, "articles", "rows", True))
    assert [(s.text, s.labels) for s in plain] == [("wicked", ("Doubt", "Loaded_Language")), ("A head", ("Slogans",))]
    assert behind[0].text == "wicked | They are wicked, wicked men."
    assert [s.text[s.evidence[0].start : s.evidence[0].end] for s in behind] == ["wicked", "A head"]


def test_validation_shares_no_document_with_training(bench):
    rows = [Sentence(f"s{n}", f"d{n % 10}", 0, 0, 1, "a") for n in range(40)]
    train, validation = bench.held_out(rows, range(30), 13)

    assert sorted(train + validation) == list(range(30))
    assert not {rows[k].document for k in train} & {rows[k].document for k in validation}


def test_outlets_are_in_one_fold_each(bench):
    rows = [Sentence(f"s{n}", f"d{n}", 0, 0, 1, "a", audit={"outlet": f"o{n % 4}"}) for n in range(40)]

    for train, test in bench.apart(rows, Namespace(folds=2)):
        assert not {rows[k].audit["outlet"] for k in train} & {rows[k].audit["outlet"] for k in test}


def run(bench, monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["bench_corpora.py", *map(str, words)])
    bench.main()
    return capsys.readouterr().out.splitlines()[2:]


def test_the_script_prints_a_row_a_model_with_n_and_intervals(bench, tmp_path, monkeypatch, capsys):
    (tmp_path / "babe").mkdir()
    biased = [BIASED.format(link=f"a{n}", outlet=f"O{n % 4}", topic="x", words="[]") for n in range(20)]
    write(tmp_path / "babe", [*biased, *(PLAIN.format(n=n, link=f"b{n}") for n in range(20))])
    counts = {"sentences": 40, "Biased": 20, "Non-biased": 20, "No agreement": 0}
    monkeypatch.setattr(babe, "CARD", replace(babe.CARD, counts=counts))
    words = ("--data-root", tmp_path, "--only", "babe-random", "--models", "prior", "linear", "--folds", 2)
    lines = run(bench, monkeypatch, capsys, *words)

    assert [line.split(" | ")[1] for line in lines] == ["prior", "linear"]
    assert "| linear | 13 | 40 | 40 | 1.000 [1.000, 1.000]" in lines[1]


def test_what_is_not_there_or_another_version_is_skipped_with_a_line(bench, tmp_path, monkeypatch, capsys):
    (tmp_path / "ptc-semeval2020").mkdir()
    lines = run(bench, monkeypatch, capsys, "--data-root", tmp_path, "--only", "ptc-sentence", "babe-random")

    assert lines[0].startswith("skipped ptc-sentence: expected")
    assert lines[1] == f"skipped babe-random: no {tmp_path / 'babe'}"


def test_sentence_level_is_any_technique(bench):
    from framing.schema import Evidence

    spans = (Evidence("Doubt", 0, 1), Evidence("Slogans", 0, 1), Evidence("Doubt", 2, 3))
    found = bench.any_label(Sentence("a", "a", 0, 0, 3, "abc", ptc.LABELS[:2], spans), "propaganda")

    assert (found.labels, [(e.label, e.start) for e in found.evidence]) == (
        ("propaganda",),
        [("propaganda", 0), ("propaganda", 2)],
    )
