"""Which attachments of a PDF are the document itself as data."""

import pytest

from shared.domain.types.einvoice import is_einvoice_name


@pytest.mark.parametrize(
    "name",
    ["factur-x.xml", "ZUGFeRD-invoice.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml", "FACTUR-X.XML "],
)
def test_names_that_the_standards_fix_are_known_in_any_case(name: str) -> None:
    """A PDF's own content as data is told by the name that its standard fixes."""
    assert is_einvoice_name(name)


@pytest.mark.parametrize("name", ["invoice.xml", "factur-x.xml.pdf", "delivery note.pdf", ""])
def test_other_attachments_are_documents_of_their_own(name: str) -> None:
    """No other attachment is taken for the PDF's own content."""
    assert not is_einvoice_name(name)
