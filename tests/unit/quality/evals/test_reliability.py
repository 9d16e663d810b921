"""The measures of confidence, against what they are defined as."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.evals.reliability import Outcome, above, auroc, bins, calibration_error, risk_at_coverage

outcomes = st.lists(
    st.builds(Outcome, st.integers(0, 20).map(lambda level: level / 20), st.booleans()), min_size=1, max_size=40
)


def test_ranking_is_perfect_reversed_or_blind() -> None:
    """1 when every right value is above every wrong one, 0 the other way round, a half when all are alike."""
    right, wrong = Outcome(0.9, correct=True), Outcome(0.1, correct=False)
    assert (1.0, 0.0) == (auroc([right, wrong]), auroc([Outcome(0.1, correct=True), Outcome(0.9, correct=False)]))
    assert 0.5 == auroc([Outcome(0.5, correct=True), Outcome(0.5, correct=False)])
    assert (None, None, None) == (auroc([right]), auroc([wrong]), auroc([]))


@given(outcomes)
def test_auroc_is_the_share_of_pairs_in_the_right_order(known: list[Outcome]) -> None:
    """By ranks it is what counting all pairs of a right and a wrong value gives, ties half."""
    right = [one.confidence for one in known if one.correct]
    wrong = [one.confidence for one in known if not one.correct]
    pairs = [(high > low) + (high == low) / 2 for high in right for low in wrong]
    assert (pytest.approx(sum(pairs) / len(pairs)) if pairs else None) == auroc(known)


@given(outcomes)
def test_only_the_order_counts_for_auroc(known: list[Outcome]) -> None:
    """Any stretching of the scale leaves it as it is."""
    assert auroc(known) == auroc([Outcome(one.confidence**3, one.correct) for one in known])


def test_calibration_error_is_the_weighted_gap() -> None:
    """Of four values at 0.8, two right: 0.3 off; of one at 1.0, right: nothing off."""
    known = [Outcome(0.8, correct=number < 2) for number in range(4)] + [Outcome(1.0, correct=True)]
    assert pytest.approx(0.3 * 4 / 5) == calibration_error(known)
    assert [(0.8, 4, 0.5), (0.9, 1, 1.0)] == [(one["from"], one["n"], one["correct"]) for one in bins(known)]
    assert (None, []) == (calibration_error([]), bins([]))


@given(outcomes)
def test_every_value_is_in_one_bin(known: list[Outcome]) -> None:
    """The bins hold all values, and the error is a share."""
    error = calibration_error(known)
    assert len(known) == sum(one["n"] for one in bins(known))
    assert error is not None
    assert 0 <= error <= 1


def test_what_reaches_the_threshold_passes() -> None:
    """A value at the threshold passes, and one of the two that pass is wrong."""
    known = [Outcome(0.9, correct=True), Outcome(0.95, correct=False), Outcome(0.89, correct=False)]
    told = above(known, 0.9)
    assert {"threshold": 0.9, "n": 2, "coverage": 0.6667, "wrong": 1, "error_rate": 0.5} == told
    assert {"threshold": 0.9, "n": 0, "coverage": 0.0, "wrong": 0, "error_rate": 0.0} == above([], 0.9)


@given(outcomes)
def test_all_coverage_has_the_risk_of_all(known: list[Outcome]) -> None:
    """The last step covers everything, so its risk is the share of wrong values."""
    told = risk_at_coverage(known)
    wrong = sum(not one.correct for one in known) / len(known)
    assert 1.0 == told[-1]["coverage"]
    assert math.isclose(wrong, told[-1]["error_rate"], abs_tol=1e-4)


def test_the_most_certain_come_first() -> None:
    """The best half is right here, so the risk is nothing there, and a half over all."""
    known = [Outcome(0.9, correct=True)] * 5 + [Outcome(0.2, correct=False)] * 5
    told = {step["coverage"]: step["error_rate"] for step in risk_at_coverage(known)}
    assert (0.0, 0.5, []) == (told[0.5], told[1.0], risk_at_coverage([]))


@given(outcomes)
def test_the_order_of_ties_makes_no_difference(known: list[Outcome]) -> None:
    """Values of one confidence cannot be told apart, so neither can the risk."""
    forwards, backwards = ([step["error_rate"] for step in risk_at_coverage(order)] for order in (known, known[::-1]))
    assert pytest.approx(forwards, abs=2e-4) == backwards
