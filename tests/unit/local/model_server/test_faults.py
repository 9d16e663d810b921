"""Scripted faults: matched, counted and consumed in order."""

import pytest
from pydantic import ValidationError

from local.model_server.faults.script import FaultScript, parse_rules


def script(text: str) -> FaultScript:
    """A script from JSON."""
    return FaultScript(parse_rules(text))


def test_rules_fire_in_order_and_are_spent() -> None:
    """Each rule fires once unless told otherwise."""
    faults = script('[{"fault": {"kind": "drop"}}, {"fault": {"kind": "refusal"}, "times": 2}]')
    fired = [faults.next_for("extract_invoice", "a") for _ in range(4)]
    assert [fault.kind if fault else None for fault in fired] == ["drop", "refusal", "refusal", None]


def test_a_rule_waits_for_its_schema_and_deployment() -> None:
    """Calls that do not match leave the rule where it is."""
    faults = script('[{"match": {"schema": "verify_x", "deployment": "b"}, "fault": {"kind": "drop"}}]')
    assert faults.next_for("extract_x", "b") is None
    assert faults.next_for("verify_x", "a") is None
    assert faults.next_for("verify_x", "b") is not None


def test_the_nth_call_is_counted_from_now() -> None:
    """`call` 3 lets two matching calls pass."""
    faults = script('[{"match": {"call": 3}, "fault": {"kind": "drop"}}]')
    assert [faults.next_for("x", "a") is not None for _ in range(4)] == [False, False, True, False]


def test_what_is_left_can_be_seen() -> None:
    """A test can ask which rules were not spent."""
    faults = script('[{"match": {"schema": "x"}, "fault": {"kind": "delay", "seconds": 2}}]')
    assert faults.as_json()[0]["match"] == {"schema": "x", "deployment": None, "call": 1}
    faults.clear()
    assert faults.as_json() == []


@pytest.mark.parametrize(
    "text", ['{"fault": {}}', '[{"fault": {"kind": "explode"}}]', '[{"fault": {"kind": "drop"}, "wen": 1}]']
)
def test_a_misspelt_rule_is_refused(text: str) -> None:
    """A rule that would silently never fire is an error."""
    with pytest.raises(ValidationError):
        parse_rules(text)
