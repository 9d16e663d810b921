"""The JSON Schemas that model answers must fit, within the subset that Azure's structured outputs take."""

import json
from typing import Any

from shared.domain.document_type import DocumentType, FieldSpec, Kind

_JSON_TYPES: dict[Kind, str] = {"number": "number", "money": "number", "boolean": "boolean"}
_HINTS: dict[Kind, str] = {
    "text": "Text as printed.",
    "number": "A number.",
    "money": "An amount of money, as a plain number.",
    "date": "A date, written YYYY-MM-DD.",
    "identifier": "An identifier, as printed.",
    "currency": "An ISO 4217 currency code.",
    "boolean": "Yes or no.",
    "table": "One item a row.",
}
_LINES = {"type": "array", "items": {"type": "string"}}


def extraction_schema(kind: DocumentType) -> dict[str, Any]:
    """An object with one property a field: value and line ids; a table is an array of rows."""
    return _object({spec.name: _field(spec) for spec in kind.fields})


def verification_schema(names: tuple[str, ...]) -> dict[str, Any]:
    """A list of verdicts over the fields `names`."""
    verdict = {
        "field": {"type": "string", "enum": list(names)},
        "verdict": {"type": "string", "enum": ["supported", "contradicted", "missing"]},
        "reason": {"type": "string"},
        "line": {"type": ["string", "null"]},
    }
    return _object({"verdicts": {"type": "array", "items": _object(verdict)}})


def paths(kind: DocumentType) -> tuple[str, ...]:
    """The names of the fields that a verdict can be about: the single ones."""
    return tuple(spec.name for spec in kind.fields if spec.kind != "table")


def _field(spec: FieldSpec) -> dict[str, Any]:
    if spec.kind == "table":
        row = {"lines": _LINES, **{column.name: _value(column) for column in spec.columns}}
        return {"type": "array", "description": _description(spec), "items": _object(row)}
    body = _object(
        {"value": {key: part for key, part in _value(spec).items() if key != "description"}, "lines": _LINES}
    )
    return {"description": _description(spec), **body}


def _value(spec: FieldSpec) -> dict[str, Any]:
    value: dict[str, Any] = {"type": [_JSON_TYPES.get(spec.kind, "string"), "null"], "description": _description(spec)}
    if spec.choices:
        value["enum"] = [*spec.choices, None]
    return value


def _description(spec: FieldSpec) -> str:
    """Title, description, labels and format, in the one wording that prompts use."""
    parts = [f"{spec.title}.", spec.description]
    if spec.labels:
        parts.append(
            "Usually labelled: " + ", ".join(json.dumps(label, ensure_ascii=False) for label in spec.labels) + "."
        )
    parts.append(_HINTS[spec.kind])
    if spec.identifier:
        parts.append(f"Kind: {spec.identifier}.")
    return " ".join(part for part in parts if part)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
