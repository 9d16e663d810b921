"""An invoice made of ruled boxes, in a serif face: facts in a grid above, a ruled table, totals in boxes."""

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.layouts.letter import add_spaces, facts
from quality.samples.layouts.table import Table, draw, totals
from quality.samples.paper import Paper

LEFT = 18.0
US_LETTER = (215.9, 279.4)


def grid(invoice: Invoice, words: Words) -> bytes:
    """Return the invoice as a PDF on US letter paper."""
    pdf = Paper(US_LETTER, margin=LEFT, font="times")
    seller, inner = invoice.seller, pdf.w - 2 * LEFT
    pdf.pen(24, "B")
    pdf.write_line(LEFT, 18, words.title, inner, "R")
    pdf.pen(13, "B")
    pdf.write_line(LEFT, 18, seller.name)
    pdf.pen(10)
    tax = (f"{words.vat_id}: {seller.vat_id}",) if seller.vat_id else ()
    pdf.lines(LEFT, 25, (*seller.address, *tax))
    boxes(pdf, facts(invoice, words), 52, inner)
    pdf.pen(10, "B")
    pdf.write_line(LEFT, 72, words.bill_to)
    pdf.pen(10)
    pdf.lines(LEFT, 78, (invoice.buyer.name, *invoice.buyer.address))
    y = draw(pdf, Table(left=LEFT, bottom=245, border="rules", row_height=7), invoice, words, 104)
    for label, amount in totals(invoice, words):
        pdf.set_xy(pdf.w - LEFT - 80, y)
        pdf.cell(45, 7, label, border=1)
        pdf.cell(35, 7, amount, border=1, align="R")
        y += 7
    if seller.iban:
        pdf.write_line(LEFT, y + 6, f"IBAN {add_spaces(seller.iban)}")
    return pdf.data()


def boxes(pdf: Paper, stated: list[tuple[str, str]], y: float, width: float) -> None:
    """Each fact in a box of its own: its label above, its value below."""
    box_width = width / len(stated)
    for line, style in ((0, "B"), (1, "")):
        pdf.pen(9, "B" if style else "")
        pdf.set_xy(LEFT, y + line * 6)
        for pair in stated:
            pdf.cell(box_width, 6, pair[line], border=1, align="C")
