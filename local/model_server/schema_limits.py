"""Azure's subset of JSON Schema for strict structured output, refused with the service's own words.

Limits: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/structured-outputs (100 properties, 5 levels).
"""

from collections.abc import Iterator
from typing import Any

from local.model_server.errors import ApiError, invalid_request

type Schema = dict[str, Any]
type Path = tuple[str, ...]

MAX_PROPERTIES = 100
MAX_LEVELS = 5
UNSUPPORTED = frozenset(
    [
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "patternProperties",
        "unevaluatedProperties",
        "propertyNames",
        "minProperties",
        "maxProperties",
        "unevaluatedItems",
        "contains",
        "minContains",
        "maxContains",
        "minItems",
        "maxItems",
        "uniqueItems",
        "allOf",
        "oneOf",
        "not",
        "dependentRequired",
        "dependentSchemas",
        "if",
        "then",
        "else",
        "default",
    ]
)


def check_schema(name: str, schema: object) -> None:
    """Raise ApiError 400, as the service does, when `schema` is outside the subset."""
    if not isinstance(schema, dict):
        raise _schema_error(name, (), "schema must be an object")
    if "anyOf" in schema or schema.get("type") != "object":
        raise _schema_error(name, (), "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'")
    properties = deepest = 0
    for path, node, level in _walk(schema, (), 1):
        _check_node(name, path, node)
        properties += len(node.get("properties", {}))
        deepest = max(deepest, level)
    if properties > MAX_PROPERTIES:
        raise _schema_error(name, (), f"too many properties: {properties}, the limit is {MAX_PROPERTIES}")
    if deepest > MAX_LEVELS:
        raise _schema_error(name, (), f"{deepest} levels of nesting exceed the limit of {MAX_LEVELS}")


def _check_node(name: str, path: Path, node: Schema) -> None:
    for keyword in sorted(UNSUPPORTED & node.keys()):
        raise _schema_error(name, path, f"'{keyword}' is not permitted")
    kind = node.get("type")
    if kind is None and not {"anyOf", "$ref", "enum", "const"} & node.keys():
        raise _schema_error(name, path, "schema must have a 'type' key")
    if kind == "array" and "items" not in node:
        raise _schema_error(name, path, "array schema missing items")
    if kind != "object" and "properties" not in node:
        return
    if node.get("additionalProperties") is not False:
        raise _schema_error(name, path, "'additionalProperties' is required to be supplied and to be false")
    missing = sorted(set(node.get("properties", {})) - set(node.get("required", ())))
    if missing:
        raise _schema_error(
            name,
            path,
            "'required' is required to be supplied and to be an array including every key in properties. "
            f"Missing '{missing[0]}'",
        )


def _walk(node: Schema, path: Path, level: int) -> Iterator[tuple[Path, Schema, int]]:
    """Yield every schema inside `node` with its path; a level is an object or an array's item object."""
    yield path, node, level
    for group in ("properties", "$defs"):
        for key, child in node.get(group, {}).items():
            if isinstance(child, dict):
                yield from _walk(child, (*path, group, key), level + _deeper(child, group))
    if isinstance(items := node.get("items"), dict):
        yield from _walk(items, (*path, "items"), level + _deeper(items, "items"))
    for number, child in enumerate(node.get("anyOf", ())):
        yield from _walk(child, (*path, "anyOf", str(number)), level)


def _deeper(child: Schema, group: str) -> int:
    return int(group != "$defs" and "properties" in child)


def _schema_error(name: str, path: Path, why: str) -> ApiError:
    context = "(" + ", ".join(f"'{step}'" for step in path) + ("," if len(path) == 1 else "") + ")"
    message = f"Invalid schema for response_format '{name}': In context={context}, {why}."
    return invalid_request(message, "response_format")
