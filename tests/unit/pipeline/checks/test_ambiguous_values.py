"""A value that is one of several readings of what is printed is grounded in part, and a finding names the readings."""

from decimal import Decimal
from typing import Literal

import pytest

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import FieldValue, Scalar
from shared.domain.judging.answers import RangeAnswer, RawRow, RawValue
from shared.domain.judging.grounding.ambiguity import AMBIGUOUS_VALUE, OTHER_SIGN
from shared.domain.judging.grounding.printed_readings import (
    AMBIGUOUS,
    CERTAIN,
    GLUED,
    SCATTERED,
    SIGN_ADDED,
    SIGN_LOST,
    UNLIKELY,
)
from shared.domain.judging.grounding.text_index import TextIndex
from shared.domain.reading.page import Page
from shared.domain.types.document_type import DocumentType, FieldSpec, FieldType
from shared.domain.values.detection.detect import detect_conventions
from shared.pipeline.checks.evidence import PageEvidence
from shared.testing.builders.pages import text_lines

GERMAN = ("Rechnung", "Musterbau GmbH", "USt-IdNr.: DE136695976", "Gesamtbetrag netto 12,50 €")
ENGLISH = ("Invoice", "Total amount due $12.50", "Dallas, TX 75201", "United States")
BRITISH = ("Invoice", "VAT no.: GB980780684", "Bristol")
BARE = ("Invoice",)


def field_of(kind: FieldType, value: Scalar, printed: str, *others: str) -> tuple[FieldValue, list[Finding]]:
    """The assessed value of a document of `others` that cites the line `printed`, and the findings about it."""
    lines = text_lines(1, printed, *others)
    page = Page(number=1, width=595, height=842, unit="pt", source="text", lines=lines)
    spec = FieldSpec(name="value", field_type=kind, title="Value")
    document_type = DocumentType(name="note", title="Note", fields=(spec,))
    raw = RangeAnswer(fields={"value": RawValue(value=value, lines=(lines[0].id,))})
    conventions = detect_conventions(line.text for line in lines)
    evidence = PageEvidence(document_type, conventions)
    searches = evidence.find_unplaced_values(raw, [page])
    for search in searches:
        search.search_page(page)
    return evidence.assess_fields(raw, [page], searches)["value"], list(evidence.ambiguities.findings())


def grounding_of(kind: FieldType, value: Scalar, printed: str, *others: str) -> float:
    signals = field_of(kind, value, printed, *others)[0].signals
    assert signals is not None
    return signals.grounded


@pytest.mark.parametrize(
    ("kind", "value", "printed", "others"),
    [
        ("money", Decimal("10000.0"), "10.000 €", GERMAN),
        ("money", Decimal("10000.0"), "10.000,- €", BARE),
        ("money", Decimal("10000.0"), "$10,000", ENGLISH),
        ("money", Decimal("118000.0"), "1,18,000.00", BARE),
        ("money", Decimal("1.234"), "1.234 kg", ENGLISH),
        ("money", Decimal("-50.0"), "-50,00", GERMAN),
        ("money", Decimal("-50.0"), "50,00-", GERMAN),
        ("money", Decimal("-50.0"), "(50.00)", ENGLISH),
        ("money", Decimal("-50.0"), "50.00 DR", ENGLISH),
        ("money", Decimal("12.345"), "KWD 12.345", ("Kuwait", "KWD 1,200.500", "12.250")),
        ("date", "2025-05-04", "04/05/2025", BRITISH),
        ("date", "2025-04-05", "04/05/2025", ENGLISH),
        ("date", "2025-05-04", "04.05.2025", BARE),
        ("currency", "USD", "$12.50", BARE),
        ("currency", "USD", "$12.50", ENGLISH),
        ("currency", "AUD", "$12.50", ("ABN 51 824 753 556", "Sydney NSW 2000", "Australia")),
        ("currency", "DKK", "120,00 kr", ("CVR 12345678", "København", "Beløb")),
        ("text", "Müller & Söhne", "MÜLLER & SÖHNE GmbH", GERMAN),
        ("identifier", "DE89 3704 0044", "DE893704 0044", GERMAN),
    ],
)
def test_the_right_value_is_fully_grounded_where_the_document_is_clear(
    kind: FieldType, value: Scalar, printed: str, others: tuple[str, ...]
) -> None:
    """Clean documents get no new findings."""
    field, findings = field_of(kind, value, printed, *others)
    assert field.signals is not None
    assert CERTAIN == field.signals.grounded
    assert [] == findings


@pytest.mark.parametrize(
    ("kind", "value", "printed", "others", "expected"),
    [
        ("money", Decimal("10.0"), "10.000 €", GERMAN, UNLIKELY),
        ("money", Decimal("10.0"), "10.000,- €", BARE, UNLIKELY),
        ("money", Decimal("10000.0"), "$10.000", ENGLISH, UNLIKELY),
        ("money", Decimal("1234.0"), "1.234", BARE, AMBIGUOUS),
        ("money", Decimal("1.234"), "1.234", BARE, AMBIGUOUS),
        ("money", Decimal("50.0"), "50.00 CR", ("Note",), AMBIGUOUS),
        ("money", Decimal("234.5"), "1 234,50", BARE, AMBIGUOUS),
        ("date", "2025-05-04", "04/05/2025", BARE, AMBIGUOUS),
        ("date", "2025-04-05", "04/05/2025", BARE, AMBIGUOUS),
        ("date", "2025-04-05", "04/05/2025", BRITISH, UNLIKELY),
        ("currency", "SEK", "120,00 kr", BARE, AMBIGUOUS),
        ("currency", "USD", "$12.50", ("ABN 51 824 753 556", "Sydney NSW 2000", "Australia"), UNLIKELY),
    ],
)
def test_another_reading_is_grounded_in_part_and_told(
    kind: FieldType, value: Scalar, printed: str, others: tuple[str, ...], expected: float
) -> None:
    """An error names the readings, so that a person looks at the value."""
    field, findings = field_of(kind, value, printed, *others)
    assert field.signals is not None
    assert expected == field.signals.grounded
    assert [(AMBIGUOUS_VALUE, "error", ("value",))] == [(each.rule, each.severity, each.fields) for each in findings]


def test_the_finding_names_both_readings() -> None:
    """The reviewer reads what is printed, and what it may mean."""
    (finding,) = field_of("date", "2025-05-04", "04/05/2025", *BARE)[1]
    assert "'04/05/2025' can be read as 4 May 2025 or 5 April 2025" in finding.message
    (finding,) = field_of("money", Decimal("10.0"), "10.000 €", *GERMAN)[1]
    assert "'10.000 €' 10000" in finding.message


@pytest.mark.parametrize(
    ("kind", "value", "printed", "expected"),
    [
        ("money", Decimal("50.0"), "-50,00 €", SIGN_LOST),
        ("money", Decimal("50.0"), "50,00-", SIGN_LOST),
        ("money", Decimal("-50.0"), "50,00 €", SIGN_ADDED),
        ("money", Decimal("-50.0"), "+50,00 €", SIGN_LOST),
        ("money", Decimal("123.4"), "1234,00", 0.0),
        ("money", Decimal("1234.0"), "12345,00", 0.0),
        ("money", Decimal("0.0"), "0,001", 0.0),
        ("money", Decimal("12.34"), "12,345", 0.0),
        ("number", Decimal("12.0"), "4123", 0.0),
        ("identifier", "12", "4123", 0.0),
        ("identifier", "12", "A12", 0.0),
        ("identifier", "12", "12,50", 0.0),
        ("identifier", "4711", "RE4711", GLUED),
        ("text", "Acme", "AcmeLtd", GLUED),
        ("text", "Main Street 12", "12 Main, Street", SCATTERED),
        ("date", "2025-03-14", "14th / 3 / of 2025", SCATTERED),
        ("date", "2025-03-14", "1 4 0 3 2 0 2 5", SCATTERED),
        ("currency", "ALL", "All in", 0.0),
    ],
)
def test_a_value_that_is_printed_otherwise_is_not_fully_grounded(
    kind: FieldType, value: Scalar, printed: str, expected: float
) -> None:
    """A lost sign or digit, a part of a longer number, and parts that do not stand side by side."""
    assert expected == grounding_of(kind, value, printed, *GERMAN)


def test_another_sign_is_a_warning() -> None:
    """A type may ask for the size of what left the account."""
    findings = field_of("money", Decimal("50.0"), "-50,00 €", *GERMAN)[1]
    assert [(OTHER_SIGN, "warning")] == [(each.rule, each.severity) for each in findings]


def test_the_cells_of_a_column_share_a_finding() -> None:
    """A table of thousand ambiguous prices has one finding, which counts them."""
    lines = text_lines(1, "1.234", "2.345", "3.456")
    page = Page(number=1, width=595, height=842, unit="pt", source="text", lines=lines)
    price = FieldSpec(name="price", field_type="money", title="Price")
    table = FieldSpec(name="rows", field_type="table", title="Rows", columns=(price,))
    rows = tuple(
        RawRow(cells={"price": Decimal(value)}, lines=(line.id,))
        for value, line in zip(("1.234", "2.345", "3456"), lines, strict=True)
    )
    evidence = PageEvidence(DocumentType(name="note", title="Note", fields=(table,)))
    read = evidence.assess_rows(RangeAnswer(tables={"rows": rows}), [page])["rows"]
    assert [AMBIGUOUS] * 3 == [row.signals.grounded for row in read if row.signals]
    (finding,) = evidence.ambiguities.findings()
    assert "Rows, Price: '1.234' can be read as" in finding.message
    assert "and 2 more" in finding.message


@pytest.mark.parametrize(
    ("what", "source", "amount", "expected"),
    [
        ("Olive oil, 51", "ocr", "31.50", AMBIGUOUS),
        ("Olive oil, 51", "mixed", "31.50", AMBIGUOUS),
        ("Olive oil, 51", "text", "31.50", 1.0),
        ("Olive oil, 51", "ocr", "51.00", 1.0),
        ("Olive oil, 5 l", "ocr", "31.50", 1.0),
    ],
)
def test_a_recognised_digit_that_may_be_a_unit_is_told(
    what: str, source: Literal["text", "ocr", "mixed"], amount: str, expected: float
) -> None:
    """No rule checks the numbers in the description of a row, and the letters of a text layer are certain."""
    lines = text_lines(1, f"{what} {amount}")
    page = Page(number=1, width=595, height=842, unit="pt", source=source, lines=lines)
    columns = (
        FieldSpec(name="what", field_type="text", title="What"),
        FieldSpec(name="price", field_type="money", title="Price"),
    )
    table = FieldSpec(name="rows", field_type="table", title="Rows", columns=columns)
    row = RawRow(cells={"what": what, "price": Decimal(amount)}, lines=(lines[0].id,))
    evidence = PageEvidence(DocumentType(name="note", title="Note", fields=(table,)))
    (read,) = evidence.assess_rows(RangeAnswer(tables={"rows": (row,)}), [page])["rows"]
    assert read.signals is not None
    assert (expected + 1) / 2 == read.signals.grounded
    messages = [finding.message for finding in evidence.ambiguities.findings()]
    doubt = "Rows, What: '51' can be read as 51 or 5 l, and nothing in the document settles which."
    assert ([doubt] if expected < 1 else []) == messages


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("VAT", "Private Limited 5.00", 0.0),
        ("No.", "Norway 5.00", 0.0),
        ("VAT", "VAT 20% 5.00", 1.0),
        ("Total", "TotaI due 5.00", 0.0),
        ("Grand total", "Grand totaI 5.00", 1.0),
        ("Invoice … dated", "Invoice 4711 dated 5.00", 1.0),
    ],
)
def test_labels_are_whole_words(label: str, text: str, expected: float) -> None:
    """A label inside another word labels nothing; a long one may have a letter misread."""
    lines = text_lines(1, text)
    page = Page(number=1, width=595, height=842, unit="pt", source="text", lines=lines)
    spec = FieldSpec(name="value", field_type="money", title="?", labels=(label,))
    kind = DocumentType(name="note", title="Note", fields=(spec,))
    raw = RangeAnswer(fields={"value": RawValue(value=Decimal(5), lines=(lines[0].id,))})
    signals = PageEvidence(kind).assess_fields(raw, [page], [])["value"].signals
    assert signals is not None
    assert expected == signals.labelled


def test_texts_hold_the_words_of_a_value_over_several_lines() -> None:
    """A name that goes on in the next line is whole."""
    parts = [TextIndex("Acme Trading"), TextIndex("and Sons Ltd")]
    assert CERTAIN == TextIndex.of(parts).ground("text", "Acme Trading and Sons").certainty
