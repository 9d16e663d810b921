"""Documents that no other test has: their number is on the page, so each is content of its own."""

from fpdf import FPDF
from fpdf.enums import XPos, YPos


def invoice(number: str, *, grand_total: str = "119.00") -> bytes:
    """A one-page invoice PDF over 100.00 net and 19.00 tax; with another grand total it contradicts itself."""
    lines = [
        "Fernlicht Optics Ltd",
        "Invoice",
        f"Invoice no.: {number}",
        "Invoice date: 2026-03-09",
        "Due date: 2026-04-08",
        "Bill to: Tern & Petrel Rowing Club",
        "Net total: EUR 100.00",
        "VAT 19 %: EUR 19.00",
        f"Grand total: EUR {grand_total}",
        f"Amount due: EUR {grand_total}",
    ]
    return text_pdf(lines)


def letter(topic: str) -> bytes:
    """A one-page PDF that is neither an invoice nor a receipt."""
    return text_pdf([f"Dear neighbour, the {topic} walks on Sunday.", "Bring good shoes and something to drink."])


def text_pdf(lines: list[str]) -> bytes:
    """A PDF page with these lines, one below the other."""
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    for line in lines:
        pdf.cell(text=line, new_x=XPos.LMARGIN, new_y=YPos.NEXT, h=9)
    return bytes(pdf.output())
