"""E-invoices: the names under which a PDF carries one, and how to tell it."""

EMBEDDED_NAMES = frozenset(
    {
        "factur-x.xml",  # Factur-X 1.0 and ZUGFeRD 2.1 and later
        "zugferd-invoice.xml",  # ZUGFeRD 2.0, and 1.0, which writes it ZUGFeRD-invoice.xml
        "xrechnung.xml",  # ZUGFeRD 2.1 and later, profile XRECHNUNG
        "order-x.xml",  # Order-X 1.0: orders, order changes and order responses
    }
)
"""Names of the attachment that is the PDF's own content as data, in lower case.

Source: ZUGFeRD 2.3 / Factur-X 1.07, section "Embedding of the XML in PDF/A-3"; Order-X 1.0, the same section.
"""


def is_einvoice_name(name: str) -> bool:
    """Whether an attachment of a PDF with this name is the document itself as data, not a document of its own."""
    return name.strip().lower() in EMBEDDED_NAMES
