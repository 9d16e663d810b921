"""Defective PDFs: what is said twice, struck, hidden in damage, or printed so that it can be misread."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from quality.samples.content.documents import Invoice
from quality.samples.content.labels import receipt_fields
from quality.samples.files.einvoice import with_einvoice
from quality.samples.layouts.band import band
from quality.samples.layouts.grid import grid
from quality.samples.layouts.letter import letter
from quality.samples.layouts.slip import slip
from quality.samples.twins.case import TwinCase, british, invoice_case, several
from quality.samples.twins.clean_pdfs import LONG, PREPAID
from quality.samples.twins.files.content import (
    BILLABONG,
    ESTUARY,
    GLOCKE,
    KILN,
    NASI,
    RETURNED,
    TRANSATLANTIC,
    WHOLE,
    kilns,
    with_number,
)
from quality.samples.twins.files.notation import (
    AUSTRALIAN_DOLLAR_SIGN,
    BRITISH,
    BRITISH_DOLLARS_IN_DIGITS,
    CREDIT_NOTE,
    GERMAN_DASH,
    GERMAN_EURO,
    GERMAN_WHOLE,
    INDONESIAN_WHOLE,
)
from quality.samples.twins.files.pdf import (
    append_pages,
    damage_content,
    draw_line_through,
    draw_twice,
    stamp_page,
    strike_text,
    understate_page_count,
    write_text,
)
from quality.samples.twins.files.statements import debit_letter, debit_word, statement_fields, statement_pdf

_BESIDE_NUMBER = (512.0, 156.0)
"""Where there is free space to the right of the number in a letter, in points."""


def bind(pdfs: dict[str, bytes]) -> bytes:
    """Return documents of a page each, which say so, as one PDF."""
    return append_pages(*(write_text(pdf, (280, 825), "Page 1 of 1") for pdf in pdfs.values()))


def correct_by_line(invoice: Invoice, wrong: str) -> bytes:
    """Return a letter with a wrong number, a line through it and the right one beside it."""
    pdf = draw_line_through(letter(replace(invoice, number=wrong), BRITISH), wrong)
    return write_text(pdf, _BESIDE_NUMBER, invoice.number)


def stamp_pdf(file: str, invoice: Invoice, make: Callable[[Invoice], bytes]) -> TwinCase:
    """Return the case of a stamped invoice: the amount due is the total or nothing, and never that of the first row."""
    case = invoice_case("stamp", file, invoice, make).without("amount_due")
    return replace(case, wrong={"amount_due": float(invoice.items[0].amount)})


DEFECTIVE_PDFS = (
    several("two_invoices", "three-invoices.pdf", kilns("QK-26-0501", "QK-26-0502", "QK-26-0503"), BRITISH, bind),
    replace(
        several(
            "two_invoices_typed",
            "two-invoices-typed-de.pdf",
            [with_number(GLOCKE, "GB-2026-201"), with_number(GLOCKE, "GB-2026-202")],
            GERMAN_EURO,
            bind,
        ),
        typed=True,
    ),
    invoice_case(
        "round_thousands",
        "whole-amounts-de.pdf",
        with_number(WHOLE, "GB-2026-203"),
        lambda invoice: letter(invoice, GERMAN_WHOLE),
    ),
    invoice_case(
        "dash_for_cents", "dashes-de.pdf", with_number(WHOLE, "GB-2026-204"), lambda invoice: grid(invoice, GERMAN_DASH)
    ),
    TwinCase(
        "receipt-whole-amounts-id.pdf",
        "receipt_thousands",
        "receipt",
        (receipt_fields(NASI),),
        lambda: slip(NASI, INDONESIAN_WHOLE),
    ),
    TwinCase(
        "statement-dr-cr.pdf",
        "statement_signs",
        "bank_statement",
        (statement_fields(ESTUARY),),
        lambda: statement_pdf(ESTUARY, debit_word),
    ),
    TwinCase(
        "statement-s-h.pdf",
        "statement_signs",
        "bank_statement",
        (statement_fields(replace(ESTUARY, account="62904472", currency="EUR")),),
        lambda: statement_pdf(replace(ESTUARY, account="62904472", currency="EUR"), debit_letter),
    ),
    invoice_case(
        "dates", "dates-in-digits.pdf", TRANSATLANTIC, lambda invoice: grid(invoice, BRITISH_DOLLARS_IN_DIGITS)
    ),
    invoice_case("currency", "dollar-sign-au.pdf", BILLABONG, lambda invoice: grid(invoice, AUSTRALIAN_DOLLAR_SIGN)),
    invoice_case(
        "credit_note_number",
        "credit-note-number-above.pdf",
        with_number(RETURNED, "QC-26-0031"),
        lambda invoice: grid(invoice, CREDIT_NOTE),
    ),
    stamp_pdf(
        "stamp-paid.pdf",
        with_number(KILN, "QK-26-0511"),
        lambda invoice: stamp_page(band(invoice, BRITISH), "PAID 20 March 2026"),
    ),
    stamp_pdf(
        "stamp-bezahlt.pdf",
        with_number(GLOCKE, "GB-2026-211"),
        lambda invoice: stamp_page(letter(invoice, GERMAN_EURO), "BEZAHLT"),
    ),
    british(
        "strikeout",
        "number-struck-by-annotation.pdf",
        "QK-26-0512",
        lambda invoice: strike_text(
            letter(replace(invoice, number="QK-26-0999"), BRITISH), "QK-26-0999", invoice.number
        ),
    ),
    british(
        "strikeout", "number-struck-by-line.pdf", "QK-26-0513", lambda invoice: correct_by_line(invoice, "QK-26-0998")
    ),
    invoice_case(
        "damaged",
        "content-damaged.pdf",
        with_number(PREPAID, "QK-26-0514"),
        lambda invoice: damage_content(letter(invoice, BRITISH), "1,517.16", "1,217.16"),
    ),
    invoice_case(
        "page_count",
        "page-count-too-small.pdf",
        with_number(LONG, "QK-26-0515", prepaid=Decimal("200.00")),
        lambda invoice: understate_page_count(letter(invoice, BRITISH)),
    ),
    british(
        "drawn_twice",
        "drawn-twice-down.pdf",
        "QK-26-0516",
        lambda invoice: draw_twice(grid(invoice, BRITISH), 0.0, 0.4),
    ),
    invoice_case(
        "einvoice_differs",
        "e-invoice-differs.pdf",
        with_number(GLOCKE, "GB-2026-212"),
        lambda invoice: with_einvoice(letter, "factur-x.xml", total_off_by="50.00")(invoice, GERMAN_EURO),
    ),
)
