"""Rows that were passed over are found by codes of the form that the others have."""

from shared.domain.judging.answers import RawRow
from shared.domain.judging.row_codes import RowCodes
from shared.domain.reading.page import Line, Page, Word, line_id
from shared.domain.types.document_type import FieldSpec

SPEC = FieldSpec(
    name="claims",
    field_type="table",
    title="Claims",
    columns=(
        FieldSpec(name="number", field_type="identifier", title="Number"),
        FieldSpec(name="who", title="Who", field_type="text"),
    ),
)


def rows_of(*codes: str) -> list[RawRow]:
    """Rows with these codes, each of which cites a line."""
    return [
        RawRow(cells={"number": code, "who": "Ann"}, lines=(line_id(1, number),))
        for number, code in enumerate(codes, 1)
    ]


def page_of(*texts: str) -> Page:
    """A page with these lines under each other."""
    lines = tuple(
        Line(id=line_id(2, number), words=(Word(text, (40, 20 * number, 90, 20 * number + 10)),))
        for number, text in enumerate(texts, 1)
    )
    return Page(number=2, width=500, height=800, unit="pt", source="text", lines=lines)


CODES = [f"0092-1{number:04}" for number in range(8)]


def test_another_code_of_the_form_is_a_row_that_was_passed_over() -> None:
    """Codes that were read, and numbers of another form, are none."""
    (codes,) = RowCodes.of(SPEC, rows_of(*CODES))
    page = page_of("0092-10099", CODES[0], "SC0092", "0092-100", "1,200.00", "Total of 0092-10098")
    assert [span.first for span in codes.unread(page, set())] == [1]
    assert [] == list(codes.unread(page, {line_id(2, 1)}))


def test_codes_of_many_forms_or_few_rows_say_nothing() -> None:
    """Neither do short numbers, dates, nor a code that several rows share."""
    assert [] == RowCodes.of(SPEC, rows_of(*CODES[:3]))
    assert [] == RowCodes.of(SPEC, rows_of(*(f"A{'1' * number}-0000" for number in range(1, 9))))
    assert [] == RowCodes.of(SPEC, rows_of(*map(str, range(100, 110))))
    assert [] == RowCodes.of(SPEC, rows_of(*(f"{day:02}.03.2025" for day in range(1, 9))))
    assert [] == RowCodes.of(SPEC, rows_of(*[CODES[0]] * 8))
