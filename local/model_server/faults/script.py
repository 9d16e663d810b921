"""Scripted faults: what a test may make the server do wrong, consumed in order."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

type Kind = Literal[
    "status",
    "delay",
    "drop",
    "cut",
    "truncate",
    "refusal",
    "content_filter",
    "content_filter_output",
    "invalid_json",
    "wrong_evidence",
    "drop_rows",
    "exhausted",
    "body",
    "drip",
]


class Match(BaseModel):
    """Which calls a rule is for; what is not given matches every call."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_name: str | None = Field(default=None, alias="schema")
    deployment: str | None = None
    call: int = Field(default=1, ge=1)  # the nth call that matches the rest, counted since the rule was posted


class Fault(BaseModel):
    """What happens: `status` answers with it; `delay` waits `seconds`; `cut` sends the first half of the body.

    `drop_rows` leaves every third row of a table out; `exhausted` spends all tokens on reasoning; `body` answers with
    status 200 and the text `body`; `drip` sends a blank each tenth of a second for `seconds`, then the answer. `code`
    and `message` are those of the error that `status` answers with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    status: int = Field(default=500, ge=400, le=599)
    headers: dict[str, str] = {}
    seconds: float = Field(default=0.0, ge=0)
    code: str | None = None
    message: str = "This failure was asked for by a test."
    body: str = ""


class Rule(BaseModel):
    """One line of the script; it fires `times` times, then it is spent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Match = Match()
    fault: Fault
    times: int = Field(default=1, ge=1)


_RULES = TypeAdapter(list[Rule])


def parse_rules(raw: str | bytes) -> list[Rule]:
    """Rules from a JSON list; raises pydantic.ValidationError with what is wrong."""
    return _RULES.validate_json(raw)


class FaultScript:
    """The rules that are not spent yet."""

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self._rules: list[Rule] = list(rules)

    def add(self, rules: Sequence[Rule]) -> None:
        """Append rules to the script."""
        self._rules.extend(rules)

    def clear(self) -> None:
        """Drop every rule."""
        self._rules.clear()

    def as_json(self) -> list[dict[str, object]]:
        """Return the rules still to come."""
        return [rule.model_dump(by_alias=True) for rule in self._rules]

    def next_for(self, schema_name: str, deployment: str) -> Fault | None:
        """Return the fault for this call, if a rule is due: the first due rule fires, earlier ones count down."""
        for position, rule in enumerate(self._rules):
            if not _matches(rule.match, schema_name, deployment):
                continue
            if rule.match.call > 1:
                due = rule.match.model_copy(update={"call": rule.match.call - 1})
                self._rules[position] = rule.model_copy(update={"match": due})
                continue
            if rule.times > 1:
                self._rules[position] = rule.model_copy(update={"times": rule.times - 1})
            else:
                del self._rules[position]
            return rule.fault
        return None


def _matches(match: Match, schema_name: str, deployment: str) -> bool:
    return match.schema_name in {None, schema_name} and match.deployment in {None, deployment}
