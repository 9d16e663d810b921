"""Pages with a table, and a model that reads them rightly but for what a test has it do wrong."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.domain.models.model_call import ModelAnswer, ModelCall, TextPart, Usage
from shared.domain.reading.page import Line, Page, Word, line_id
from shared.domain.types.document_type import DocumentType, FieldSpec, Policy, Rule
from shared.ports.reading import SourcePage

LIST = DocumentType(
    name="note",
    title="List",
    labels=("List",),
    fields=(
        FieldSpec(name="total", field_type="money", title="Total", labels=("Total",)),
        FieldSpec(
            name="rows",
            field_type="table",
            title="Rows",
            columns=(
                FieldSpec(name="what", field_type="text", title="What"),
                FieldSpec(name="count", field_type="number", title="Count"),
                FieldSpec(name="price", field_type="money", title="Price"),
            ),
        ),
    ),
    rules=(
        Rule(
            id="sum",
            expression='near(sum_of(rows, "price"), total)',
            message="The rows do not add up to the total.",
            severity="warning",
            fields=("rows", "total"),
        ),
    ),
    policy=Policy(accept_at=0.5),
)
type Cells = tuple[str, str, str]
type Answered = dict[str, Any]
_LEFT, _RIGHTS = 50.0, (300.0, 400.0)


def item(number: int) -> Cells:
    """The cells of the row with this number."""
    return f"Item {number}", str(number % 9 + 1), f"{number}.50"


def table_page(page: int, rows: list[Cells], *notes: str, headed: bool = True) -> SourcePage:
    """A page with a table: each cell a line, numbers flush right; below it `notes`, the last word flush right too."""
    lines: list[Line] = []
    for number, (what, *numbers) in enumerate([("What", "Count", "Price"), *rows] if headed else rows):
        top = 40.0 + 14 * number
        places = [(_LEFT, what), *((right - 6 * len(text), text) for right, text in zip(_RIGHTS, numbers, strict=True))]
        lines += [_line(page, len(lines) + place, left, top, text) for place, (left, text) in enumerate(places, 1)]
    for number, note in enumerate(notes, 1):
        *words, last = note.split()
        top = 60.0 + 14 * (len(rows) + number)
        lines.append(_line(page, len(lines) + 1, _LEFT, top, " ".join(words)))
        lines.append(_line(page, len(lines) + 1, _RIGHTS[1] - 6 * len(last), top, last))
    body = Page(number=page, width=595, height=842, unit="pt", source="text", lines=tuple(lines))
    return SourcePage(page=body, wants_ocr=False, picture=None)


def _line(page: int, index: int, left: float, top: float, text: str) -> Line:
    words = []
    for word in text.split():
        words.append(Word(word, (left, top, left + 6.0 * len(word), top + 12)))
        left += 6.0 * (len(word) + 1)
    return Line(id=line_id(page, index), words=tuple(words))


@dataclass
class TableModel:
    """Reads totals and rows of `table_page`s as they are.

    `most_rows`: its answer is cut off in the middle of the row after so many. `leave_out`: whether an answer, the
    first, second, …, leaves out a row. `answers`: the numbers of rows that each gave; `shown`: the pages of each.
    Without headings in sight it reads no row.
    """

    most_rows: int = 1000
    leave_out: Callable[[int, Cells], bool] = lambda _answer, _row: False
    answers: list[int] = field(default_factory=list)
    shown: list[list[int]] = field(default_factory=list)

    def __call__(self, call: ModelCall) -> Answered | ModelAnswer:
        texts = [part.text for part in call.parts if isinstance(part, TextPart)]
        quoted = next(text for text in texts if "<documents>" in text)
        pages = [json.loads(row) for row in quoted.splitlines()[1:-1]]
        match = re.search(r"<only_rows>(.*)</only_rows>", texts[-1])
        only = [tuple(map(_place, ends)) for ends in json.loads(match[1])] if match else []
        number = len(self.answers) + 1
        self.shown.append([page["page"] for page in pages])
        rows, total = [], None
        headed = any(line[3] == "What" for page in pages for row in page["rows"] for line in row[2:])
        for page in pages:
            for row in page["rows"]:
                lines = row[2:]
                ids, words = [line[0] for line in lines], tuple(line[3] for line in lines)
                if words[0] == "Total":
                    total = {"value": float(words[1]), "lines": ids}
                if not headed or len(words) != 3 or words[0] == "What" or self.leave_out(number, words):
                    continue
                if not only or any(first <= _place(ids[0]) <= last for first, last in only):
                    rows.append({"lines": ids, "what": words[0], "count": int(words[1]), "price": float(words[2])})
        self.answers.append(min(len(rows), self.most_rows))
        asked = call.json_schema["properties"]
        answer = {"total": total or {"value": None, "lines": []}, "rows": rows}
        return self._cut({name: answer[name] for name in asked})

    def _cut(self, answer: Answered) -> Answered | ModelAnswer:
        rows = answer.get("rows", [])
        if len(rows) <= self.most_rows:
            return answer
        whole = json.dumps({**answer, "rows": rows[: self.most_rows + 1]})
        return ModelAnswer(text=whole[:-9], finish="length", model="see", usage=Usage(completion=100))


def _place(line: str) -> tuple[int, int]:
    page, _, index = line.removeprefix("p").partition(".l")
    return int(page), int(index)
