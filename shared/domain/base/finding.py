"""What a rule, the reading or the reasoning model says about fields."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from shared.domain.base.stored import Stored

Severity = Literal["info", "warning", "error"]


MOST_ALIKE = 10
"""Findings of one rule that travel with a request, a row or an event; each of 5,000 pages may have its own."""


class Finding(Stored):
    """A statement about fields. `rule` names its origin; severity `error` always sends the case to a person."""

    rule: str
    severity: Severity
    message: str
    fields: tuple[str, ...] = ()


def some_of_each(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """Return the first `MOST_ALIKE` findings of each rule, in order, and how many more there are by rule."""
    seen = Counter[str]()
    kept = list[Finding]()
    for finding in findings:
        seen[finding.rule] += 1
        if seen[finding.rule] <= MOST_ALIKE:
            kept.append(finding)
    return tuple(kept), {rule: count - MOST_ALIKE for rule, count in seen.items() if count > MOST_ALIKE}
