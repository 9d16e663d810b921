"""Which events a subscription gets."""

import pytest
from pydantic import ValidationError

from local.event_grid.filters import matches
from local.event_grid.state.config import AdvancedFilter, Filter
from tests.support.event_grid import cloud_event, grid_event

DATA = {
    "api": "PutBlob",
    "size": 7,
    "paid": True,
    "tags": ["urgent", "invoice"],
    "inner": {"deep": {"x": "Y"}},
    "no": None,
}


def passes(operator: str, key: str, *values: object, arrays: bool = False) -> bool:
    """Whether the sample event passes one advanced filter."""
    condition = AdvancedFilter.model_validate({"operatorType": operator, "key": key, "values": values})
    wanted = Filter(advanced_filters=(condition,), enable_advanced_filtering_on_arrays=arrays)
    return matches(wanted, cloud_event(data=DATA, tenant="acme"))


def test_an_empty_filter_wants_everything() -> None:
    """Without conditions every event is delivered."""
    assert matches(Filter(), cloud_event())


def test_event_types_are_compared_whole() -> None:
    """A type is wanted by its full name only."""
    wanted = Filter(included_event_types=("dev.intray.document.finalized.v1",))
    assert matches(wanted, cloud_event())
    assert not matches(wanted, cloud_event(type="dev.intray.document.finalized.v10"))


@pytest.mark.parametrize(
    ("begins", "ends", "case_sensitive", "expected"),
    [
        ("/blobServices/default/containers/incoming/", "", False, True),
        ("/blobServices/default/containers/in/", "", False, False),
        ("/BLOBSERVICES/", ".PDF", False, True),
        ("/BLOBSERVICES/", "", True, False),
        ("", ".pdf", True, True),
        ("", ".txt", False, False),
    ],
)
def test_subjects_are_compared_at_both_ends(begins: str, ends: str, case_sensitive: bool, expected: bool) -> None:
    """Case counts only where the filter says so; a trailing slash keeps apart names with one beginning."""
    wanted = Filter(subject_begins_with=begins, subject_ends_with=ends, is_subject_case_sensitive=case_sensitive)
    event = grid_event(subject="/blobServices/default/containers/incoming/blobs/a.pdf")
    assert expected == matches(wanted, event)


@pytest.mark.parametrize(
    ("operator", "key", "values", "expected"),
    [
        ("StringIn", "data.api", ("putblob", "CopyBlob"), True),
        ("StringIn", "data.api", ("Put",), False),
        ("StringNotIn", "data.api", ("Put",), True),
        ("StringNotIn", "data.api", ("PUTBLOB",), False),
        ("StringBeginsWith", "data.api", ("put",), True),
        ("StringBeginsWith", "data.api", ("blob",), False),
        ("StringNotBeginsWith", "data.api", ("put",), False),
        ("StringEndsWith", "data.api", ("x", "blob"), True),
        ("StringNotEndsWith", "data.api", ("blob",), False),
        ("StringContains", "data.api", ("tbl",), True),
        ("StringContains", "data.size", ("7",), False),
        ("StringNotContains", "data.api", ("zzz",), True),
        ("NumberIn", "data.size", (1, 7), True),
        ("NumberNotIn", "data.size", (7,), False),
        ("NumberNotIn", "data.size", (8,), True),
        ("NumberLessThan", "data.size", (7,), False),
        ("NumberLessThanOrEquals", "data.size", (7,), True),
        ("NumberGreaterThan", "data.size", (6.5,), True),
        ("NumberGreaterThan", "data.api", (6,), False),
        ("NumberGreaterThan", "data.paid", (0,), False),
        ("NumberGreaterThanOrEquals", "data.size", (8,), False),
        ("NumberInRange", "data.size", ([1, 2], [5, 7]), True),
        ("NumberNotInRange", "data.size", ([5, 7],), False),
        ("BoolEquals", "data.paid", (True,), True),
        ("BoolEquals", "data.paid", (False,), False),
        ("BoolEquals", "data.size", (True,), False),
        ("IsNullOrUndefined", "data.no", (), True),
        ("IsNullOrUndefined", "data.api", (), False),
        ("IsNotNull", "data.api", (), True),
        ("IsNotNull", "data.no", (), False),
    ],
)
def test_each_operator_compares_as_documented(
    operator: str, key: str, values: tuple[object, ...], expected: bool
) -> None:
    """Strings ignore case, any of the values may hold, and a value of another kind never does."""
    assert expected == passes(operator, key, *values)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Data.Inner.Deep.X", "y"),
        ("subject", "documents/d1"),
        ("EventType", "dev.intray.document.finalized.v1"),
        ("source", "/local/incoming"),
        ("topic", "/local/incoming"),
        ("id", "e1"),
        ("tenant", "acme"),
    ],
)
def test_keys_reach_attributes_and_nested_fields(key: str, value: str) -> None:
    """A key is an attribute in the words of either schema, an extension, or a dotted path into data."""
    assert passes("StringIn", key, value)


def test_event_grid_attributes_have_their_names() -> None:
    """An Event Grid event is filtered by the same keys, and by its data version."""
    condition = AdvancedFilter.model_validate({"operatorType": "StringIn", "key": "DataVersion", "value": "1.0"})
    assert matches(Filter(advanced_filters=(condition,)), grid_event())


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("StringNotIn", ("a",), True),
        ("NumberNotIn", (1,), True),
        ("NumberNotInRange", ([1, 2],), True),
        ("IsNullOrUndefined", (), True),
        ("StringNotContains", ("a",), False),
        ("StringNotBeginsWith", ("a",), False),
        ("StringIn", ("a",), False),
        ("IsNotNull", (), False),
    ],
)
def test_only_some_negations_match_a_missing_key(operator: str, values: tuple[object, ...], expected: bool) -> None:
    """Event Grid's odd rule: the other negations do not match what is not there."""
    assert expected == passes(operator, "data.missing", *values)


def test_arrays_are_looked_into_only_when_asked() -> None:
    """With array filtering one element suffices, or for a negation every element must hold."""
    assert not passes("StringIn", "data.tags", "urgent")
    assert passes("StringIn", "data.tags", "urgent", arrays=True)
    assert not passes("StringNotIn", "data.tags", "urgent", arrays=True)
    assert passes("StringNotIn", "data.tags", "receipt", arrays=True)


def test_all_advanced_filters_must_hold() -> None:
    """Conditions are joined by and."""
    good = AdvancedFilter.model_validate({"operatorType": "StringIn", "key": "subject", "value": "documents/d1"})
    bad = AdvancedFilter.model_validate({"operatorType": "StringIn", "key": "subject", "value": "other"})
    assert not matches(Filter(advanced_filters=(good, bad)), cloud_event())


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("StringIn", [1]),
        ("StringIn", []),
        ("NumberIn", ["1"]),
        ("NumberInRange", [1, 2]),
        ("BoolEquals", ["true"]),
        ("StringContains", ["x" * 513]),
    ],
)
def test_operands_must_fit_the_operator(operator: str, values: list[object]) -> None:
    """A filter that could never be compared is refused when it is made, not when events come."""
    with pytest.raises(ValidationError):
        AdvancedFilter.model_validate({"operatorType": operator, "key": "data.x", "values": values})
