"""Tell whether an event's schema still keeps what its published one promised; docs/events/README.md has the rules."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeIs

Schema = Mapping[str, Any]

_ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples"})
"""Keywords that say nothing about which data is valid (JSON Schema 2020-12, Validation, section 9)."""


def breaking_changes(published: Schema, current: Schema) -> list[str]:
    """Return what a subscriber who relies on `published` could miss or not understand in the data of `current`.

    New properties, and old ones that are now always there, are no break; any other difference is one.
    """
    return [*_breaks(_View(published, published), _View(current, current), "data")]


class _View:
    """A schema within its document, with its reference followed."""

    def __init__(self, schema: Schema, root: Schema) -> None:
        while "$ref" in schema:
            beside = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
            schema = {**root["$defs"][schema["$ref"].removeprefix("#/$defs/")], **beside}
        self.schema = schema
        self.root = root

    def inner(self, schema: Schema) -> "_View":
        """Return a schema that stands in this one."""
        return _View(schema, self.root)


def _breaks(before: _View, after: _View, place: str) -> Iterator[str]:
    for keyword in sorted((before.schema.keys() | after.schema.keys()) - _ANNOTATIONS):
        old, new = before.schema.get(keyword), after.schema.get(keyword)
        if keyword == "properties":
            still = new or {}
            for name, schema in (old or {}).items():
                if name in still:
                    yield from _breaks(before.inner(schema), after.inner(still[name]), f"{place}.{name}")
                else:
                    yield f"{place}.{name}: removed"
        elif keyword == "required":
            yield from (f"{place}.{name}: no longer always there" for name in sorted({*(old or ())} - {*(new or ())}))
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            inside = f"{place}[]" if keyword == "items" else f"{place} ({keyword})"
            yield from _breaks(before.inner(old), after.inner(new), inside)
        elif _are_schemas(old) and _are_schemas(new) and len(old) == len(new):
            for number, (one, other) in enumerate(zip(old, new, strict=True), start=1):
                yield from _breaks(before.inner(one), after.inner(other), f"{place} ({keyword} {number})")
        elif _unordered(old) != _unordered(new):
            yield f"{place}: {keyword} was {old}, is {new}"


def _are_schemas(value: object) -> TypeIs[Sequence[Schema]]:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _unordered(value: object) -> object:
    """Sort lists of words (`type`, `enum`), which mean the same in any order."""
    return sorted(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value
