"""A stack as it comes off a scanner's feeder: twelve documents of six types, some of several pages, in one PDF."""

from typing import Any, NamedTuple

import pymupdf
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from quality.samples.content import invoices, receipts
from quality.samples.content.documents import Invoice, Receipt
from quality.samples.content.words import ENGLISH, FRENCH, GERMAN, SPANISH
from quality.samples.layouts.band import band
from quality.samples.layouts.grid import grid
from quality.samples.layouts.letter import letter
from quality.samples.layouts.slip import slip

ORDER = [
    "Harrow & Finch Ltd", "PURCHASE ORDER", "PO number: HF-7731", "PO date: 2026-02-17", "Required by: 2026-03-03",
    "Vendor: Lumen Glassworks Ltd", "Ship to: Unit 4, Quay Road, Bristol",
    "Item    Description    Qty    Price    Amount", "1    Window pane 40 x 60    12    18.00    216.00",
    "2    Putty, 1 kg    4    6.50    26.00", "Order total: GBP 242.00", "Authorized by: J. Finch",
]  # fmt: skip
BESTELLUNG = [
    "Tischlerei Ahorn GmbH", "Bestellung", "Bestellnummer: B-2026-088", "Bestelldatum: 12.03.2026",
    "Liefertermin: 26.03.2026", "Lieferant: Holzhandel Erle KG", "Lieferanschrift: Werkstraße 9, 34117 Kassel",
    "Pos.    Artikel    Menge    Preis    Betrag", "1    Buche, gehobelt    20    14,50    290,00",
    "Gesamtsumme: 290,00 EUR", "Besteller: M. Ahorn",
]  # fmt: skip
STATEMENT = [
    "Northgate Savings Bank", "Bank statement", "Account holder: Ines Calder", "Account number: 40118822",
    "Statement period: 1 March 2026 to 31 March 2026", "Opening balance: 1,204.50",
    "Date    Details    Paid out    Paid in    Balance", "03 Mar    Card payment, grocer    54.20        1,150.30",
    "27 Mar    Salary        2,310.00    3,460.30", "Closing balance: 3,460.30",
]  # fmt: skip
KONTOAUSZUG = [
    "Stadtsparkasse Weidental", "Kontoauszug", "Kontoinhaber: Jonas Reh", "Kontonummer: 77120034",
    "Zeitraum: 01.04.2026 bis 30.04.2026", "Alter Kontostand: 812,00", "Buchungstag    Text    Betrag",
    "04.04.    Dauerauftrag Miete    -640,00", "28.04.    Gehalt    1.980,00", "Neuer Kontostand: 2.152,00",
]  # fmt: skip
CONTRACT = (
    ["SERVICE AGREEMENT", "This Service Agreement is made and entered into as of 4 May 2026 by and between",
     "Alder Cloud Hosting Ltd (the Provider) and Moss & Reed Publishing Ltd (the Client).",
     "Whereas the Client wishes to have its archive hosted, now therefore the parties agree as follows:",
     "1. Services. The Provider shall host the archive of the Client.",
     "2. Term. This agreement begins on the Effective date and shall continue until 3 May 2028.", "Page 1 of 2"],
    ["3. Assignment. Neither party may assign this agreement without consent.",
     "4. Governing law. This agreement is governed by the laws of Scotland.",
     "In witness whereof the parties have signed this agreement.", "Page 2 of 2"],
)  # fmt: skip
FORM = [
    "Registration form", "Please print in block letters.", "Last name: Okafor", "First name: Ada",
    "Date of birth: 9 July 1991", "Nationality: Irish", "Passport number: PX2204871", "Home address: 3 Mill Lane, Cork",
    "Signature of applicant:",
]  # fmt: skip


class Member(NamedTuple):
    """A document of the stack: its type and its PDF."""

    kind: str
    pdf: bytes


def typed(*pages: list[str]) -> bytes:
    """A PDF of these pages of lines; the first line of the first page is large."""
    pdf = FPDF()
    for number, lines in enumerate(pages):
        pdf.add_page()
        for index, line in enumerate(lines):
            pdf.set_font("helvetica", size=16 if not number and index < 2 else 11)
            pdf.cell(text=line, new_x=XPos.LMARGIN, new_y=YPos.NEXT, h=9)
    return bytes(pdf.output())


def members() -> list[Member]:
    """The documents in the order of the stack; neighbours of one type are among them."""
    bills = [one for one in vars(invoices).values() if isinstance(one, Invoice)][:4]
    slips = [one for one in vars(receipts).values() if isinstance(one, Receipt)][:2]
    layouts = zip((letter, grid, band, letter), (GERMAN, ENGLISH, FRENCH, SPANISH), bills, strict=True)
    made = [Member("invoice", layout(bill, words)) for layout, words, bill in layouts]
    first, second = [Member("receipt", slip(one, ENGLISH)) for one in slips]
    return [
        made[0], made[1], Member("purchase_order", typed(ORDER)), first,
        Member("contract", typed(*CONTRACT)), Member("bank_statement", typed(STATEMENT)),
        made[2], Member("id_form", typed(FORM)), Member("purchase_order", typed(BESTELLUNG)),
        Member("bank_statement", typed(KONTOAUSZUG)), second, made[3],
    ]  # fmt: skip


def bound(documents: list[bytes]) -> tuple[bytes, list[tuple[int, int]]]:
    """PDFs bound into one, and the first and last page of each, from 1."""
    ranges: list[tuple[int, int]] = []
    book: Any = pymupdf.open()
    for data in documents:
        first = book.page_count + 1
        with pymupdf.open(stream=data, filetype="pdf") as document:
            book.insert_pdf(document)
        ranges.append((first, book.page_count))
    return bytes(book.tobytes()), ranges
