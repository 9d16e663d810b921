"""Clean files of other formats: office files, web pages, text, mails, archives and e-invoices."""

from quality.samples.content.labels import invoice_fields
from quality.samples.files.einvoice import cii, ubl
from quality.samples.files.office import as_csv, as_docx, as_html, as_xlsx
from quality.samples.twins.case import TwinCase, british, german, mailed_text, several
from quality.samples.twins.files.containers import tar_of
from quality.samples.twins.files.content import GLOCKE, kilns, with_number
from quality.samples.twins.files.notation import BRITISH, GERMAN_EURO
from quality.samples.twins.files.office import add_lines, edit_xlsx
from quality.samples.twins.files.sheets import workbook
from quality.samples.twins.files.web import mail_with_pdfs, one_row_csv, plain_text, text_mail, web_page

HIDES_NOTHING = "<style>td{padding:2px 8px}.fine{font-size:8pt}@media print{nav{display:none}}</style>"


CLEAN_FILES = (
    german("charset_text", "text-utf8.txt", "GB-2026-131", lambda invoice: plain_text(invoice, GERMAN_EURO).encode()),
    german("charset_html", "web-page-utf8.html", "GB-2026-132", lambda invoice: as_html(invoice, GERMAN_EURO)),
    mailed_text(
        "charset_mail",
        "mail-utf8.eml",
        with_number(GLOCKE, "GB-2026-133"),
        lambda text: text_mail("Rechnung GB-2026-133", text),
    ),
    german("csv_wrapped", "table-of-cells.csv", "GB-2026-134", lambda invoice: as_csv(invoice, GERMAN_EURO)),
    TwinCase(
        "one-row.csv",
        "csv_wrapped",
        "invoice",
        (
            {
                name: value
                for name, value in invoice_fields(with_number(GLOCKE, "GB-2026-135")).items()
                if name
                in {"invoice_number", "issue_date", "currency", "seller_name", "net_total", "tax_total", "grand_total"}
            },
        ),
        lambda: one_row_csv(with_number(GLOCKE, "GB-2026-135"), GERMAN_EURO),
    ),
    german(
        "html_select",
        "select-of-one.html",
        "GB-2026-136",
        lambda invoice: web_page(
            invoice,
            GERMAN_EURO,
            (f"<td>{invoice.number}</td>", f"<td><select><option selected>{invoice.number}</option></select></td>"),
        ),
    ),
    german(
        "hidden_by_stylesheet",
        "style-sheet-hides-nothing.html",
        "GB-2026-137",
        lambda invoice: web_page(
            invoice,
            GERMAN_EURO,
            ("<style>td{padding:2px 8px}</style>", HIDES_NOTHING),
            ("</body>", "<p class='fine'>Es gelten unsere Lieferbedingungen.</p></body>"),
        ),
    ),
    german("html_nested_table", "tables-apart.html", "GB-2026-138", lambda invoice: as_html(invoice, GERMAN_EURO)),
    german(
        "html_rowspan",
        "column-spans-of-one.html",
        "GB-2026-139",
        lambda invoice: web_page(invoice, GERMAN_EURO, ("<td>8</td>", "<td rowspan='1' colspan='1'>8</td>")),
    ),
    british("docx_struck", "number-once.docx", "QK-26-0321", lambda invoice: as_docx(invoice, BRITISH)),
    british("docx_nested_table", "serial-in-text.docx", "QK-26-0322", lambda invoice: as_docx(invoice, BRITISH)),
    british(
        "docx_altchunk",
        "note-in-paragraphs.docx",
        "QK-26-0323",
        lambda invoice: add_lines(as_docx(invoice, BRITISH), "Collected by the buyer.", "Thank you."),
    ),
    british(
        "docx_ticks",
        "ticks-typed.docx",
        "QK-26-0324",
        lambda invoice: add_lines(as_docx(invoice, BRITISH), "Delivered complete: ☒ yes   ☐ no"),
    ),
    british(
        "xlsx_text_box",
        "note-in-a-cell.xlsx",
        "QK-26-0325",
        lambda invoice: edit_xlsx(as_xlsx(invoice, BRITISH), lambda page: page.append(["Collected by the buyer."])),
    ),
    british("xlsx_page_header", "no-page-header.xlsx", "QK-26-0326", lambda invoice: as_xlsx(invoice, BRITISH)),
    british(
        "xlsx_letterhead",
        "letterhead-in-column-a.xlsx",
        "QK-26-0327",
        lambda invoice: workbook(invoice, BRITISH, '"£"#,##0.00'),
    ),
    german(
        "xlsx_notations",
        "one-notation.xlsx",
        "GB-2026-140",
        lambda invoice: workbook(invoice, GERMAN_EURO, '#,##0.00 "€"'),
    ),
    several("archive", "two-invoices.tar", kilns("QK-26-0331", "QK-26-0332"), BRITISH, tar_of),
    several(
        "mail_binary",
        "two-attachments.eml",
        kilns("QK-26-0333", "QK-26-0334"),
        BRITISH,
        lambda pdfs: mail_with_pdfs("Invoices", pdfs),
    ),
    mailed_text(
        "mail_quotes",
        "mail-in-plain-words.eml",
        with_number(GLOCKE, "GB-2026-141"),
        lambda text: text_mail("Rechnung", f"Ihre Datei ließ sich nicht öffnen, daher als Text.\r\n\r\n{text}"),
    ),
    british("einvoice", "e-invoice-ubl.xml", "QK-26-0335", ubl),
    british("einvoice", "e-invoice-cii.xml", "QK-26-0336", cii),
)
