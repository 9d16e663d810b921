"""Answer in the shape of a JSON schema; guess the fields of a schema that comes without hints."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.base.paths import DOT
from shared.domain.types.document_type import FieldSpec, FieldType
from shared.rule_reader.extract import Extract, ExtractedValue
from shared.rule_reader.fields.fields import split_name
from shared.rule_reader.fields.values import TableRow

type Schema = dict[str, Any]

_WRAPPED = {"value", "lines"}
_EMPTY: Mapping[str, object] = {"string": "", "number": 0, "integer": 0, "boolean": False, "array": []}
_MONEY_NAME = re.compile(r"total|amount|price|sum|cost|fee|tax|balance")
_TYPES_BY_NAME: tuple[tuple[str, FieldType], ...] = (
    (r"date|datum|birthday|deadline", "date"),
    (r"currency", "currency"),
    (r"(^|_)(iban|vat_id|number|no|id|code|reference|ref)$", "identifier"),
)


def guess_fields(schema: Schema) -> tuple[FieldSpec, ...]:
    """Return the fields of a schema by the names, titles and JSON types of its properties."""
    return tuple(_guess_fields(schema, schema, ""))


def _guess_fields(body: Schema, root: Schema, prefix: str) -> Iterator[FieldSpec]:
    for name, raw in body.get("properties", {}).items():
        node, path = _resolve(raw, root), prefix + name
        title = str(node.get("title") or split_name(path))
        if node.get("type") == "array" and "properties" in (item := _resolve(node.get("items", {}), root)):
            columns = [spec for spec in _guess_fields(item, root, "") if spec.name != "lines"]
            yield FieldSpec(name=path, field_type="table", title=title, columns=tuple(columns))
        elif set(node.get("properties", {})) == _WRAPPED:
            yield _guess_field(path, title, _resolve(node["properties"]["value"], root))
        elif "properties" in node:
            yield from _guess_fields(node, root, f"{path}{DOT}")
        else:
            yield _guess_field(path, title, node)


def _guess_field(name: str, title: str, node: Schema) -> FieldSpec:
    choices = tuple(choice for choice in node.get("enum", ()) if isinstance(choice, str))
    return FieldSpec(name=name, field_type=_guess_type(name, _json_types(node)), title=title, choices=choices)


def _guess_type(name: str, json_types: list[str]) -> FieldType:
    if "boolean" in json_types:
        return "boolean"
    if "number" in json_types or "integer" in json_types:
        return "money" if _MONEY_NAME.search(name) else "number"
    return next((field_type for pattern, field_type in _TYPES_BY_NAME if re.search(pattern, name)), "text")


def shape_answer(schema: Schema, extract: Extract) -> dict[str, Any]:
    """Return what was read as an object of the schema; properties that were not asked for are empty."""
    return _object(schema, schema, "", extract.values, extract.rows)


def _object(
    body: Schema,
    root: Schema,
    prefix: str,
    values: Mapping[str, ExtractedValue],
    rows: Mapping[str, tuple[TableRow, ...]],
) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for name, raw in body.get("properties", {}).items():
        node, path = _resolve(raw, root), prefix + name
        value = values.get(path, ExtractedValue(None, ()))
        if path in rows:
            answer[name] = [_row(_resolve(node["items"], root), root, row) for row in rows[path]]
        elif set(node.get("properties", {})) == _WRAPPED:
            answer[name] = {"value": value.value, "lines": list(value.lines)}
        elif "properties" in node:
            answer[name] = _object(node, root, f"{path}{DOT}", values, rows)
        else:
            answer[name] = value.value if value.value is not None else _empty(node)
    return answer


def _row(schema: Schema, root: Schema, row: TableRow) -> dict[str, Any]:
    """Return a row; `lines` is its evidence where the schema has it."""
    cells = {name: ExtractedValue(value, ()) for name, value in row.values.items()}
    shaped = _object(schema, root, "", cells, {})
    return shaped | ({"lines": list(row.lines)} if "lines" in shaped else {})


def _empty(node: Schema) -> object:
    types = _json_types(node)
    return None if "null" in types else _EMPTY.get(types[0])


def _json_types(node: Schema) -> list[str]:
    types = node.get("type", "string")
    return types if isinstance(types, list) else [types]


def _resolve(node: Schema, root: Schema) -> Schema:
    """Return the node with `$ref` followed and a nullable `anyOf` written as a list of types."""
    if "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step] if step != "#" else target
        return _resolve({**target, **{key: value for key, value in node.items() if key != "$ref"}}, root)
    options = [_resolve(option, root) for option in node.get("anyOf", ())]
    solid = [option for option in options if option.get("type") != "null"]
    if len(solid) == 1:
        merged = {**solid[0], **{key: value for key, value in node.items() if key != "anyOf"}}
        if len(options) > 1:
            merged["type"] = [solid[0].get("type"), "null"]
        return merged
    return node
