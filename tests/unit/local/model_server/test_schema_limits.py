"""Schemas outside Azure's structured-output subset are refused in the service's words."""

from typing import Any

import pytest

from local.model_server.errors import ApiError
from local.model_server.schema_limits import check_schema


def obj(**properties: Any) -> dict[str, Any]:
    """A strict object schema."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def nested(levels: int) -> dict[str, Any]:
    """Objects inside objects, so many levels deep."""
    return obj(a={"type": "string"} if levels == 1 else nested(levels - 1))


GOOD: list[dict[str, Any]] = [
    obj(a={"type": ["string", "null"], "enum": ["x", None]}),
    obj(a={"type": "array", "items": obj(b={"type": "number"})}),
    obj(a={"anyOf": [{"type": "string"}, {"type": "null"}]}),
    {**obj(a={"$ref": "#/$defs/B"}), "$defs": {"B": obj(c={"type": "boolean"})}},
    obj(**{f"f{n}": {"type": "string"} for n in range(100)}),
    nested(5),
]
BAD = [
    ({"anyOf": [obj()]}, 'type: "object"'),
    ({"type": "array", "items": {"type": "string"}}, 'type: "object"'),
    ({**obj(a={"type": "string"}), "additionalProperties": True}, "'additionalProperties' is required"),
    ({**obj(a={"type": "string"}), "required": []}, "Missing 'a'"),
    (obj(a={"type": "string", "minLength": 1}), "'minLength' is not permitted"),
    (obj(a={"type": "string", "format": "date"}), "'format' is not permitted"),
    (obj(a={"type": "array", "items": {"type": "string"}, "maxItems": 3}), "'maxItems' is not permitted"),
    (obj(a={"type": "number", "minimum": 0}), "'minimum' is not permitted"),
    (obj(a={"type": "array"}), "array schema missing items"),
    (obj(a={"description": "no type"}), "schema must have a 'type' key"),
    (obj(**{f"f{n}": {"type": "string"} for n in range(101)}), "too many properties: 101"),
    (nested(6), "6 levels of nesting"),
]


@pytest.mark.parametrize("schema", GOOD)
def test_a_schema_in_the_subset_passes(schema: dict[str, Any]) -> None:
    """Nothing is raised up to the limits."""
    check_schema("thing", schema)


@pytest.mark.parametrize(("schema", "why"), BAD)
def test_a_schema_outside_the_subset_is_refused(schema: dict[str, Any], why: str) -> None:
    """The error is a 400 on response_format that says why."""
    with pytest.raises(ApiError) as caught:
        check_schema("thing", schema)
    error = caught.value.body["error"]
    assert (caught.value.status, error["type"], error["param"]) == (400, "invalid_request_error", "response_format")
    assert why in error["message"]
    assert error["message"].startswith("Invalid schema for response_format 'thing': In context=(")


def test_the_context_names_the_place() -> None:
    """The path into the schema is told as the service tells it."""
    with pytest.raises(ApiError) as caught:
        check_schema("thing", obj(a=obj(b={"type": "string", "pattern": "x"})))
    assert "In context=('properties', 'a', 'properties', 'b'), " in caught.value.body["error"]["message"]
