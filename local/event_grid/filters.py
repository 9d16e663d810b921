"""Match events to subscription filters. Pure functions.

Source: "Understand event filtering for Event Grid subscriptions" of the service's documentation, including its rule for
a missing key: only NumberNotIn, NumberNotInRange, StringNotIn and IsNullOrUndefined match it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.event_grid.state.config import AdvancedFilter, Filter, Operator
from local.event_grid.state.schema import Event

_MISSING = object()
_ALIASES = {"eventtype": "type", "eventid": "id", "topic": "source", "eventtypeversion": "dataversion"}
_MATCH_WITHOUT_KEY = {Operator.NUMBER_NOT_IN, Operator.NUMBER_NOT_IN_RANGE, Operator.STRING_NOT_IN}

_STRING_TESTS: Mapping[Operator, Callable[[str, str], bool]] = {
    Operator.STRING_IN: lambda text, operand: text == operand,
    Operator.STRING_BEGINS_WITH: lambda text, operand: text.startswith(operand),
    Operator.STRING_ENDS_WITH: lambda text, operand: text.endswith(operand),
    Operator.STRING_CONTAINS: lambda text, operand: operand in text,
}
_NUMBER_TESTS: Mapping[Operator, Callable[[float, Any], bool]] = {
    Operator.NUMBER_IN: lambda number, operand: number == operand,
    Operator.NUMBER_LESS_THAN: lambda number, operand: number < operand,
    Operator.NUMBER_LESS_THAN_OR_EQUALS: lambda number, operand: number <= operand,
    Operator.NUMBER_GREATER_THAN: lambda number, operand: number > operand,
    Operator.NUMBER_GREATER_THAN_OR_EQUALS: lambda number, operand: number >= operand,
    Operator.NUMBER_IN_RANGE: lambda number, operand: operand[0] <= number <= operand[1],
}
_NEGATIONS = {
    Operator.STRING_NOT_IN: Operator.STRING_IN,
    Operator.STRING_NOT_BEGINS_WITH: Operator.STRING_BEGINS_WITH,
    Operator.STRING_NOT_ENDS_WITH: Operator.STRING_ENDS_WITH,
    Operator.STRING_NOT_CONTAINS: Operator.STRING_CONTAINS,
    Operator.NUMBER_NOT_IN: Operator.NUMBER_IN,
    Operator.NUMBER_NOT_IN_RANGE: Operator.NUMBER_IN_RANGE,
}


def matches(conditions: Filter, event: Event) -> bool:
    """Return whether the event passes event types, subject and every advanced filter."""
    if conditions.included_event_types and event.type not in conditions.included_event_types:
        return False
    subject, begin, end = event.subject, conditions.subject_begins_with, conditions.subject_ends_with
    if not conditions.is_subject_case_sensitive:
        subject, begin, end = subject.casefold(), begin.casefold(), end.casefold()
    if not (subject.startswith(begin) and subject.endswith(end)):
        return False
    search_arrays = conditions.enable_advanced_filtering_on_arrays
    return all(_holds(condition, event, search_arrays) for condition in conditions.advanced_filters)


def _holds(condition: AdvancedFilter, event: Event, search_arrays: bool) -> bool:
    field_value = _value_of(event, condition.key)
    operator = condition.operator_type
    if operator is Operator.IS_NULL_OR_UNDEFINED:
        return field_value is _MISSING or field_value is None
    if operator is Operator.IS_NOT_NULL:
        return field_value is not _MISSING and field_value is not None
    if field_value is _MISSING:
        return operator in _MATCH_WITHOUT_KEY
    values = field_value if search_arrays and isinstance(field_value, list) else [field_value]
    positive = _NEGATIONS.get(operator)
    if positive is None:
        return any(_compare(operator, value, condition) for value in values)
    return all(_has_operand_type(positive, value) and not _compare(positive, value, condition) for value in values)


def _compare(operator: Operator, value: object, condition: AdvancedFilter) -> bool:
    """Return whether any operand holds for a value; none does for a value of another type."""
    if not _has_operand_type(operator, value):
        return False
    if operator is Operator.BOOL_EQUALS:
        return value in condition.operands
    if isinstance(value, str):
        return any(_STRING_TESTS[operator](value.casefold(), str(operand).casefold()) for operand in condition.operands)
    return isinstance(value, int | float) and any(
        _NUMBER_TESTS[operator](value, operand) for operand in condition.operands
    )


def _has_operand_type(operator: Operator, value: object) -> bool:
    if operator is Operator.BOOL_EQUALS:
        return isinstance(value, bool)
    if operator in _STRING_TESTS:
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value_of(event: Event, key: str) -> object:
    """Return the value under a dotted key: an attribute named as in either schema, then fields; case-insensitive."""
    parts = key.split(".")
    body: object = {**event.body, "id": event.id, "source": event.source, "type": event.type, "subject": event.subject}
    parts[0] = _ALIASES.get(parts[0].casefold(), parts[0])
    for part in parts:
        body = next(_fields_named(body, part), _MISSING)
    return body


def _fields_named(body: object, name: str) -> Iterator[object]:
    if isinstance(body, dict):
        if name in body:
            yield body[name]
        yield from (value for key, value in body.items() if key.casefold() == name.casefold())
