"""Defective files of other formats: what they hide, strike, nest, name wrongly or print so that it can be misread."""

from dataclasses import replace

from quality.samples.content.invoices import items
from quality.samples.files.office import as_docx, as_html, as_xlsx
from quality.samples.twins.case import TwinCase, british, german, invoice_case, mailed_text, several
from quality.samples.twins.files.containers import tar_of
from quality.samples.twins.files.content import GLOCKE, MONSOON, RETURNED, TRANSATLANTIC, WHOLE, kilns, with_number
from quality.samples.twins.files.notation import (
    BRITISH,
    BRITISH_DOLLARS_IN_DIGITS,
    CREDIT_NOTE_CR,
    GERMAN_DASH,
    GERMAN_EURO,
    GERMAN_WHOLE,
    INDIAN_LAKH,
    SPANISH_WHOLE,
)
from quality.samples.twins.files.office import (
    add_legacy_ticks,
    add_text_box,
    edit_xlsx,
    embed_html,
    nest_table,
    strike_in_docx,
)
from quality.samples.twins.files.sheets import set_page_footer, widen_first_columns, workbook
from quality.samples.twins.files.web import (
    declare_latin1,
    mail_with_binary_pdfs,
    one_row_csv,
    plain_text,
    rich_text,
    text_mail,
    web_page,
)

SPANNED = with_number(
    GLOCKE,
    "GB-2026-231",
    items=items("19", ("Ankerrad", "6", "80.50"), ("Unruh", "6", "94.75"), ("Pfeiler", "9", "12.40")),
)
LONG_NAME = with_number(GLOCKE, "GB-2026-232", seller=replace(GLOCKE.seller, name="Drehmöbel Süßenguth & Töchter GmbH"))
_HIDING = "<style>td{padding:2px 8px} #old, .old p {visibility:hidden}</style>"
_OLD = "<div class='old'><p>Rechnungsnummer: ALT-4410</p><p>Gesamtbetrag 77.777,77 €</p></div>"

DEFECTIVE_FILES = (
    invoice_case(
        "round_thousands",
        "whole-amounts-de.docx",
        with_number(WHOLE, "GB-2026-221"),
        lambda invoice: as_docx(invoice, GERMAN_WHOLE),
    ),
    invoice_case(
        "round_thousands",
        "whole-amounts-es.html",
        with_number(WHOLE, "GB-2026-222"),
        lambda invoice: as_html(invoice, SPANISH_WHOLE),
    ),
    invoice_case(
        "dash_for_cents",
        "dashes-de.html",
        with_number(WHOLE, "GB-2026-223"),
        lambda invoice: as_html(invoice, GERMAN_DASH),
    ),
    invoice_case(
        "xlsx_notations",
        "two-notations.xlsx",
        with_number(WHOLE, "GB-2026-224"),
        lambda invoice: edit_xlsx(
            workbook(invoice, GERMAN_EURO, '#,##0 "€"', one_sheet=False), lambda page: page.append(["Skonto: 1,50 %"])
        ),
    ).without("amount_due"),
    invoice_case(
        "lakh_groups",
        "lakh-groups.docx",
        with_number(MONSOON, "MT/2026/0091"),
        lambda invoice: as_docx(invoice, INDIAN_LAKH),
    ),
    invoice_case(
        "credit_suffix",
        "credit-note-cr.html",
        with_number(RETURNED, "QC-26-0032"),
        lambda invoice: as_html(invoice, CREDIT_NOTE_CR),
    ).without("currency"),
    invoice_case(
        "dates",
        "dates-in-digits.docx",
        with_number(TRANSATLANTIC, "QK-26-0356"),
        lambda invoice: as_docx(invoice, BRITISH_DOLLARS_IN_DIGITS),
    ),
    german(
        "charset_text",
        "text-cp1252.txt",
        "GB-2026-225",
        lambda invoice: plain_text(invoice, GERMAN_EURO).encode("cp1252"),
    ),
    german(
        "charset_html",
        "web-page-says-latin1.html",
        "GB-2026-226",
        lambda invoice: declare_latin1(as_html(invoice, GERMAN_EURO)),
    ),
    mailed_text(
        "charset_mail",
        "mail-says-ascii.eml",
        with_number(GLOCKE, "GB-2026-227"),
        lambda text: text_mail("Rechnung", text, "cp1252", "iso-8859-1"),
    ),
    TwinCase(
        "long-name.csv",
        "csv_wrapped",
        "invoice",
        (
            {
                "invoice_number": LONG_NAME.number,
                "seller_name": LONG_NAME.seller.name,
                "grand_total": float(LONG_NAME.total),
            },
        ),
        lambda: one_row_csv(LONG_NAME, GERMAN_EURO),
    ),
    german(
        "html_select",
        "select-of-two.html",
        "GB-2026-228",
        lambda invoice: web_page(
            invoice,
            GERMAN_EURO,
            (
                f"<td>{invoice.number}</td>",
                f"<td><select><option>X-1</option><option selected>{invoice.number}</option></select></td>",
            ),
        ),
    ),
    german(
        "hidden_by_stylesheet",
        "style-sheet-hides.html",
        "GB-2026-229",
        lambda invoice: web_page(
            invoice,
            GERMAN_EURO,
            ("<style>td{padding:2px 8px}</style>", _HIDING),
            ("<h1>Rechnung</h1>", f"<h1>Rechnung</h1>{_OLD}"),
        ),
    ),
    german(
        "html_struck",
        "number-deleted.html",
        "GB-2026-230",
        lambda invoice: web_page(
            invoice, GERMAN_EURO, (f"<td>{invoice.number}</td>", f"<td><del>ALT-4411</del> {invoice.number}</td>")
        ),
    ),
    german(
        "html_nested_table",
        "table-in-second-row.html",
        "GB-2026-233",
        lambda invoice: web_page(
            invoice,
            GERMAN_EURO,
            (
                "<td>Spiralfeder 12 mm</td>",
                "<td>Spiralfeder 12 mm<table><tr><td>Charge</td><td>C-88</td></tr></table></td>",
            ),
        ),
    ).without("line_items.description"),
    invoice_case(
        "html_rowspan",
        "quantity-spans-two-rows.html",
        SPANNED,
        lambda invoice: web_page(
            invoice,
            GERMAN_EURO,
            ("<td>Ankerrad</td><td>6</td>", "<td>Ankerrad</td><td rowspan='2'>6</td>"),
            ("<td>Unruh</td><td>6</td>", "<td>Unruh</td>"),
        ),
    ).without("line_items.quantity"),
    british(
        "docx_struck",
        "number-struck-twice.docx",
        "QK-26-0521",
        lambda invoice: strike_in_docx(
            as_docx(replace(invoice, number="QK-26-0997"), BRITISH), "QK-26-0997", invoice.number, double=True
        ),
    ),
    british("rtf_struck", "number-struck.rtf", "QK-26-0522", lambda invoice: rich_text(invoice, BRITISH, "QK-26-0996")),
    british(
        "docx_nested_table",
        "table-in-second-row.docx",
        "QK-26-0523",
        lambda invoice: nest_table(as_docx(invoice, BRITISH), "Firing cone, pack of 50", ("Batch", "FC-2207")),
    ).without("line_items.description"),
    british(
        "docx_altchunk",
        "order-in-html-part.docx",
        "QK-26-0524",
        lambda invoice: embed_html(
            as_docx(replace(invoice, order=None), BRITISH), f"Purchase order no.: {invoice.order}", "Thank you."
        ),
    ),
    british(
        "docx_ticks",
        "ticks-of-a-form.docx",
        "QK-26-0525",
        lambda invoice: add_legacy_ticks(as_docx(invoice, BRITISH), "Delivered complete:", {"yes": True, "no": False}),
    ),
    british(
        "xlsx_text_box",
        "order-in-text-box.xlsx",
        "QK-26-0526",
        lambda invoice: add_text_box(
            as_xlsx(replace(invoice, order=None), BRITISH), f"Purchase order no.: {invoice.order}"
        ),
    ),
    british(
        "xlsx_page_header",
        "order-in-page-footer.xlsx",
        "QK-26-0527",
        lambda invoice: set_page_footer(
            as_xlsx(replace(invoice, order=None), BRITISH), f"Purchase order no.: {invoice.order}"
        ),
    ),
    british(
        "xlsx_letterhead",
        "wide-columns.xlsx",
        "QK-26-0528",
        lambda invoice: widen_first_columns(workbook(invoice, BRITISH, '"£"#,##0.00')),
    ),
    several(
        "archive", "two-invoices.tar.gz", kilns("QK-26-0531", "QK-26-0532"), BRITISH, lambda pdfs: tar_of(pdfs, "gz")
    ),
    several(
        "mail_binary",
        "binary-attachments.eml",
        kilns("QK-26-0533", "QK-26-0534"),
        BRITISH,
        lambda pdfs: mail_with_binary_pdfs("Invoices", pdfs),
    ),
    mailed_text(
        "mail_quotes",
        "mail-quotes-pdf-sign.eml",
        with_number(GLOCKE, "GB-2026-234"),
        lambda text: text_mail("Rechnung", f"Ihre Datei (%PDF-1.7) ist beschädigt, daher als Text.\r\n\r\n{text}"),
    ),
)
