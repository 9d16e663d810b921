"""A till's receipt: a narrow strip in a typewriter face."""

from quality.samples.content.documents import Receipt
from quality.samples.content.words import Words
from quality.samples.paper import Paper

WIDTH, LEFT, STEP = 80.0, 6.0, 5.0


def slip(receipt: Receipt, words: Words) -> bytes:
    """Return the receipt as a PDF, as long as it needs to be."""
    height = 85 + STEP * (len(receipt.items) + len(receipt.merchant.address))
    pdf = Paper((WIDTH, height), margin=LEFT, font="courier")
    inner, y = WIDTH - 2 * LEFT, 8.0
    pdf.pen(12, "B")
    pdf.write_line(LEFT, y, receipt.merchant.name, inner, "C")
    pdf.pen(9)
    for line in receipt.merchant.address:
        y += STEP
        pdf.write_line(LEFT, y, line, inner, "C")
    y += 1.6 * STEP
    pdf.write_line(LEFT, y, words.day(receipt.day))
    pdf.write_line(LEFT, y, receipt.time, inner, "R")
    y += 1.6 * STEP
    for description, amount in receipt.items:
        pdf.write_line(LEFT, y, description)
        pdf.write_line(LEFT, y, words.money(amount), inner, "R")
        y += STEP
    pdf.line(LEFT, y + 1, WIDTH - LEFT, y + 1)
    pdf.pen(11, "B")
    pdf.write_line(LEFT, y + 2, f"{words.total.split()[0].upper()} {receipt.currency}")
    pdf.write_line(LEFT, y + 2, words.money(receipt.total), inner, "R")
    pdf.pen(9)
    y += 2 * STEP
    closing = [
        (words.cash, receipt.paid),
        (words.change, receipt.paid - receipt.total),
        (f"{words.tax} {words.plain(receipt.tax_rate)} %", receipt.tax),
    ]
    for label, amount in closing:
        pdf.write_line(LEFT, y, label)
        pdf.write_line(LEFT, y, words.money(amount), inner, "R")
        y += STEP
    pdf.write_line(LEFT, y + STEP, words.thanks, inner, "C")
    return pdf.data()
