"""Clean PDFs: documents that say everything once, in one notation, and of which nothing is hidden or damaged."""

from decimal import Decimal

from quality.samples.content.documents import Invoice
from quality.samples.content.invoices import items
from quality.samples.content.labels import receipt_fields
from quality.samples.content.words import GERMAN
from quality.samples.layouts.band import band
from quality.samples.layouts.grid import grid
from quality.samples.layouts.letter import letter
from quality.samples.layouts.slip import slip
from quality.samples.twins.case import TwinCase, invoice_case
from quality.samples.twins.files.content import (
    BILLABONG,
    ESTUARY,
    GLOCKE,
    KILN,
    MONSOON,
    RETURNED,
    TRANSATLANTIC,
    WEAVER,
    WHOLE,
    with_number,
)
from quality.samples.twins.files.notation import (
    AUSTRALIAN,
    BRITISH,
    BRITISH_DOLLARS,
    CREDIT_NOTE,
    GERMAN_EURO,
    INDIAN,
)
from quality.samples.twins.files.pdf import edit_pages, highlight_text, repeat_header
from quality.samples.twins.files.statements import minus_sign, statement_fields, statement_pdf

LONG = with_number(
    KILN,
    "QK-26-0390",
    items=items(
        "20", *((f"Glaze no. {count}, 1 kg tub", str(1 + count % 5), f"{9 + count}.40") for count in range(30))
    ),
)
"""An invoice of two pages."""
PREPAID = with_number(KILN, "QK-26-0402", prepaid=Decimal("300.00"))


def _compress(invoice: Invoice) -> bytes:
    """Return the letter with compressed content, as most PDFs have it."""
    return edit_pages(letter(invoice, BRITISH), lambda _document: None)


CLEAN_PDFS = (
    invoice_case("two_invoices", "one-invoice-two-pages.pdf", LONG, lambda invoice: repeat_header(invoice, BRITISH)),
    TwinCase(
        "one-invoice-two-pages-typed.pdf",
        "two_invoices_typed",
        "invoice",
        invoice_case("", "", with_number(LONG, "QK-26-0391"), lambda _invoice: b"").answers,
        lambda: repeat_header(with_number(LONG, "QK-26-0391"), BRITISH),
        typed=True,
    ),
    invoice_case(
        "round_thousands",
        "amounts-with-cents-de.pdf",
        with_number(GLOCKE, "GB-2026-121"),
        lambda invoice: letter(invoice, GERMAN_EURO),
    ),
    invoice_case(
        "round_thousands",
        "whole-thousands-with-cents-de.pdf",
        with_number(WHOLE, "GB-2026-122"),
        lambda invoice: grid(invoice, GERMAN_EURO),
    ),
    invoice_case(
        "dash_for_cents",
        "zeros-for-cents-de.pdf",
        with_number(WHOLE, "GB-2026-123"),
        lambda invoice: letter(invoice, GERMAN_EURO),
    ),
    TwinCase(
        "receipt-with-cents.pdf",
        "receipt_thousands",
        "receipt",
        (receipt_fields(WEAVER),),
        lambda: slip(WEAVER, GERMAN),
    ),
    invoice_case("lakh_groups", "groups-of-three.pdf", MONSOON, lambda invoice: letter(invoice, INDIAN)),
    invoice_case("credit_suffix", "credit-note-minus.pdf", RETURNED, lambda invoice: letter(invoice, CREDIT_NOTE)),
    TwinCase(
        "statement-minus.pdf",
        "statement_signs",
        "bank_statement",
        (statement_fields(ESTUARY),),
        lambda: statement_pdf(ESTUARY, minus_sign),
    ),
    invoice_case("dates", "dates-in-words.pdf", TRANSATLANTIC, lambda invoice: letter(invoice, BRITISH_DOLLARS)),
    invoice_case("currency", "dollars-named.pdf", BILLABONG, lambda invoice: letter(invoice, AUSTRALIAN)),
    invoice_case(
        "credit_note_number",
        "invoice-number-labelled.pdf",
        with_number(KILN, "QK-26-0311"),
        lambda invoice: grid(invoice, BRITISH),
    ),
    invoice_case("stamp", "deposit-printed.pdf", PREPAID, lambda invoice: letter(invoice, BRITISH)),
    invoice_case(
        "strikeout",
        "number-highlighted.pdf",
        with_number(KILN, "QK-26-0312"),
        lambda invoice: highlight_text(letter(invoice, BRITISH), invoice.number),
    ),
    invoice_case("damaged", "content-whole.pdf", with_number(PREPAID, "QK-26-0403"), _compress),
    invoice_case(
        "page_count", "page-count-right.pdf", with_number(LONG, "QK-26-0392"), lambda invoice: letter(invoice, BRITISH)
    ),
    invoice_case(
        "drawn_twice", "drawn-once.pdf", with_number(KILN, "QK-26-0313"), lambda invoice: band(invoice, BRITISH)
    ),
)
