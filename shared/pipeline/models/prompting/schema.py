"""The JSON Schemas that model answers must fit, within the subset that Azure's structured outputs take."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

from shared.domain.base.paths import DOT, to_nested
from shared.domain.types.document_type import DocumentType, FieldSpec, FieldType

MAX_PROPERTIES = 100
"""Of one request's schema (FACTS, Azure's structured outputs)."""
MAX_PROMPT_LABELS = 3
"""Of a field or a document type: more cost tokens in each request and tell a language model nothing new."""
_JSON_TYPES: dict[FieldType, str] = {"number": "number", "money": "number", "boolean": "boolean"}
_HINTS: dict[FieldType, str] = {
    "text": "Text as printed.",
    "number": "A number.",
    "money": "An amount of money, as a plain number.",
    "date": "A date, written YYYY-MM-DD.",
    "identifier": "An identifier, as printed.",
    "currency": "An ISO 4217 currency code.",
    "boolean": "Yes or no. No, without lines, where the document says nothing of it.",
    "table": "One item a row.",
}
_LINES = {"type": "array", "items": {"type": "string"}}


def extraction_schema(specs: Sequence[FieldSpec]) -> dict[str, Any]:
    """Return an object with one property a field: value and line ids; a table is an array of rows.

    Fields with dotted names stand in objects inside.
    """
    return _objects(to_nested({spec.name: _field(spec) for spec in specs}))


def group_fields(document_type: DocumentType) -> tuple[tuple[FieldSpec, ...], ...]:
    """Return the type's fields in their order, in as few groups as fit a request each."""
    return _group(document_type.fields)


@lru_cache(maxsize=64)  # one for each type
def _group(fields: tuple[FieldSpec, ...]) -> tuple[tuple[FieldSpec, ...], ...]:
    groups_so_far: list[list[FieldSpec]] = []
    seen_objects: set[str] = set()
    count = 0
    for spec in fields:
        parents = set(accumulate(spec.name.split(DOT)[:-1], lambda path, name: f"{path}{DOT}{name}"))
        field_properties = 1 + count_properties(_field(spec))
        if not groups_so_far or count + field_properties + len(parents - seen_objects) > MAX_PROPERTIES:
            groups_so_far.append([])
            seen_objects, count = set(), 0
        groups_so_far[-1].append(spec)
        count += field_properties + len(parents - seen_objects)
        seen_objects |= parents
    return tuple(tuple(group) for group in groups_so_far)


def count_properties(schema: Mapping[str, Any]) -> int:
    """Return how many properties a schema has, those of all objects inside it together, as Azure counts them."""
    inside = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return len(schema.get("properties", {})) + sum(count_properties(part) for part in inside)


def verification_schema(names: Sequence[str]) -> dict[str, Any]:
    """Return a list of verdicts over the fields `names`."""
    verdict = {
        "field": {"type": "string", "enum": list(names)},
        "verdict": {"type": "string", "enum": ["supported", "contradicted", "missing"]},
        "reason": {"type": "string"},
        "line": {"type": ["string", "null"]},
    }
    return _object({"verdicts": {"type": "array", "items": _object(verdict)}})


def _field(spec: FieldSpec) -> dict[str, Any]:
    if spec.field_type == "table":
        row = {"lines": _LINES, **to_nested({column.name: _value(column) for column in spec.columns})}
        return {"type": "array", "description": _description(spec), "items": _objects(row)}
    body = _object(
        {"value": {key: part for key, part in _value(spec).items() if key != "description"}, "lines": _LINES}
    )
    return {"description": _description(spec), **body}


def _value(spec: FieldSpec) -> dict[str, Any]:
    value: dict[str, Any] = {
        "type": [_JSON_TYPES.get(spec.field_type, "string"), "null"],
        "description": _description(spec),
    }
    if spec.choices:
        value["enum"] = [*spec.choices, None]
    return value


@lru_cache(maxsize=4096)  # one for each field and column of the types
def _description(spec: FieldSpec) -> str:
    """Title, description, labels, format and hint, in the one wording that prompts use."""
    parts = [f"{spec.title}.", spec.description]
    if labels := spec.labels[:MAX_PROMPT_LABELS]:
        parts.append("Usually labelled: " + ", ".join(json.dumps(label, ensure_ascii=False) for label in labels) + ".")
    parts.append(_HINTS[spec.field_type])
    if spec.identifier:
        parts.append(f"Kind: {spec.identifier}.")
    parts.append(spec.hint)
    return " ".join(part for part in parts if part)


def _objects(tree: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of objects inside objects: whatever has no `type` yet is one."""
    return _object(
        {name: body if "type" in body and _is_schema(body) else _objects(body) for name, body in tree.items()}
    )


def _is_schema(body: Mapping[str, Any]) -> bool:
    """Return whether this is a field's schema, and not an object whose fields happen to be called like a keyword."""
    return isinstance(body["type"], str | list)


def _object(inside: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": inside,
        "required": list(inside),
        "additionalProperties": False,
    }
