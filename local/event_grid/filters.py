"""Whether a subscription wants an event. Pure.

Source: "Understand event filtering for Event Grid subscriptions" of the service's documentation, with its odd rule for
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
    Operator.STRING_IN: lambda text, wanted: text == wanted,
    Operator.STRING_BEGINS_WITH: lambda text, wanted: text.startswith(wanted),
    Operator.STRING_ENDS_WITH: lambda text, wanted: text.endswith(wanted),
    Operator.STRING_CONTAINS: lambda text, wanted: wanted in text,
}
_NUMBER_TESTS: Mapping[Operator, Callable[[float, Any], bool]] = {
    Operator.NUMBER_IN: lambda number, wanted: number == wanted,
    Operator.NUMBER_LESS_THAN: lambda number, wanted: number < wanted,
    Operator.NUMBER_LESS_THAN_OR_EQUALS: lambda number, wanted: number <= wanted,
    Operator.NUMBER_GREATER_THAN: lambda number, wanted: number > wanted,
    Operator.NUMBER_GREATER_THAN_OR_EQUALS: lambda number, wanted: number >= wanted,
    Operator.NUMBER_IN_RANGE: lambda number, wanted: wanted[0] <= number <= wanted[1],
}
_NEGATIONS = {
    Operator.STRING_NOT_IN: Operator.STRING_IN,
    Operator.STRING_NOT_BEGINS_WITH: Operator.STRING_BEGINS_WITH,
    Operator.STRING_NOT_ENDS_WITH: Operator.STRING_ENDS_WITH,
    Operator.STRING_NOT_CONTAINS: Operator.STRING_CONTAINS,
    Operator.NUMBER_NOT_IN: Operator.NUMBER_IN,
    Operator.NUMBER_NOT_IN_RANGE: Operator.NUMBER_IN_RANGE,
}


def matches(wanted: Filter, event: Event) -> bool:
    """Return whether the event passes event types, subject and every advanced filter."""
    if wanted.included_event_types and event.type not in wanted.included_event_types:
        return False
    subject, begin, end = event.subject, wanted.subject_begins_with, wanted.subject_ends_with
    if not wanted.is_subject_case_sensitive:
        subject, begin, end = subject.casefold(), begin.casefold(), end.casefold()
    if not (subject.startswith(begin) and subject.endswith(end)):
        return False
    return all(_holds(one, event, wanted.enable_advanced_filtering_on_arrays) for one in wanted.advanced_filters)


def _holds(condition: AdvancedFilter, event: Event, arrays: bool) -> bool:
    found = _value_of(event, condition.key)
    operator = condition.operator_type
    if operator is Operator.IS_NULL_OR_UNDEFINED:
        return found is _MISSING or found is None
    if operator is Operator.IS_NOT_NULL:
        return found is not _MISSING and found is not None
    if found is _MISSING:
        return operator in _MATCH_WITHOUT_KEY
    values = found if arrays and isinstance(found, list) else [found]
    positive = _NEGATIONS.get(operator)
    if positive is None:
        return any(_compare(operator, value, condition) for value in values)
    return all(_is_kind(positive, value) and not _compare(positive, value, condition) for value in values)


def _compare(operator: Operator, value: object, condition: AdvancedFilter) -> bool:
    """One value against the operands, any of which may hold; a value of another kind than the operator's does not."""
    if not _is_kind(operator, value):
        return False
    if operator is Operator.BOOL_EQUALS:
        return value in condition.operands
    if isinstance(value, str):
        return any(_STRING_TESTS[operator](value.casefold(), str(one).casefold()) for one in condition.operands)
    return isinstance(value, int | float) and any(_NUMBER_TESTS[operator](value, one) for one in condition.operands)


def _is_kind(operator: Operator, value: object) -> bool:
    if operator is Operator.BOOL_EQUALS:
        return isinstance(value, bool)
    if operator in _STRING_TESTS:
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value_of(event: Event, key: str) -> object:
    """Return the value under a dotted key: an attribute in either schema's words, then fields; case does not count."""
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
