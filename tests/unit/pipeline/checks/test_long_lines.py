"""A page may put its whole table in one line: the work that a line makes is bounded, and the answer is the same."""

import json
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from functions.steps import run_step
from shared.document_types.loader import BUILT_IN, load_types
from shared.domain.documents.extraction import Scalar
from shared.domain.judging.grounding.line_index import LineIndexes
from shared.domain.models.model_call import ModelCall
from shared.domain.reading.packet import SignReader
from shared.domain.reading.page import Line, Page, Word
from shared.domain.types.document_type import FieldType
from shared.pipeline.checks.unread import UnreadSearch
from shared.testing.builders.pages import text_page
from tests.support.pipeline.world import STEPS, make_world

INVOICE = load_types(BUILT_IN)["invoice"]
MOST_SECONDS = 2.0
"""Of processor time, for a line that took half a minute with 60 rows when each run of words was tried for each cell."""
WORDS = (
    "1", "234", "1.234,50", "12", "2026", "03", "3.", "März", "may", "2026-03-03", "20260303", "03/03/26", "-", "",
    "Total", "RM5", "EUR", "€", "'", "½", "Foo_bar", "foo", "bar", "1 2", "\u00a05", "a\u0301", "ß", "7a8", "8 9b",
)  # fmt: skip
VALUES: tuple[tuple[FieldType, Scalar], ...] = (
    ("money", Decimal("1234.5")), ("money", Decimal(1234)), ("number", Decimal(12)), ("number", Decimal(5)),
    ("number", Decimal("0.5")), ("number", Decimal("12.05")),
    ("date", "2026-03-03"), ("date", "2026-05-12"), ("date", "soon"), ("currency", "EUR"), ("currency", "MYR"),
    ("text", "foo bar"), ("text", "ss"), ("identifier", "12 34"), ("boolean", True), ("text", None), ("text", "---"),
)  # fmt: skip


def line(words: Sequence[str], number: int = 1) -> Line:
    """A line whose words stand side by side."""
    boxes = ((float(at), 0.0, at + 0.9, 1.0) for at in range(len(words)))
    return Line(id=f"p1.l{number}", words=tuple(Word(text, box) for text, box in zip(words, boxes, strict=True)))


@pytest.mark.parametrize(
    ("kind", "value", "words", "marked"),
    [
        ("money", Decimal("1234.5"), ["Total", "EUR", "1.234,50"], [2]),
        ("money", Decimal("1234.5"), ["Total", "1", "234,50", "EUR"], [1, 2]),
        ("money", Decimal("-5.0"), ["Rabatt", "5,00-", "5,00"], [1]),
        ("date", "2026-03-03", ["am", "3.", "März", "2026", "in"], [1, 2, 3]),
        ("date", "2026-03-03", ["2026-03-03", "3.", "März", "2026"], [0]),
        ("currency", "EUR", ["100", "€", "EUR"], [1]),
        ("currency", "MYR", ["FORM", "RM5"], [1]),
        ("text", "foo bar", ["Foo", "and", "Foo_bar"], [2]),
        ("text", "foo bar", ["a", "foo", "bar"], [1, 2]),
        ("identifier", "12 34", ["1234"], [0]),
        ("number", Decimal(12), ["4123", "12"], [1]),
        ("number", Decimal("9.0"), ["4123", "12"], []),
    ],
)
def test_the_boxes_are_those_of_the_words_that_state_the_value(
    kind: FieldType, value: Scalar, words: list[str], marked: list[int]
) -> None:
    """The shortest run of words, and of several the first; none for a value that does not stand there."""
    whole = line(words)
    assert [whole.words[at].box for at in marked] == list(LineIndexes().of(whole).boxes(kind, value))


Cells = list[tuple[str, str, str, str]]


def answer(cells: Cells, cited: Callable[[int], list[str]]) -> Callable[[ModelCall], str]:
    """A model that reads the cells as the rows of the invoice's table, each from the lines `cited` by its number."""

    def script(call: ModelCall) -> str:
        body: dict[str, Any] = {}
        for name, schema in call.json_schema["properties"].items():
            if name == "verdicts":
                body[name] = []
            elif schema["type"] == "array":
                columns = schema["items"]["properties"]
                body[name] = [
                    {column: cited(at) if column == "lines" else _cell(row, types) for column, types in columns.items()}
                    for at, row in enumerate(cells)
                ]
            else:
                body[name] = {"value": None, "lines": []}
        return json.dumps(body)

    return script


def _cell(row: tuple[str, str, str, str], schema: dict[str, Any]) -> object:
    return float(row[3]) if "number" in schema["type"] else row[0]


@pytest.mark.parametrize(
    ("filler", "with_own_line"),
    [("filler", False), ("1", False), ("-", False), ("03.03.2026", False), ("x" * 50, False), ("1", True)],
)
async def test_a_table_in_one_line_is_checked_in_bounded_time(filler: str, with_own_line: bool) -> None:
    """9,000 words and 300 rows that cite them: no step holds the event loop for long."""
    cells = [(f"Widget number {at} of the blue kind", "1", f"{at}.50", f"{at * 1.5:.2f}") for at in range(1, 301)]
    wide = "Invoice no.: W-1 " + f"{filler} " * 6000 + " ".join(" ".join(row) for row in cells)
    page = text_page(1, wide, *(f"note {at}" for at in range(300)))
    script = answer(cells, lambda at: ["p1.l1", f"p1.l{at + 2}"] if with_own_line else ["p1.l1"])
    world = make_world([page], script, types=(INVOICE,))
    document = await world.drop("invoice/a.pdf")
    for queue in ("read", "extract", "validate"):
        body = world.queues.receive(queue)
        assert body is not None
        started = time.process_time()
        await run_step(world.context, queue, body.encode(), STEPS[queue])
        assert time.process_time() - started < MOST_SECONDS
    assert "deciding" == (await world.run(document)).state


def test_a_line_of_signs_before_a_label_is_looked_through_once() -> None:
    """Where a document's number stands is found without joining the words anew for each of them."""
    words = line([*["-"] * 9000, *INVOICE.title.split(), "4711"])
    page = Page(number=1, width=595, height=842, unit="pt", source="text", lines=(words,))
    started = time.process_time()
    SignReader([INVOICE]).read(page)
    assert time.process_time() - started < MOST_SECONDS / 2


@pytest.mark.parametrize(
    "words",
    [["Total:"] * 9000, ["Total", ":", "x"] * 3000, ["Total:", "." * 60_000 + "x"]],
)
def test_labels_in_a_long_line_are_looked_at_in_bounded_time(words: list[str]) -> None:
    """A label at each word, or a leader of dots without an end."""
    page = Page(number=1, width=14400, height=842, unit="pt", source="text", lines=(line(words),))
    started = time.process_time()
    UnreadSearch(INVOICE).add_page(page)
    assert time.process_time() - started < MOST_SECONDS
