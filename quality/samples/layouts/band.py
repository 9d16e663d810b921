"""A coloured band with white letters above, zebra rows, the total in a filled box: what invoice programs print."""

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.layouts.letter import add_spaces, facts
from quality.samples.layouts.table import Table, draw, totals
from quality.samples.paper import Paper

LEFT = 16.0
BLUE = (31, 78, 121)


def band(invoice: Invoice, words: Words, *attached: tuple[str, bytes]) -> bytes:
    """Return the invoice as a PDF, with files (name, content) attached to it."""
    return band_over(Table(left=LEFT, bottom=262, border="zebra"), invoice, words, *attached)


def band_over(table: Table, invoice: Invoice, words: Words, *attached: tuple[str, bytes]) -> bytes:
    """Return the invoice as a PDF around this table, which begins at `LEFT`."""
    pdf = Paper(margin=LEFT)
    seller, inner = invoice.seller, pdf.w - 2 * LEFT
    pdf.set_fill_color(*BLUE)
    pdf.rect(0, 0, pdf.w, 32, style="F")
    pdf.set_text_color(255)
    pdf.pen(18, "B")
    pdf.write_line(LEFT, 10, seller.name)
    pdf.pen(16)
    pdf.write_line(LEFT, 18, words.title, inner, "R")
    pdf.set_text_color(0)
    pdf.pen(9)
    pdf.write_line(LEFT, 36, ", ".join(seller.address))
    pdf.pairs(LEFT, 48, facts(invoice, words), gap=42)
    pdf.pen(9, "B")
    pdf.write_line(120, 48, f"{words.bill_to}:")
    pdf.pen(10)
    pdf.lines(120, 54, (invoice.buyer.name, *invoice.buyer.address))
    y = draw(pdf, table, invoice, words, 84)
    y = sums(pdf, invoice, words, y + 5)
    pdf.pen(9)
    stated = [("IBAN", add_spaces(seller.iban))] if seller.iban else []
    stated += [(words.vat_id, seller.vat_id)] if seller.vat_id else []
    pdf.pairs(LEFT, y + 5, stated, gap=25)
    pdf.attach(attached)
    return pdf.data()


def sums(pdf: Paper, invoice: Invoice, words: Words, y: float) -> float:
    """Return the totals, the last in a filled box; the y below."""
    lines = totals(invoice, words)
    pdf.set_fill_color(*BLUE)
    for index, (label, amount) in enumerate(lines):
        last = index == len(lines) - 1
        pdf.pen(10, "B" if last else "")
        pdf.set_text_color(255 if last else 0)
        pdf.set_xy(pdf.w - LEFT - 90, y)
        pdf.cell(50, 7, label, fill=last)
        pdf.cell(40, 7, amount, align="R", fill=last)
        y += 7
    pdf.set_text_color(0)
    return y
