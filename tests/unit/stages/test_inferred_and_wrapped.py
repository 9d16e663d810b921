"""What a row and a value may count as standing on the page."""

import pytest

from shared.domain.document_type import FieldSpec
from shared.domain.extraction import Evidence, FieldValue, Signals
from shared.domain.page import Box, Line, Page, Word
from shared.stages.column_text import split_columns
from shared.stages.inferred import INFERRED, lower_inferred

NAMES = ("grand_total", "amount_due")
WORD: Box = (100, 700, 150, 712)


def line(number: int, text: str, left: float, top: float) -> tuple[Page, Line]:
    """A line of 10 points' height, 5 points a letter, on page 1."""
    words, x = [], left
    for word in text.split():
        words.append(Word(word, (x, top, x + 5 * len(word), top + 10)))
        x += 5 * len(word) + 5
    page = Page(number=1, width=595, height=842, unit="pt", source="text")
    return page, Line(id=f"p1.l{number}", words=tuple(words))


def test_a_wrapped_cell_goes_on_below_between_lines_of_other_columns() -> None:
    """Reading order takes the price first; the words of the description still follow each other."""
    lines = [
        line(1, "Artificial", 50, 100),
        line(2, "3.33", 300, 100),
        line(3, "10.00", 400, 100),
        line(4, "turf green", 50, 112),
        line(5, "3m wide", 50, 124),
    ]
    assert ["Artificial turf green 3m wide"] == [
        " ".join(part.text for part in column) for column in split_columns(lines)
    ]


def test_cells_side_by_side_are_no_column() -> None:
    """Nor are lines of which one begins where the other has ended."""
    assert [] == split_columns([line(1, "Apples", 50, 100), line(2, "3.33", 300, 100), line(3, "total", 200, 112)])


def value(label: float | None, box: Box = WORD, grounded: float = 1.0) -> FieldValue:
    place = Evidence(page=1, lines=("p1.l1",), boxes=(box,), text="Total 559.84")
    return FieldValue(
        value=559.84, evidence=(place,), signals=Signals(grounded=grounded, ocr=1, parsed=1, labelled=label)
    )


def grounding(kind: str = "money", **fields: FieldValue) -> dict[str, float]:
    specs = [FieldSpec.model_validate({"name": name, "kind": kind, "title": name}) for name in fields]
    lowered = lower_inferred(specs, fields)
    return {name: field.signals.grounded for name, field in lowered.items() if field.signals}


def test_a_value_without_label_from_the_words_of_a_labelled_one_is_inferred() -> None:
    """The document does not state it."""
    assert {"total": 1.0, "due": INFERRED} == grounding(total=value(1.0), due=value(0.0))


@pytest.mark.parametrize(
    ("total", "due"),
    [
        (value(1.0), value(1.0)),
        (value(0.0), value(0.0)),
        (value(1.0), value(0.0, (100, 740, 150, 752))),
        (value(1.0), value(None)),
        (value(1.0), FieldValue(value=559.84)),
    ],
)
def test_a_value_with_a_label_or_words_of_its_own_is_not_inferred(total: FieldValue, due: FieldValue) -> None:
    """Both have labels, none has, words elsewhere, no labels known, no evidence."""
    assert all(grounding == 1.0 for grounding in grounding_of(total, due))


def grounding_of(total: FieldValue, due: FieldValue) -> list[float]:
    return list(grounding(total=total, due=due).values())


def test_a_lower_grounding_stays() -> None:
    """It never rises."""
    assert {"total": 1.0, "due": 0.5} == grounding(total=value(1.0), due=value(0.0, grounded=0.5))
