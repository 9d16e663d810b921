"""Answers an extraction request: each field's best candidate, or null when none is good enough."""

from typing import Any

from local.model_server.reading.candidates import Candidate, Finder
from local.model_server.reading.fields import Field, read_fields
from local.model_server.reading.labels import find_hits
from local.model_server.reading.page import Document, cite
from local.model_server.reading.values import Conventions

_GOOD_ENOUGH = 0.42


def extract(document: Document, schema: dict[str, Any]) -> dict[str, Any]:
    """The answer's object."""
    fields, tables = read_fields(schema)
    conventions = Conventions.of(document)
    hits = find_hits(document.lines, {field.name: field.labels for field in fields})
    finder = Finder(document, hits, conventions)
    answer: dict[str, Any] = {}
    for field in fields:
        best = next(iter(finder.candidates(field)), None)
        answer[field.name] = _answer(field, best if best and best.score >= _GOOD_ENOUGH else None)
    for table in tables:
        answer[table.name] = []
    return answer


def _answer(field: Field, best: Candidate | None) -> Any:  # noqa: ANN401 - a JSON value of the field's shape
    value = best.value if best else None
    if not field.wrapped:
        empty: dict[str, Any] = {"money": 0, "number": 0, "boolean": False}
        return value if value is not None or field.nullable else empty.get(field.kind, "")
    return {"value": value, "lines": cite(best.lines) if best else []}
