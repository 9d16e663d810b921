"""Dotted paths: fields have flat names ("seller.name"); schemas, answers and rules show them as nested objects."""

from collections.abc import Mapping
from typing import Any

DOT = "."


def to_nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested objects from values by dotted path, in order of their first appearance."""
    root: dict[str, Any] = {}
    for path, value in values.items():
        *parents, leaf = path.split(DOT)
        place = root
        for parent in parents:
            place = place.setdefault(parent, {})
        place[leaf] = value
    return root


def at(body: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Return what stands at a dotted path inside nested objects; KeyError when there is nothing."""
    value: Any = body
    for step in path.split(DOT):
        value = value[step]
    return value


def to_flat(body: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return values by dotted path from nested objects; lists stay whole, but their items are flattened too."""
    values: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, Mapping):
            values |= to_flat(value, f"{prefix}{name}{DOT}")
        elif isinstance(value, list):
            values[prefix + name] = [to_flat(item) if isinstance(item, Mapping) else item for item in value]
        else:
            values[prefix + name] = value
    return values
