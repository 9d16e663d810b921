"""The weights of confidence follow the data as far as the promises allow."""

import json
from itertools import product

import numpy as np
import pytest

from quality.evals.fit import PRIOR, UNGROUNDED, Sample, fit, held_out, measures, read, split_sides
from shared.domain.documents.extraction import Signals
from shared.domain.judging.confidence import Weights, probability

LEVELS = (0.0, 0.5, 1.0)


def drawn(weights: Weights, count: int) -> list[Sample]:
    """Samples whose correctness follows `weights`."""
    chance = np.random.default_rng(7)
    samples = []
    for number in range(count):
        grounded, ocr, rules, labelled = (float(chance.choice(LEVELS, p=[0.15, 0.15, 0.7])) for _ in range(4))
        signals = Signals(grounded=grounded, ocr=ocr, parsed=1.0, rules=rules, verdict=1.0, labelled=labelled)
        samples.append(Sample(f"party {number % 40}", signals, bool(chance.random() < probability(signals, weights))))
    return samples


def test_without_data_the_weights_stay_as_set_by_hand() -> None:
    """What no sample speaks of is not changed."""
    silent = [Sample("a", Signals(grounded=1, ocr=1, parsed=1, rules=1, verdict=1, labelled=1), correct=True)]
    assert pytest.approx(PRIOR, abs=0.1) == fit(silent)


def test_the_weights_follow_the_data() -> None:
    """With samples enough the probabilities come near to the true ones, and nearer than those set by hand."""
    truth = Weights(bias=-6.5, grounded=4.5, ocr=0.5, parsed=1.5, rules=2.5, verdict=1.5, labelled=0.2, second=3.0)
    samples = drawn(truth, 4000)
    fitted = fit(samples)
    errors = [
        np.mean([abs(probability(one.signals, weights) - probability(one.signals, truth)) for one in samples])
        for weights in (fitted, PRIOR)
    ]
    assert errors[0] < 0.03 < errors[1]


@pytest.mark.parametrize("upside_down", [False, True])
def test_whatever_the_data_says_the_promises_hold(upside_down: bool) -> None:
    """More of a signal never lowers the probability, and what does not stand on the page is never likely."""
    samples = [one._replace(correct=one.correct is not upside_down) for one in drawn(PRIOR, 500)]
    fitted = fit(samples)
    assert min(fitted[1:]) >= 0
    best = Signals(grounded=0, ocr=1, parsed=1, rules=1, verdict=1, labelled=1)
    assert probability(best, fitted) <= UNGROUNDED + 0.005


def test_a_fit_is_the_same_every_time() -> None:
    """The same samples give the same weights, to the last digit."""
    samples = drawn(PRIOR, 200)
    assert fit(samples) == fit(samples)


def test_halves_share_no_party() -> None:
    """All samples are in one half, a party's all in the same, and the halves are about as large."""
    samples = drawn(PRIOR, 200)
    first, second = split_sides(samples)
    assert set() == {one.group for one in first} & {one.group for one in second}
    assert (200, True) == (len(first) + len(second), abs(len(first) - len(second)) <= 10)


def test_each_half_is_tested_with_the_weights_of_the_other() -> None:
    """Three sets of weights on each half; those fitted to one half come from the other."""
    samples = drawn(PRIOR, 200)
    second = split_sides(samples)[1]
    told = held_out(samples)
    assert fit(second)._asdict() == told["first"]["fitted_to_the_other"]["weights"]
    assert measures(second, PRIOR) == {
        key: value for key, value in told["second"]["by_hand"].items() if key != "weights"
    }


def test_judged_values_are_read_strictly_or_not() -> None:
    """The extent of a text may differ only when asked for; rows, and values without signals, are left out."""
    signals = Signals(grounded=1, ocr=1, parsed=1).model_dump()
    lines = [
        json.dumps({"group": "a", "row": row, "verdict": verdict, "signals": known})
        for verdict, known, row in product(("right", "extent", "wrong"), (signals, None), (None, 1))
    ]
    assert [True, False, False] == [one.correct for one in read(lines)]
    assert [True, True, False] == [one.correct for one in read(lines, extent_counts=True)]
