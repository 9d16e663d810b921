"""Whether a confidence means what it says: ranking, calibration, and the risk that a threshold leaves."""

from collections.abc import Sequence
from typing import Any, NamedTuple

BINS = 10
COVERAGES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


class Outcome(NamedTuple):
    """A confidence (0..1) and whether the value was right."""

    confidence: float
    correct: bool


def auroc(outcomes: Sequence[Outcome]) -> float | None:
    """Return the probability that a right value has a higher confidence than a wrong one, ties counting half.

    The area under the ROC curve as the Mann-Whitney statistic (Hanley & McNeil, 1982). None: all right, or all wrong.
    """
    right = [outcome.confidence for outcome in outcomes if outcome.correct]
    wrong = [outcome.confidence for outcome in outcomes if not outcome.correct]
    if not right or not wrong:
        return None
    pooled = sorted(outcome.confidence for outcome in outcomes)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for rank, confidence in enumerate(pooled, 1):
        first.setdefault(confidence, rank)
        last[confidence] = rank
    ranks = sum((first[confidence] + last[confidence]) / 2 for confidence in right)
    return (ranks - len(right) * (len(right) + 1) / 2) / (len(right) * len(wrong))


def bins(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """For each tenth of the scale that holds values: how many, their mean confidence, and the share that is right."""
    told = []
    for number in range(BINS):
        inside = [one for one in outcomes if min(int(one.confidence * BINS), BINS - 1) == number]
        if inside:
            told.append(
                {
                    "from": number / BINS,
                    "to": (number + 1) / BINS,
                    "n": len(inside),
                    "confidence": round(sum(one.confidence for one in inside) / len(inside), 4),
                    "correct": round(sum(one.correct for one in inside) / len(inside), 4),
                }
            )
    return told


def calibration_error(outcomes: Sequence[Outcome]) -> float | None:
    """Return the expected calibration error: mean distance of confidence and accuracy over ten bins, by their size.

    Naeini, Cooper & Hauskrecht, 2015. None without any value.
    """
    if not outcomes:
        return None
    gap = 0.0
    for number in range(BINS):
        inside = [one for one in outcomes if min(int(one.confidence * BINS), BINS - 1) == number]
        gap += abs(sum(one.confidence - one.correct for one in inside))
    return gap / len(outcomes)


def above(outcomes: Sequence[Outcome], threshold: float) -> dict[str, Any]:
    """Return how many values have at least the threshold, their share of all, and the share of them that is wrong."""
    passed = [one for one in outcomes if one.confidence >= threshold]
    wrong = sum(not one.correct for one in passed)
    return {
        "threshold": threshold,
        "n": len(passed),
        "coverage": round(len(passed) / len(outcomes), 4) if outcomes else 0.0,
        "wrong": wrong,
        "error_rate": round(wrong / len(passed), 4) if passed else 0.0,
    }


def risk_at_coverage(outcomes: Sequence[Outcome]) -> list[dict[str, float]]:
    """Return the error rate of the most certain values, for growing shares of all (Geifman & El-Yaniv, 2017).

    Values of the same confidence cannot be told apart: each counts with the mean correctness of its like.
    """
    if not outcomes:
        return []
    like: dict[float, list[bool]] = {}
    for one in outcomes:
        like.setdefault(one.confidence, []).append(one.correct)
    wrong: list[float] = []
    for confidence in sorted(like, reverse=True):
        ties = like[confidence]
        wrong += [1 - sum(ties) / len(ties)] * len(ties)
    told = []
    for coverage in COVERAGES:
        count = max(1, round(coverage * len(wrong)))
        told.append({"coverage": coverage, "error_rate": round(sum(wrong[:count]) / count, 4)})
    return told
