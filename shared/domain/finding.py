"""What a rule, the reading or the reasoning model says about fields."""

from typing import Literal

from shared.domain.frozen import Frozen

Severity = Literal["info", "warning", "error"]


class Finding(Frozen):
    """A statement about fields. `rule` names its origin; severity `error` always sends the case to a person."""

    rule: str
    severity: Severity
    message: str
    fields: tuple[str, ...] = ()
