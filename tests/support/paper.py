"""Pages and fields for the reader's tests, laid out as a request would carry them."""

import json
from collections.abc import Sequence
from copy import replace
from itertools import count
from typing import Any

from local.model_server.offline.reader import Question, answer
from local.model_server.offline.word_lists import load_vocabulary
from shared.domain.reading.page import Span
from shared.domain.types.document_type import FieldSpec, FieldType
from shared.pipeline.models.prompting.hints import extraction_hints, hints_part
from shared.pipeline.models.prompting.schema import extraction_schema
from shared.rule_reader.text.page import Box, Document, Line, Page

VOCABULARY = load_vocabulary()
type Cell = tuple[float, str]
ENTERED = "\N{LOWER LEFT PENCIL}"
"""Begins a text that was entered into a field of a form."""


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
        ),
        VOCABULARY,
    )


def field(
    field_type: FieldType, title: str, *labels: str, identifier: str | None = None, choices: Sequence[str] = ()
) -> FieldSpec:
    """A field that has no name yet."""
    return FieldSpec(
        name="", field_type=field_type, title=title, labels=labels, identifier=identifier, choices=tuple(choices)
    )


def table(**columns: FieldSpec) -> FieldSpec:
    """A table field with these columns."""
    return FieldSpec(name="", field_type="table", title="Rows", columns=fields(**columns))


def fields(**specs: FieldSpec) -> tuple[FieldSpec, ...]:
    """These fields with their names."""
    return tuple(replace(spec, name=name) for name, spec in specs.items())


def extraction_question(
    specs: Sequence[FieldSpec], *pages: list[list[Cell]], only_rows: Sequence[Span] = ()
) -> Question:
    """The request to extract the fields from the pages, with hints."""
    hints = hints_part(extraction_hints(specs, only_rows), enabled=True)
    texts = ("Read this.", *(part.text for part in hints), document_part(*pages))
    return Question("extract_thing", extraction_schema(specs), texts, ())


def extracted(specs: Sequence[FieldSpec], *pages: list[list[Cell]], only_rows: Sequence[Span] = ()) -> dict[str, Any]:
    """What the reader answers when the fields are extracted from the pages."""
    read: dict[str, Any] = json.loads(answer(extraction_question(specs, *pages, only_rows=only_rows)))
    return read
