"""Which samples there are: the document, its layout and language, and what was done to the paper."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from quality.samples.content import invoices, receipts
from quality.samples.content.documents import Invoice, Receipt
from quality.samples.content.labels import Fields, invoice_fields, receipt_fields
from quality.samples.content.words import AMERICAN, ENGLISH, FRENCH, GERMAN, IRISH, SPANISH, SWISS, Words
from quality.samples.files.einvoice import with_einvoice
from quality.samples.files.office import as_csv, as_docx, as_html, as_xlsx
from quality.samples.layouts.band import band
from quality.samples.layouts.grid import grid
from quality.samples.layouts.letter import letter
from quality.samples.layouts.slip import slip
from quality.samples.scan import Scan, as_jpeg, as_pdf, as_png, as_tiff, scan_pages


@dataclass(frozen=True)
class Sample:
    """One committed file with its answer; `make` returns its bytes."""

    file: str
    document_type: Literal["invoice", "receipt"]
    fields: Fields
    make: Callable[[], bytes]


def invoice(
    file: str, content: Invoice, words: Words, layout: Callable[[Invoice, Words], bytes], scan: Scan | None = None
) -> Sample:
    """Return an invoice in a layout and a language, scanned when a scan is given."""
    return Sample(file, "invoice", invoice_fields(content), lambda: encode_scan(file, layout(content, words), scan))


def receipt(file: str, content: Receipt, words: Words, scan: Scan | None = None) -> Sample:
    """Return a receipt in a language, scanned when a scan is given."""
    return Sample(file, "receipt", receipt_fields(content), lambda: encode_scan(file, slip(content, words), scan))


def encode_scan(file: str, pdf: bytes, scan: Scan | None) -> bytes:
    """Return the printed PDF as it is, or its scan in the format that the file's name says."""
    if scan is None:
        return pdf
    pages = scan_pages(pdf, scan)
    suffix = file.rsplit(".", 1)[-1]
    if suffix == "tif":
        return as_tiff(pages, scan.dpi)
    if suffix == "png":
        return as_png(pages[0], scan.dpi)
    if suffix == "jpg":
        return as_jpeg(pages[0], 72, scan.dpi)
    return as_pdf(pages, 60, scan.dpi)


SAMPLES = (
    invoice("invoice-en.pdf", invoices.HARBOUR, ENGLISH, letter),
    invoice("invoice-us.pdf", invoices.COPPER, AMERICAN, grid),
    invoice("rechnung-de.pdf", invoices.MUEHLE, GERMAN, letter),
    invoice("rechnung-ch.pdf", invoices.ALPEN, SWISS, grid),
    invoice("rechnung-de-zugferd.pdf", invoices.IMKEREI, GERMAN, with_einvoice(letter, "factur-x.xml")),
    invoice(
        "facture-fr-factur-x-differs.pdf",
        invoices.CORDERIE,
        FRENCH,
        with_einvoice(band, "factur-x.xml", total_off_by="90.00"),
    ),
    invoice("facture-fr.pdf", invoices.ATELIER, FRENCH, band),
    invoice("factura-es-scan.pdf", invoices.ALMAZARA, SPANISH, band, Scan(angle=0.8, blur=0.5, noise=5, shade=20)),
    invoice("rechnung-de-fax.tif", invoices.WERFT, GERMAN, letter, Scan(dpi=200, angle=-0.4)),
    invoice("invoice-ie-scan.png", invoices.PEATFIRE, IRISH, band, Scan(angle=-0.6, blur=0.4)),
    invoice("invoice-en.docx", invoices.HARBOUR_BY_MAIL, ENGLISH, as_docx),
    invoice("rechnung-de.xlsx", invoices.IMKEREI_AS_SHEET, GERMAN, as_xlsx),
    invoice("invoice-us.html", invoices.COPPER_ON_THE_WEB, AMERICAN, as_html),
    invoice("factura-es.csv", invoices.ALMAZARA_AS_TABLE, SPANISH, as_csv),
    receipt("receipt-en-photo.jpg", receipts.GREENGROCER, ENGLISH, Scan(180, 2.5, 0.8, 7, 60, 0.03)),
    receipt("kassenbon-de.jpg", receipts.IRONMONGER, GERMAN, Scan(dpi=180, angle=-1.2, noise=4)),
    receipt("ticket-fr.pdf", receipts.BISTROT, FRENCH),
    receipt("receipt-us-scan.pdf", receipts.DINER, AMERICAN, Scan(dpi=180, angle=1.5, blur=0.6, noise=6, shade=40)),
)
