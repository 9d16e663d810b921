"""What a rule, the reading or the reasoning model says about fields."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from shared.domain.base.stored import Stored

Severity = Literal["info", "warning", "error"]


MAX_FINDINGS_PER_RULE = 10
"""Findings of one rule that travel with a request, a row or an event; each of 5,000 pages may have its own."""


class Finding(Stored):
    """A statement about fields. `rule` names its origin; severity `error` always sends the case to a person."""

    rule: str
    severity: Severity
    message: str
    fields: tuple[str, ...] = ()


def first_of_each_rule(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """Return the first `MOST_ALIKE` findings of each rule, in order, and how many more there are by rule."""
    counts = Counter[str]()
    first = list[Finding]()
    for finding in findings:
        counts[finding.rule] += 1
        if counts[finding.rule] <= MAX_FINDINGS_PER_RULE:
            first.append(finding)
    return tuple(first), {
        rule: count - MAX_FINDINGS_PER_RULE for rule, count in counts.items() if count > MAX_FINDINGS_PER_RULE
    }
