"""Reads document types from folders: `<folder>/<name>/type.yaml`."""

import hashlib
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, SchemaError
from pydantic import ValidationError

from shared.document_types.rules import check_rule
from shared.document_types.vocabulary import check_binding
from shared.domain.document_type import DocumentType, FieldSpec, Kind
from shared.domain.errors import IntrayError

BUILT_IN = Path(__file__).parent
_FORMATS: dict[tuple[str, str | None], Kind] = {
    ("string", None): "text",
    ("string", "date"): "date",
    ("number", None): "number",
    ("integer", None): "number",
    ("boolean", None): "boolean",
    ("array", None): "table",
}


class InvalidType(IntrayError):
    """A document type's folder cannot be used; the message names the file, the place and the remedy."""


def load_types(*folders: Path) -> dict[str, DocumentType]:
    """Every document type under `folders`, by name; a later folder replaces a type of the same name.

    Raises InvalidType.
    """
    types: dict[str, DocumentType] = {}
    for folder in folders:
        if not folder.is_dir():
            message = f"{folder} is not a folder of document types"
            raise InvalidType(message)
        for file in sorted(folder.glob("*/type.yaml")):
            kind = load_type(file)
            types[kind.name] = kind
    return types


def load_type(file: Path) -> DocumentType:
    """The document type in `file`; raises InvalidType."""
    data = file.read_bytes()
    try:
        body = yaml.safe_load(data)
    except yaml.YAMLError as error:
        raise InvalidType(f"{file}: not valid YAML: {error}") from error
    if not isinstance(body, dict) or not isinstance(body.get("schema"), dict):
        message = f"{file}: needs `name`, `title` and `schema` (a JSON Schema object with `properties`)"
        raise InvalidType(message)
    schema = body.pop("schema")
    try:
        Draft202012Validator.check_schema(schema)
        fields = _fields(schema, file)
        kind = DocumentType.model_validate(body | {"fields": fields, "version": hashlib.sha256(data).hexdigest()[:16]})
    except SchemaError as error:
        message = f"{file}: schema{''.join(f'.{step}' for step in error.path)}: {error.message}"
        raise InvalidType(message) from error
    except ValidationError as error:
        first = error.errors()[0]
        message = f"{file}: {'.'.join(str(step) for step in first['loc'])}: {first['msg']}"
        raise InvalidType(message) from error
    _check(kind, file)
    return kind


def _fields(schema: dict[str, Any], file: Path) -> tuple[FieldSpec, ...]:
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not properties:
        message = f"{file}: schema.properties names no field"
        raise InvalidType(message)
    required = set(schema.get("required", ()))
    unknown = required - set(properties)
    if unknown:
        message = f"{file}: schema.required names {', '.join(sorted(unknown))}, which schema.properties lacks"
        raise InvalidType(message)
    return tuple(_field(name, body, name in required, file) for name, body in properties.items())


def _field(name: str, body: dict[str, Any], required: bool, file: Path) -> FieldSpec:  # noqa: FBT001 - a schema fact
    key = (str(body.get("type", "string")), body.get("format"))
    kind = body.get("x-kind") or _FORMATS.get(key)
    if kind is None:
        message = f"{file}: schema.properties.{name}: type {key} is not supported; set x-kind to a kind that is"
        raise InvalidType(message)
    return FieldSpec(
        name=name,
        kind=kind,
        title=body.get("title") or name.replace("_", " ").capitalize(),
        description=body.get("description", ""),
        labels=tuple(body.get("x-labels", ())),
        required=required,
        choices=tuple(body.get("enum", ())),
        identifier=body.get("x-identifier"),
        terms=_several(body.get("x-einvoice", [])),
        columns=_fields(body.get("items", {}), file) if kind == "table" else (),
    )


def _several(value: str | list[str]) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _check(kind: DocumentType, file: Path) -> None:
    names = {spec.name for spec in kind.fields}
    if kind.name != file.parent.name:
        message = f"{file}: name is {kind.name!r}, but the folder is called {file.parent.name!r}: make them the same"
        raise InvalidType(message)
    for spec in kind.fields:
        problem = check_binding(spec)
        if problem:
            message = f"{file}: schema.properties.{spec.name}: {problem}"
            raise InvalidType(message)
    single = {spec.name for spec in kind.fields if spec.kind != "table"}
    if strange := sorted(set(kind.policy.unique) - single):
        message = f"{file}: policy.unique: no single field is called {', '.join(strange)}"
        raise InvalidType(message)
    for rule in kind.rules:
        problem = check_rule(rule, names)
        if problem:
            message = f"{file}: rules.{rule.id}: {problem}"
            raise InvalidType(message)
