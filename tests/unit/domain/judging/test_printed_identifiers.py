"""An identifier that fails its check: misread, or printed so."""

from copy import replace

import pytest

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Evidence, Extraction, FieldValue, Signals
from shared.domain.judging.printed_identifiers import is_printed_whole, soften_printed
from shared.domain.types.document_type import DocumentType, FieldSpec

SPEC = FieldSpec(name="vat", field_type="identifier", title="VAT", identifier="vat", invalid_as_printed="warning")
FINDING = Finding(rule="identifier", severity="error", message="VAT is not valid.", fields=("vat",))
SIGNALS = Signals(grounded=1.0, ocr=1.0, parsed=1.0)


def kind(spec: FieldSpec = SPEC) -> DocumentType:
    return DocumentType(name="note", title="Note", labels=("Note",), fields=(spec,))


def read(value: str = "DE123456789", text: str = "USt-IdNr. DE123456789", signals: Signals = SIGNALS) -> Extraction:
    place = Evidence(page=1, lines=("p1.l1",), boxes=((0, 0, 1, 1),), text=text)
    return Extraction(fields={"vat": FieldValue(value=value, evidence=(place,), signals=signals)})


def severities(extraction: Extraction, spec: FieldSpec = SPEC) -> list[str]:
    return [finding.severity for finding in soften_printed(kind(spec), extraction, [FINDING])]


def test_a_printed_identifier_is_a_warning_where_its_type_says_so() -> None:
    """The reading is right, whatever the number is."""
    assert ["warning"] == severities(read())
    assert ["error"] == severities(read(), replace(SPEC, invalid_as_printed="error"))


@pytest.mark.parametrize(
    "extraction",
    [
        read(signals=replace(SIGNALS, ocr=0.98)),
        read(signals=replace(SIGNALS, grounded=0.7)),
        read(value="DE12345678"),
        read(value="DE123456", text="USt-IdNr. DE 123 456 789"),
        read(text="USt-IdNr. DE987654321"),
        Extraction(fields={"vat": FieldValue(value="DE123456789")}),
        Extraction(fields={}),
    ],
)
def test_a_doubtful_reading_stays_an_error(extraction: Extraction) -> None:
    """From OCR, found elsewhere, cut short, not on the page, without evidence."""
    assert ["error"] == severities(extraction)


def test_findings_of_other_rules_stay_as_they_are() -> None:
    """Only the check of the identifier is concerned."""
    other = replace(FINDING, rule="required")
    assert [other] == soften_printed(kind(), read(), [other])


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("DE123456789", "USt-IdNr.: DE123456789, Steuernr. 12/345", True),
        ("DE123456789", "USt-IdNr. DE 123 456 789", True),
        ("CHE-123.456.788", "MWST CHE-123.456.788 MWST", True),
        ("DE12345678", "USt-IdNr. DE123456789", False),
        ("123456789", "USt-IdNr. DE123456789", False),
        ("DE123456", "USt-IdNr. DE 123 456 789", False),
        ("456789", "DE 123 456 789", False),
        ("DE123456789", "DE1234\n56789", False),
    ],
)
def test_a_value_is_printed_whole_when_no_digits_go_on(value: str, text: str, expected: bool) -> None:
    """Groups of digits belong together; words do not."""
    assert expected is is_printed_whole(value, text)
