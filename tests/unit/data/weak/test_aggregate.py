from collections import Counter

import numpy as np
import pytest

from framing.data.weak.aggregate import DawidSkene, Majority, by_label, fit, is_given
from framing.data.weak.functions import Ballot

YES, NO = True, False


def test_votes_are_grouped_by_label():
    ballots = [Ballot(0, 1, YES), Ballot(2, 0, NO), Ballot(3, 1, NO)]

    assert by_label(ballots) == {1: ((0, YES), (3, NO)), 0: ((2, NO),)}


@pytest.mark.parametrize(
    ("pattern", "score"),
    [(((0, YES),), 1.0), (((0, YES), (1, NO)), 0.5), (((0, YES), (1, YES), (2, NO)), 2 / 3), (((1, NO),), 0.0)],
)
def test_majority_is_the_share_of_votes_for(pattern, score):
    assert Majority().score(0, pattern) == pytest.approx(score)


def test_one_round_of_em_is_what_hand_computation_gives():
    # Four sentences where only function 0 says yes (holds = 1), two where 1 disagrees (a tie: holds = 1/2).
    fitted = fit({((0, YES),): 4, ((0, YES), (1, NO)): 2}, rounds=1)

    assert fitted.prior == pytest.approx((4 + 1 + 1) / (6 + 2))
    # Holds: 0 says yes 5 times, never no; 1 says no once. Does not hold: 0 says yes once, 1 says no once.
    # Two right answers and a wrong one are added to each.
    np.testing.assert_allclose(fitted.says_yes, [[2 / 4, 1 / 4], [7 / 8, 2 / 4]])


def test_a_score_is_bayes_rule_on_the_fitted_rates():
    model = DawidSkene({})
    model.labels[7] = fit({((0, YES),): 4, ((0, YES), (1, NO)): 2}, rounds=1)

    # Odds 3 of the prior, times (7/8) / (1/2) for a yes of 0, times (1/2) / (3/4) for a no of 1.
    assert model.score(7, ((0, YES),)) == pytest.approx(21 / 25)
    assert model.score(7, ((1, NO),)) == pytest.approx(2 / 3)
    assert model.score(7, ((0, YES), (1, NO))) == pytest.approx(7 / 9)


def test_a_label_needs_a_function_that_is_for_it():
    assert is_given(0.51, ((0, YES), (1, NO)))
    assert not is_given(0.5, ((0, YES), (1, NO)))
    assert not is_given(0.9, ((1, NO),))


def test_functions_that_can_only_say_one_thing_are_believed():
    model = DawidSkene({0: {((0, YES),): 3, ((0, YES), (1, NO)): 1, ((2, NO),): 1}})

    assert model.score(0, ((0, YES),)) > 0.5
    assert model.score(0, ((0, YES), (1, NO))) < model.score(0, ((0, YES),))
    assert model.score(0, ((2, NO),)) < 0.5


def test_what_was_not_seen_in_fitting_says_nothing():
    model = DawidSkene({0: {((0, YES),): 8}})

    assert model.score(5, ((0, YES),)) == 0.5
    assert model.score(0, ((9, NO),)) == pytest.approx(model.labels[0].prior)


def test_the_order_of_patterns_does_not_matter():
    counted = {((0, YES),): 4, ((0, YES), (1, NO)): 2, ((1, NO),): 3}

    first, second = fit(counted), fit(dict(reversed(counted.items())))

    assert first.prior == pytest.approx(second.prior)
    np.testing.assert_allclose(first.says_yes, second.says_yes)


def test_error_rates_are_found_and_the_model_beats_majority_where_one_function_is_good():
    random = np.random.default_rng(0)
    truth = random.random(6000) < 0.4
    right = np.array([0.95, 0.6, 0.6, 0.6, 0.6])
    votes = np.where(random.random((6000, 5)) < right, truth[:, None], ~truth[:, None])
    patterns = [tuple((k, bool(v)) for k, v in enumerate(row)) for row in votes]

    model = DawidSkene({0: Counter(patterns)})
    hits = {
        type(m): np.mean([(m.score(0, p) > 0.5) == t for p, t in zip(patterns, truth, strict=True)])
        for m in (model, Majority())
    }

    np.testing.assert_allclose(model.labels[0].says_yes[1], right, atol=0.06)
    np.testing.assert_allclose(model.labels[0].says_yes[0], 1 - right, atol=0.06)
    assert hits[DawidSkene] > 0.93
    assert hits[Majority] < 0.85
