"""Evaluation records: the measured error rate behind a threshold, and the configuration that it was measured under."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import Field

from shared.domain.base.frozen import Frozen

CONFIDENCE_LEVEL = 0.95
"""Of the one-sided upper bound of an error rate."""
_BISECTIONS = 60

type DeploymentsByTask = Mapping[str, tuple[str, ...]]
"""For each capability, the deployments that may answer, in the order in which they are asked."""


class Evaluation(Frozen):
    """A record of one evaluation of a document type, as `intray eval --record` writes it.

    It counts for one configuration: `type_version` (DocumentType.evaluated_version) and `deployments`. `accept_at`: the
    threshold in force. `accepted`, `wrong`: documents that passed without a person, and those of them with a wrong
    value; `incomplete`: those that lack a labelled value. `error_rate_at_most`: the upper bound of the error rate with
    95 % confidence. `answered_by`: the models that the API named in its answers.
    """

    document_type: str
    type_version: str
    accept_at: float = Field(ge=0, le=1)
    deployments: dict[str, tuple[str, ...]]
    answered_by: tuple[str, ...] = ()
    set: str
    documents: int = Field(ge=0)
    accepted: int = Field(ge=0)
    wrong: int = Field(ge=0)
    incomplete: int = Field(0, ge=0)
    error_rate: float | None = Field(ge=0, le=1)
    error_rate_at_most: float = Field(ge=0, le=1)
    made: date
    command: str
    program: str

    def differences(self, accept_at: float, type_version: str, deployments: DeploymentsByTask) -> list[str]:
        """Return what differs between this record's configuration and the given one; empty when it is valid."""
        differing = []
        if self.type_version != type_version:
            differing.append(f"the type is version {type_version}, the record is of {self.type_version}")
        for task in sorted(self.deployments.keys() | deployments.keys()):
            recorded, configured = self.deployments.get(task, ()), deployments.get(task, ())
            if recorded != configured:
                differing.append(
                    f"{task} is done by {_join_names(configured)}, in the record by {_join_names(recorded)}"
                )
        if accept_at < self.accept_at:
            differing.append(f"accept_at is {accept_at:g}, lower than {self.accept_at:g} in the record")
        return differing


def closest_differences(
    records: Sequence[Evaluation], accept_at: float, type_version: str, deployments: DeploymentsByTask
) -> list[str] | None:
    """Return the differences of the record that fits best (empty: it is valid); None when there is no record."""
    differing = [record.differences(accept_at, type_version, deployments) for record in records]
    return min(differing, key=len, default=None)


def error_rate_interval(wrong: int, accepted: int) -> tuple[float, float]:
    """Return the two-sided 95 % interval of an error rate (Clopper and Pearson, 1934); 0 to 1 for no case at all."""
    confidence = (1 + CONFIDENCE_LEVEL) / 2
    lower = 1 - error_rate_at_most(accepted - wrong, accepted, confidence) if wrong else 0.0
    return round(lower, 4), error_rate_at_most(wrong, accepted, confidence)


def error_rate_at_most(wrong: int, accepted: int, confidence: float = CONFIDENCE_LEVEL) -> float:
    """Return the one-sided upper bound of an error rate (Clopper and Pearson, 1934); 1 for no case at all."""
    if wrong >= accepted:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _probability_of_at_most(wrong, accepted, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return math.ceil(high * 10_000) / 10_000


def _probability_of_at_most(wrong: int, cases: int, rate: float) -> float:
    """Return the binomial probability of at most `wrong` errors in so many cases."""
    logarithms = (
        math.lgamma(cases + 1) - math.lgamma(count + 1) - math.lgamma(cases - count + 1)
        + count * math.log(rate) + (cases - count) * math.log1p(-rate)
        for count in range(wrong + 1)
    )  # fmt: skip
    return sum(math.exp(logarithm) for logarithm in logarithms)


def _join_names(names: Sequence[str]) -> str:
    return ", ".join(names) or "no deployment"
