import numpy as np
import pytest

from framing.evaluation import rationales
from framing.evaluation.rationales import evidence_scores, without, without_others
from framing.schema import Sentence

LABELS = ("liberation", "success_claim")
TEXT = "Troops liberated the town, and shops opened"
"""Seven words: liberated is 7:16, the town 17:25, shops 31:36."""


def rows(n, documents=2):
    return [Sentence(f"s{k}", f"d{k % documents}", k, 0, len(TEXT), TEXT) for k in range(n)]


def scored(gold, found, falls=None):
    falls = np.full((len(gold), 2), np.nan) if falls is None else falls
    return {r.label: r for r in evidence_scores(rows(len(gold)), gold, found, falls, labels=LABELS, draws=50)}


def test_words_in_common_are_counted_by_label():
    found = scored(
        [{"liberation": [(7, 16)]}, {"liberation": [(7, 25)]}],
        [{"liberation": [(7, 25)]}, {"liberation": [(17, 25)]}],
    )

    assert found["liberation"].token_f1.value == pytest.approx(2 * 3 / (2 * 3 + 2 + 1))
    assert found["liberation"].gold == 2


def test_spans_meet_at_half_of_the_words_of_either():
    found = scored(
        [{"liberation": [(7, 16), (31, 43)]}, {"liberation": [(7, 25)]}],
        [{"liberation": [(7, 25), (31, 36)]}, {"liberation": [(17, 25)]}],
    )

    assert found["liberation"].span_f1.value == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))


def test_evidence_without_gold_is_not_judged_and_a_label_without_gold_has_no_figure():
    found = scored([{"liberation": [(7, 16)]}], [{"liberation": [(7, 16)], "success_claim": [(0, 6)]}])

    assert found["liberation"].token_f1.value == 1.0
    assert np.isnan(found["success_claim"].token_f1.value)
    assert found[rationales.MEAN].token_f1.value == 1.0


def test_the_deletion_test_is_a_mean_over_the_sentences_it_was_made_on():
    falls = np.array([[0.5, np.nan], [0.1, -0.2], [np.nan, np.nan]])
    found = scored([{"liberation": [(7, 16)]}] * 3, [{}] * 3, falls)

    assert found["liberation"].deletion.value == pytest.approx(0.3)
    assert (found["liberation"].deleted, found["success_claim"].deleted) == (2, 1)
    assert found[rationales.MEAN].deletion.value == pytest.approx((0.5 - 0.05) / 2)


def test_intervals_come_from_draws_of_documents():
    found = scored([{"liberation": [(7, 16)]}, {"liberation": [(7, 16)]}], [{"liberation": [(7, 16)]}, {}])

    assert (found["liberation"].token_f1.low, found["liberation"].token_f1.high) == (0.0, 1.0)


def test_words_of_the_evidence_are_taken_out():
    assert without(TEXT, [(7, 16)]) == "Troops the town, and shops opened"
    assert without(TEXT, [(20, 23)]) == "Troops liberated the, and shops opened"


def test_as_many_other_words_are_taken_out_in_a_row():
    cut = without_others(TEXT, [(7, 25)], np.random.default_rng(0))

    assert cut is not None
    assert "liberated the town" in cut
    assert len(cut.split()) == 7 - 3


@pytest.mark.parametrize("places", [[], [(7, 36)]])
def test_without_room_for_as_many_other_words_there_is_no_test(places):
    assert without_others(TEXT, places, np.random.default_rng(0)) is None


def test_figures_that_do_not_exist_are_null_and_only_means_are_charted():
    table = evidence_scores(
        rows(1), [{"liberation": [(7, 16)]}], [{}], np.full((1, 2), np.nan), labels=LABELS, draws=10
    )

    assert rationales.to_records(table)[1]["token_f1"] == [None, None, None]
    assert rationales.to_metrics(table, "test")["test/evidence_token_f1"] == 0.0
