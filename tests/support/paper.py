"""Pages and schemas for the reader's tests, laid out as a request would carry them."""

import json
from itertools import count
from typing import Any

from local.model_server.offline.reader import Question, answer
from shared.rule_reader.text.page import Box, Document, Line, Page

type Cell = tuple[float, str]
ENTERED = "\N{LOWER LEFT PENCIL}"
"""Begins a text that was entered into a field of a form."""
HINTS = {
    "date": "A date, written YYYY-MM-DD.",
    "money": "An amount of money, as a plain number.",
    "number": "A number.",
    "identifier": "An identifier, as printed.",
    "currency": "An ISO 4217 currency code.",
    "text": "Text as printed.",
    "boolean": "Yes or no.",
}


def rows_of(rows: list[list[Cell]], page: int = 1) -> list[list[Any]]:
    """Rows of (x, text) cells, 14 points apart, 10 points high, 5 points a character."""
    ids = count(1)
    return [
        [40 + 14 * number, 50 + 14 * number] + [_line(f"p{page}.l{next(ids)}", *cell) for cell in row]
        for number, row in enumerate(rows)
    ]


def _line(name: str, x: float, text: str) -> list[Any]:
    shown = text.removeprefix(ENTERED)
    return [name, x, x + 5 * len(shown), shown, *(["form_field"] if shown != text else [])]


def document_part(*pages: list[list[Cell]]) -> str:
    """The fenced document of pages made of rows."""
    bodies = [
        {"page": number, "size": [595, 842], "rows": rows_of(rows, number)} for number, rows in enumerate(pages, 1)
    ]
    return '""" <documents>\n' + "\n".join(map(json.dumps, bodies)) + '\n</documents> """'


def document(*pages: list[list[Cell]]) -> Document:
    """The same as the reader sees it."""
    return Document(
        tuple(
            Page(
                number,
                (595, 842),
                tuple(
                    Line(name, number, Box(left, top, right, bottom), text, bool(kind))
                    for top, bottom, *row in rows_of(rows, number)
                    for name, left, right, text, *kind in row
                ),
            )
            for number, rows in enumerate(pages, 1)
        )
    )


def field(kind: str, title: str, *labels: str, identifier: str = "") -> dict[str, Any]:
    """A field of an extraction schema, as the contract writes it."""
    quoted = ", ".join(f'"{label}"' for label in labels)
    labelled = f" Usually labelled: {quoted}." if labels else ""
    kind_of = f" Kind: {identifier}." if identifier else ""
    value = {"money": "number", "number": "number", "boolean": "boolean"}.get(kind, "string")
    return {
        "type": "object",
        "description": f"{title}.{labelled} {HINTS[kind]}{kind_of}",
        "properties": {
            "value": {"type": [value, "null"]},
            "lines": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["value", "lines"],
        "additionalProperties": False,
    }


def column(kind: str, title: str, *labels: str) -> dict[str, Any]:
    """A column of a table field."""
    made = field(kind, title, *labels)
    return {"type": made["properties"]["value"]["type"], "description": made["description"]}


def table(**columns: dict[str, Any]) -> dict[str, Any]:
    """A table field with these columns."""
    properties = {"lines": {"type": "array", "items": {"type": "string"}}, **columns}
    items = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "array", "description": "Rows.", "items": items}


def schema(**properties: dict[str, Any]) -> dict[str, Any]:
    """An object schema of these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def extracted(asked: dict[str, Any], *pages: list[list[Cell]]) -> dict[str, Any]:
    """What the reader answers when `asked` is extracted from the pages."""
    question = Question("extract_thing", asked, ("Read this.", document_part(*pages)), ())
    read: dict[str, Any] = json.loads(answer(question))
    return read
