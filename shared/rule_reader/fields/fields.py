"""What the schema asks for: fields with their kind, labels and shape, read from descriptions and names."""

import re
from dataclasses import dataclass, replace
from typing import Any

type Schema = dict[str, Any]

_LABELLED = re.compile(r"Usually labelled:((?:\s*\"(?:[^\"\\]|\\.)*\"[,;]?)+)")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")
_KIND = re.compile(r"Kind: ([a-z_]+)\.")
_HINTS = (
    ("A date, written YYYY-MM-DD.", "date"),
    ("An amount of money, as a plain number.", "money"),
    ("An ISO 4217 currency code.", "currency"),
    ("An identifier, as printed.", "identifier"),
    ("A number.", "number"),
    ("Yes or no.", "boolean"),
    ("Text as printed.", "text"),
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z\d])(?=[A-Z][a-z])|(?<=[a-z])(?=\d)")
_LONGEST_TITLE = 5  # words
_NAMED_KINDS = (  # for schemas that carry no hint: what a name says about its value
    (r"date|datum|birthday|deadline", "date"),
    (r"currency", "currency"),
    (r"(^|_)(iban|vat_id|number|no|id|code|reference|ref)$", "identifier"),
)


@dataclass(frozen=True)
class Field:
    """One value to find. `wrapped` fields answer {value, lines}; plain ones the bare value."""

    name: str
    title: str
    description: str
    kind: str
    labels: tuple[str, ...]
    identifier: str = ""
    options: tuple[Any, ...] = ()
    nullable: bool = True
    wrapped: bool = True

    @property
    def words(self) -> str:
        """Name, title and description in lower case: where the field's meaning is looked up."""
        return f"{spoken(self.name)} {self.title} {self.description}".lower()


@dataclass(frozen=True)
class Table:
    """A list of rows to find, with its columns; `cites` when rows carry `lines`."""

    name: str
    title: str
    columns: tuple[Field, ...]
    cites: bool = True


def read_fields(schema: Schema) -> tuple[list[Field], list[Table]]:
    """Return the single fields and the tables of an extraction schema; those of an object inside have dotted names."""
    return _read_object(schema, schema, "")


def _read_object(body: Schema, schema: Schema, prefix: str) -> tuple[list[Field], list[Table]]:
    fields: list[Field] = []
    tables: list[Table] = []
    for key, raw in body.get("properties", {}).items():
        node, name = _resolved(raw, schema), prefix + key
        if node.get("type") == "array" and "properties" in (items := _resolved(node.get("items", {}), schema)):
            columns, _ = _read_object({"properties": _without_lines(items["properties"])}, schema, "")
            plain = tuple(replace(column, wrapped=False) for column in columns)
            tables.append(Table(name, _title(name, node), plain, "lines" in items["properties"]))
        elif set(node.get("properties", {})) == {"value", "lines"}:
            inner = _resolved(node["properties"]["value"], schema)
            fields.append(_field(name, {**inner, "description": node.get("description", "")}, wrapped=True))
        elif "properties" in node:
            inner_fields, inner_tables = _read_object(node, schema, f"{name}.")
            fields += inner_fields
            tables += inner_tables
        else:
            fields.append(_field(name, node, wrapped=False))
    return fields, tables


def _without_lines(columns: Schema) -> Schema:
    return {key: column for key, column in columns.items() if key != "lines"}


def _resolved(node: Schema, root: Schema) -> Schema:
    """Return the node with `$ref` followed and a nullable `anyOf` written as a list of types."""
    if "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step] if step != "#" else target
        return _resolved({**target, **{key: value for key, value in node.items() if key != "$ref"}}, root)
    options = [_resolved(option, root) for option in node.get("anyOf", ())]
    solid = [option for option in options if option.get("type") != "null"]
    if len(solid) == 1:
        merged = {**solid[0], **{key: value for key, value in node.items() if key != "anyOf"}}
        if len(options) > 1:
            merged["type"] = [solid[0].get("type"), "null"]
        return merged
    return node


def _field(name: str, node: Schema, *, wrapped: bool) -> Field:
    description = str(node.get("description", ""))
    types = node.get("type", "string")
    types = types if isinstance(types, list) else [types]
    quoted = [label.replace('\\"', '"') for group in _LABELLED.findall(description) for label in _QUOTED.findall(group)]
    options = tuple(option for option in node.get("enum", ()) if option is not None)
    identifier = match.group(1) if (match := _KIND.search(description)) else ""
    title = _title(name, node)
    own = [title, title.rpartition(": ")[2], spoken(name)]
    labels = tuple(dict.fromkeys(label for label in (*quoted, *own) if label.strip()))
    return Field(
        name, title, description, _kind(name, description, types), labels, identifier, options, "null" in types, wrapped
    )


def spoken(name: str) -> str:
    """Return a name as words, as it could stand on a page: `PayerTIN`, `payer_tin` and `payer.tin` are two words."""
    return " ".join(_HUMP.sub(" ", re.sub(r"[_.]", " ", name)).split())


def _title(name: str, node: Schema) -> str:
    if "title" in node:
        return str(node["title"])
    first = str(node.get("description", "")).split(". ", 1)[0].strip(" .")
    return first if first and len(first.split()) <= _LONGEST_TITLE and "labelled" not in first else spoken(name)


def _kind(name: str, description: str, types: list[str]) -> str:
    for hint, kind in _HINTS:
        if hint in description:
            return kind
    if "boolean" in types:
        return "boolean"
    if "number" in types or "integer" in types:
        return "money" if re.search(r"total|amount|price|sum|cost|fee|tax|balance", name) else "number"
    for pattern, kind in _NAMED_KINDS:
        if re.search(pattern, name):
            return kind
    return "text"
