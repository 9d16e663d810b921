"""The fields of a document type, read from its JSON Schema; an object inside becomes fields with dotted names."""

from typing import Any, Literal, get_args

from jsonschema import Draft202012Validator, SchemaError

from shared.document_types.rules.identifiers import COMMON_IDENTIFIERS, is_known
from shared.document_types.vocabulary import check_binding
from shared.document_types.yaml_files.source import Path, Source, suggest
from shared.domain.base.paths import DOT
from shared.domain.types.document_type import FieldSpec, FieldType

FIELD_TYPES: frozenset[FieldType] = frozenset(get_args(FieldType))
_JSON_TYPES: dict[tuple[str, str | None], FieldType] = {
    ("string", None): "text",
    ("string", "date"): "date",
    ("number", None): "number",
    ("integer", None): "number",
    ("boolean", None): "boolean",
    ("array", None): "table",
}
_TYPE_OF: dict[FieldType, str] = {"number": "number", "money": "number", "boolean": "boolean", "table": "array"}
_EXTENSIONS = ("x-kind", "x-labels", "x-hint", "x-identifier", "x-invalid-as-printed", "x-einvoice")
_KEYS = frozenset(
    ["type", "format", "title", "description", "enum", "items", "properties", "required", "additionalProperties"]
).union(_EXTENSIONS)
_SCHEMA_KEYS = frozenset(["$schema", "$id", "type", "title", "description", "properties", "required"])
_MAX_OBJECT_LEVELS = 3
"""Objects inside each other, below the type: with a value and its line ids that makes Azure's five levels (FACTS)."""
_RESERVED = frozenset({"lines"})
MAX_COLUMNS = 95
"""Columns of a table; with the table itself and its line ids they must fit a request (100 properties)."""


def read_fields(source: Source) -> tuple[FieldSpec, ...]:
    """Return the fields of `schema` in a type's YAML, in order; what is wrong is noted in `source`."""
    schema = source.body.get("schema")
    if not isinstance(schema, dict):
        source.tell(("schema",), "the type has no `schema`", "add a JSON Schema object with `properties`")
        return ()
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        source.tell(("schema", *error.path), f"not JSON Schema: {error.message}", "see json-schema.org, draft 2020-12")
        return ()
    for key in sorted(set(schema) - _SCHEMA_KEYS - {"additionalProperties"}):
        source.tell(("schema", key), f"{key!r} is not read here", suggest(key, _SCHEMA_KEYS))
    return _Reader(source).object(schema, ("schema",), "", "", 0)


class _Reader:
    """Reads the objects of one schema."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def object(self, body: dict[str, Any], path: Path, prefix: str, title: str, depth: int) -> tuple[FieldSpec, ...]:
        """Return the fields of an object at `path`, whose own names begin with `prefix` and titles with `title`."""
        properties = body.get("properties")
        if not isinstance(properties, dict) or not properties:
            self._tell(path, "an object without `properties` names no field", "list its fields under `properties`")
            return ()
        required = body.get("required", [])
        for number, name in enumerate(required):
            if name not in properties:
                self._tell((*path, "required", number), f"there is no field {name}", suggest(name, set(properties)))
        fields: list[FieldSpec] = []
        for name, field in properties.items():
            here = (*path, "properties", name)
            if DOT in name or name in _RESERVED or not name.strip():
                self._tell(here, f"a field cannot be called {name!r}", "names have no dot, and `lines` is taken")
                continue
            if isinstance(field, dict):
                fields += self._field(field, here, prefix + name, title, depth, required=name in required)
            else:
                self._tell(here, "a field is an object", "write {type: string} at least")
        return tuple(fields)

    def _field(
        self, body: dict[str, Any], path: Path, name: str, above: str, depth: int, *, required: bool
    ) -> tuple[FieldSpec, ...]:
        leaf = name.rpartition(DOT)[2]
        title = above + str(body.get("title") or leaf.replace("_", " ").capitalize())
        for key in sorted(set(body) - _KEYS):
            self._tell((*path, key), f"{key!r} is not read here", _REMEDIES.get(key) or suggest(key, _KEYS))
        if body.get("type") == "object":
            if depth == _MAX_OBJECT_LEVELS:
                self._tell(
                    path, "objects lie too deep inside each other", f"at most {_MAX_OBJECT_LEVELS} below the type"
                )
                return ()
            return self.object(body, path, f"{name}{DOT}", f"{title}: ", depth + 1)
        field_type = self._kind(body, path)
        if field_type is None:
            return ()
        columns = self._columns(body, path, depth) if field_type == "table" else ()
        spec = FieldSpec(
            name=name,
            field_type=field_type,
            title=title,
            description=self._text(body, path, "description"),
            hint=self._text(body, path, "x-hint"),
            labels=self._words(body, path, "x-labels"),
            required=required,
            choices=self._words(body, path, "enum"),
            identifier=self._identifier(body, path),
            invalid_as_printed=self._invalid_as_printed(body, path),
            terms=self._terms(body, path),
            columns=columns,
        )
        if depth == 0 and (problem := check_binding(spec)):
            self._tell((*path, "x-einvoice"), problem, "docs/document-types.md lists the terms that are read")
        return (spec,)

    def _kind(self, body: dict[str, Any], path: Path) -> FieldType | None:
        types = body.get("type", "string")
        names = [name for name in types if name != "null"] if isinstance(types, list) else [types]
        json_type = names[0] if len(names) == 1 else ""
        explicit: Any = body.get("x-kind")
        if explicit is not None and (not isinstance(explicit, str) or explicit not in FIELD_TYPES):
            self._tell((*path, "x-kind"), f"there is no kind {explicit!r}", suggest(str(explicit), set(FIELD_TYPES)))
            return None
        implied = _JSON_TYPES.get((json_type, body.get("format")))
        if explicit is None and implied is None:
            message = f"type {body.get('type')!r}, format {body.get('format')!r} is no kind of value"
            self._tell((*path, "type"), message, "set x-kind to one of " + ", ".join(sorted(FIELD_TYPES)))
            return None
        if explicit is not None and "type" in body and json_type not in {_TYPE_OF.get(explicit, "string"), "integer"}:
            message = f"the kind {explicit} is of the type {_TYPE_OF.get(explicit, 'string')}, not {json_type or types}"
            self._tell((*path, "type"), message, "change one of the two")
        return explicit or implied

    def _columns(self, body: dict[str, Any], path: Path, depth: int) -> tuple[FieldSpec, ...]:
        items = body.get("items")
        if not isinstance(items, dict) or "properties" not in items:
            self._tell(path, "a table needs `items` with `properties`", "list its columns under items.properties")
            return ()
        columns = self.object(items, (*path, "items"), "", "", depth + 1)
        if len(columns) > MAX_COLUMNS:
            self._tell((*path, "items"), f"a table of {len(columns)} columns", f"at most {MAX_COLUMNS}: split it")
        for column in columns:
            if column.field_type == "table":
                place = (*path, "items", "properties", column.name)
                self._tell(place, "a table inside a table is not read", "make it a table of its own")
        return columns

    def _text(self, body: dict[str, Any], path: Path, key: str) -> str:
        value = body.get(key, "")
        if not isinstance(value, str):
            self._tell((*path, key), f"{key} is not a text", "put quotes around it")
            return ""
        return value

    def _words(self, body: dict[str, Any], path: Path, key: str) -> tuple[str, ...]:
        value = body.get(key, [])
        if not isinstance(value, list):
            self._tell((*path, key), f"{key} is not a list", f"write {key}: [first, second]")
            return ()
        for number, word in enumerate(value):
            if not isinstance(word, str):
                message = f"{word!r} in {key} is not a text"
                self._tell(
                    (*path, key, number), message, "put quotes around it (YAML reads Yes and No as truth values)"
                )
        return tuple(word for word in value if isinstance(word, str))

    def _identifier(self, body: dict[str, Any], path: Path) -> str | None:
        value = body.get("x-identifier")
        if value is not None and not is_known(str(value)):
            remedy = (
                f"{suggest(str(value), COMMON_IDENTIFIERS)}, or <country>.<name> as in python-stdnum, such as us.ein"
            )
            self._tell((*path, "x-identifier"), f"there is no check for {value!r}", remedy)
        return None if value is None else str(value)

    def _invalid_as_printed(self, body: dict[str, Any], path: Path) -> Literal["error", "warning"]:
        value = body.get("x-invalid-as-printed", "error")
        here = (*path, "x-invalid-as-printed")
        if value not in ("error", "warning"):  # a tuple: YAML may hold what has no hash
            self._tell(here, f"{value!r} is no severity", "write error or warning")
        elif "x-invalid-as-printed" in body and "x-identifier" not in body:
            self._tell(here, "the field has no check that could fail", "add x-identifier, or remove the line")
        return "warning" if value == "warning" else "error"

    def _terms(self, body: dict[str, Any], path: Path) -> tuple[str, ...]:
        """Return the business terms of EN 16931 that the field is bound to."""
        terms = body.get("x-einvoice", [])
        return self._words({"x-einvoice": [terms] if isinstance(terms, str) else terms}, path, "x-einvoice")

    def _tell(self, path: Path, message: str, remedy: str) -> None:
        where = ".".join(str(step) for step in path)
        self._source.tell(path, f"{where}: {message}", remedy)


_REMEDIES = {
    "pattern": "write a rule: matches(field, 'expression')",
    "minimum": "write a rule: field >= 0.0",
    "maximum": "write a rule: field <= 100.0",
}
