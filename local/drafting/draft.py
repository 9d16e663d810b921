"""A drafted document type, and its `type.yaml`."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

DraftFieldType = Literal["text", "number", "money", "date", "identifier", "currency", "boolean", "table"]
_TYPES: Mapping[str, str] = {"number": "number", "money": "number", "boolean": "boolean", "table": "array"}
_JSON_FIELD_TYPES = frozenset({"text", "number", "boolean", "table"})
"""Kinds that JSON Schema's own types say."""
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ä": "ae", "ö": "oe", "ü": "ue"})
_MAX_NAME_CHARACTERS = 40
_HEADER = """\
# Drafted by `intray types new`. What to look at before it is used:
#   - fields: remove what nobody needs; give each a description that says what it is, for people and for the model
#   - x-labels: how pages label the field, in every language you expect
#   - required: what no document may lack; x-identifier: iban, vat, … where check digits can be verified
#   - rules: what must be true, such as {sum: rows.amount, equals: total}; docs/document-types.md has everything
#   - policy: there is none, so a person checks each document; docs/evaluation.md says how a type earns a threshold
# Then: intray types check FOLDER, and intray types add FOLDER
"""


class DraftColumn(BaseModel):
    """A column of a drafted table."""

    model_config = ConfigDict(extra="forbid")

    title: str
    kind: DraftFieldType
    labels: list[str]


class DraftField(DraftColumn):
    """A drafted field; `columns` of a table, else empty."""

    required: bool
    columns: list[DraftColumn]


class Draft(BaseModel):
    """What a model, or the offline reader, proposes for a type."""

    model_config = ConfigDict(extra="forbid")

    title: str
    description: str
    labels: list[str]
    fields: list[DraftField]


def type_yaml(name: str, draft: Draft) -> str:
    """Return the `type.yaml` of a draft, for a person to complete."""
    properties: dict[str, Any] = {}
    required = []
    for field in draft.fields:
        key = _free_name(slug(field.title), properties)
        if key:
            properties[key] = _property(field)
            required += [key] if field.required else []
    schema = {"type": "object", **({"required": required} if required else {}), "properties": properties}
    return _HEADER + as_yaml(
        {
            "name": name,
            "title": draft.title or name.replace("_", " ").capitalize(),
            "description": draft.description,
            "labels": draft.labels,
            "schema": schema,
        }
    )


def as_yaml(body: Mapping[str, Any]) -> str:
    """Return a mapping as YAML in the order given, lists of words in one line."""
    return yaml.dump(dict(body), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def slug(title: str) -> str:
    """Return a field's name from its title: small ASCII letters, digits and underscores; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_MAX_NAME_CHARACTERS].strip("_")
    return f"n_{name}" if name[:1].isdigit() else name


def property_schema(field_type: DraftFieldType, title: str, labels: Sequence[str]) -> dict[str, Any]:
    """Return the property of a value of this kind, or of a table, whose `items` are still to be added."""
    body: dict[str, Any] = {"type": _TYPES.get(field_type, "string")}
    if field_type not in _JSON_FIELD_TYPES:
        body["x-kind"] = field_type
    if slug(title) == "iban":
        body |= {"x-kind": "identifier", "x-identifier": "iban"}
    return body | {"title": title} | ({"x-labels": list(labels)} if labels else {})


def _property(field: DraftField) -> dict[str, Any]:
    body = property_schema(field.kind, field.title, field.labels)
    if field.kind == "table":
        columns: dict[str, Any] = {}
        for column in field.columns:
            if key := _free_name(slug(column.title), columns):
                columns[key] = property_schema(column.kind, column.title, column.labels)
        body["items"] = {"type": "object", "properties": columns}
    return body


def _free_name(name: str, taken: Mapping[str, object]) -> str:
    """Return the name, with a number where it is taken or reserved; empty stays empty."""
    candidate, number = name, 1
    while candidate and (candidate in taken or candidate == "lines"):
        number += 1
        candidate = f"{name}_{number}"
    return candidate


class _Dumper(yaml.SafeDumper):
    """Lists of plain words stand in one line."""


def _list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    inline = all(not isinstance(value, dict | list) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=inline)


_Dumper.add_representer(list, _list)
