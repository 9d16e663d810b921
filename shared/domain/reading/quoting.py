"""Pages as models are shown them: rows of lines with their places, so that columns and tables stay legible."""

import json
from collections.abc import Iterable, Sequence

from shared.domain.reading.page import Box, Line, Page, Span, line_place, union

LAYOUT = (
    "A page comes as its rows in reading order; a row is [top, bottom, line, ...] and a line [id, left, right, text], "
    "with form_field behind the text when it was entered into a form. Lines of one row stand side by side."
)


def quote_pages(pages: Iterable[Page]) -> str:
    """Return the pages' rows of lines as JSON, one page a line, fenced: nothing in them can close the fence.

    A row is [y0, y1, line, ...]: what stands side by side stays together, as columns and tables do. A line is
    [id, x0, x1, text], and [..., "form_field"] when it was entered into a form. Page units.
    """
    page_texts = []
    for page in pages:
        page_rows = [_row(row) for row in side_by_side(page.lines)]
        body = {"page": page.number, "size": [round(page.width), round(page.height)], "rows": page_rows}
        page_texts.append(json.dumps(body, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))
    return '""" <documents>\n' + "\n".join(page_texts) + '\n</documents> """'


def side_by_side(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that follow each other in reading order and stand on one height, left of each other or right."""
    rows: list[list[Line]] = []
    last: Box | None = None
    for line in lines:
        box = line.box  # computed from all words at each call
        if last is not None and _beside(last, box):
            rows[-1].append(line)
        else:
            rows.append([line])
        last = box
    return rows


def span_of(row: Sequence[Line]) -> Span:
    """Return the span of a row of lines: they follow each other in reading order."""
    (page, first), (_, last) = line_place(row[0].id), line_place(row[-1].id)
    return Span(page, first, last)


def _beside(before: Box, box: Box) -> bool:
    apart = abs(before[1] + before[3] - box[1] - box[3]) / 2
    height = min(before[3] - before[1], box[3] - box[1])
    return apart < height / 2 and (before[2] <= box[0] + height / 2 or box[2] <= before[0] + height / 2)


def _row(lines: Sequence[Line]) -> list[object]:
    boxes = [line.box for line in lines]
    _, top, _, bottom = union(tuple(boxes))
    row: list[object] = [round(top), round(bottom)]
    for line, (left, _, right, _) in zip(lines, boxes, strict=True):
        line_type = [] if line.kind == "text" else [line.kind]
        row.append([line.id, round(left), round(right), line.text, *line_type])
    return row
