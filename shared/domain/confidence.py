"""Confidence: from independent signals to the probability that a value is right."""

import math
from typing import NamedTuple

from shared.domain.extraction import Signals


class Weights(NamedTuple):
    """A logistic model: log-odds = bias + sum(weight x signal). An absent signal counts as `NEUTRAL`."""

    bias: float
    grounded: float
    ocr: float
    parsed: float
    rules: float
    verdict: float
    labelled: float


FIRST_WEIGHTS = Weights(bias=-8.0, grounded=5.0, ocr=2.0, parsed=1.5, rules=1.0, verdict=1.5, labelled=1.0)
"""Set by hand: a value that stands on the page, was read clearly, parses and is confirmed comes to about 0.98; one
that does not stand on the page never passes 0.3. Calibration on reviewed documents is to replace them."""
NEUTRAL = 0.5


def probability(signals: Signals, weights: Weights = FIRST_WEIGHTS) -> float:
    """The probability (0..1, four digits) that a value with these signals is right."""
    score = (
        weights.bias
        + weights.grounded * signals.grounded
        + weights.ocr * signals.ocr
        + weights.parsed * signals.parsed
        + weights.rules * _or_neutral(signals.rules)
        + weights.verdict * _or_neutral(signals.verdict)
        + weights.labelled * _or_neutral(signals.labelled)
    )
    return round(1 / (1 + math.exp(-score)), 4)


def _or_neutral(signal: float | None) -> float:
    return NEUTRAL if signal is None else signal
