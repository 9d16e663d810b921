"""Fit the weights of confidence to judged values.

`python -m quality.evals.fit SIGNALS...` takes the `signals.jsonl` files that `intray eval` writes.

Each half of the documents is tested with weights fitted to the other one, and no seller or merchant is in both. The
weights to use come from all of them (docs/decisions/0007). `--extent-counts` takes a text that holds more or less than
the label's for right.
"""

import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.evals.reliability import Outcome, above, auroc, calibration_error
from quality.evals.split import halves
from shared.domain.documents.extraction import Signals
from shared.domain.judging.confidence import NEUTRAL, WEIGHTS, Weights, probability

Matrix = NDArray[np.float64]
UNGROUNDED = 0.29
"""The most that a value can be worth which does not stand on the page, whatever else speaks for it."""
PRIOR = Weights(
    bias=-8.0, grounded=5.0, ocr=2.0, parsed=1.5, rules=1.0, verdict=1.5, labelled=1.0, second=WEIGHTS.second
)
"""Set by hand. Where the data is silent (offline, every value parses and is supported) the fit stays here."""
_PRIOR_DEVIATION = 0.5
_FITTED = tuple(name for name in Weights._fields if name not in {"bias", "second"})
_STEPS = 20_000
_THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


class Sample(NamedTuple):
    """A judged value: the party its document shares with others, what spoke for it, and whether it was right."""

    group: str
    signals: Signals
    correct: bool


def read(lines: Iterable[str], *, extent_counts: bool = False) -> list[Sample]:
    """Read the single values of a signals.jsonl; `extent_counts`: a text of another extent than its label is right."""
    bodies = (json.loads(line) for line in lines)
    fine = {"right", "extent"} if extent_counts else {"right"}
    return [
        Sample(body["group"], Signals.model_validate(body["signals"]), body["verdict"] in fine)
        for body in bodies
        if body["signals"] and body["row"] is None
    ]


def fit(samples: Sequence[Sample], prior: Weights = PRIOR) -> Weights:
    """Logistic regression, most probable weights under a normal prior around `prior`, by projected gradient.

    The log-odds are top·g + (floor - u)(1 - g) - Σ w·(1 - signal), g being the grounding: with every parameter >= 0,
    more of a signal never lowers the probability, and without grounding it is at most `UNGROUNDED`. The weight of a
    second reading stays as it is: no labelled document has one.
    """
    floor = math.log(UNGROUNDED / (1 - UNGROUNDED))
    lacking = np.array([_lacking(sample.signals) for sample in samples])
    design = np.column_stack([1 - lacking[:, 0], -lacking])
    offset = floor * lacking[:, 0] + np.array([_second(sample.signals, prior) for sample in samples])
    right = np.array([sample.correct for sample in samples], dtype=np.float64)
    centre = _parameters(prior, floor)
    step = 1 / (0.25 * float(np.linalg.eigvalsh(design.T @ design)[-1]) + _PRIOR_DEVIATION**-2)
    found = centre.copy()
    for _ in range(_STEPS):
        odds = design @ found + offset
        gradient = design.T @ (1 / (1 + np.exp(-odds)) - right) + (found - centre) / _PRIOR_DEVIATION**2
        found = np.maximum(0.0, found - step * gradient)
    return _weights(found, floor, prior.second)


def _lacking(signals: Signals) -> list[float]:
    """Return how much each signal falls short of 1, in the order of Weights."""
    values = [getattr(signals, name) for name in _FITTED]
    return [1 - (NEUTRAL if value is None else value) for value in values]


def _second(signals: Signals, weights: Weights) -> float:
    """Return what a second reading adds to the log-odds."""
    return 0.0 if signals.second is None else weights.second * signals.grounded * (signals.second - NEUTRAL)


def _parameters(weights: Weights, floor: float) -> Matrix:
    """(top, u, w of the other signals), none below 0."""
    fitted = [getattr(weights, name) for name in _FITTED]
    top = weights.bias + sum(fitted)
    parameters = np.array([top, weights.grounded - top + floor, *fitted[1:]], dtype=np.float64)
    return np.asarray(np.maximum(0.0, parameters))


def _weights(parameters: Matrix, floor: float, second: float) -> Weights:
    top, below, *others = (float(value) for value in parameters)
    grounded = top - floor + below
    rounded = [round(value, 2) for value in (grounded, *others)]
    return Weights._make((round(top - grounded - sum(others), 2), *rounded, second))


def measures(samples: Sequence[Sample], weights: Weights) -> dict[str, Any]:
    """How well these weights rank and how well they are calibrated on samples, and what thresholds would let pass."""
    known = [Outcome(probability(sample.signals, weights), sample.correct) for sample in samples]
    area, error = auroc(known), calibration_error(known)
    surprise = [-math.log(one.confidence if one.correct else 1 - one.confidence) for one in known]
    return {
        "n": len(known),
        "wrong": sum(not one.correct for one in known),
        "log_loss": round(sum(surprise) / max(1, len(known)), 4),
        "auroc": None if area is None else round(area, 4),
        "ece": None if error is None else round(error, 4),
        "thresholds": [above(known, at) for at in _THRESHOLDS],
    }


def split_sides(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Two halves that share no group."""
    sides = halves([sample.group for sample in samples])
    first, second = ([one for one, where in zip(samples, sides, strict=True) if where == side] for side in (0, 1))
    return first, second


def held_out(samples: Sequence[Sample]) -> dict[str, Any]:
    """Each half tested with weights fitted to the other, beside the weights set by hand and those in use."""
    first, second = split_sides(samples)
    told = {}
    for name, fitting, testing in (("first", second, first), ("second", first, second)):
        tried = {"by_hand": PRIOR, "in_use": WEIGHTS, "fitted_to_the_other": fit(fitting)}
        told[name] = {
            how: {"weights": weights._asdict(), **measures(testing, weights)} for how, weights in tried.items()
        }
    return told


def main(arguments: Sequence[str]) -> None:
    """Print what halves say of each other's weights, and the weights that all samples together give, as JSON."""
    files = [argument for argument in arguments if argument != "--extent-counts"]
    lines = [line for file in files for line in Path(file).read_text(encoding="utf-8").splitlines()]
    samples = read(lines, extent_counts=len(files) < len(arguments))
    print(json.dumps({"held_out": held_out(samples), "weights": fit(samples)._asdict()}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
