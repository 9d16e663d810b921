"""A business letter as DIN 5008 has it: window address, facts at the right, a table without rules, a footer."""

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.layouts.table import Table, draw, totals
from quality.samples.paper import Paper

LEFT = 25.0


def letter(invoice: Invoice, words: Words, *attached: tuple[str, bytes]) -> bytes:
    """Return the invoice as a PDF, with files (name, content) attached to it."""
    pdf = Paper(margin=LEFT)
    seller = invoice.seller
    pdf.pen(15, "B")
    pdf.write_line(LEFT, 18, seller.name)
    pdf.pen(7)
    pdf.write_line(LEFT, 45, " · ".join((seller.name, *seller.address)))
    pdf.pen(11)
    pdf.lines(LEFT, 52, (invoice.buyer.name, *invoice.buyer.address))
    pdf.pen(9)
    pdf.pairs(122, 52, facts(invoice, words), gap=36)
    pdf.pen(14, "B")
    pdf.write_line(LEFT, 95, f"{words.title} {invoice.number}")
    y = draw(pdf, Table(left=LEFT, bottom=250, border="none"), invoice, words, 108)
    pdf.line(LEFT, y + 1, pdf.w - LEFT, y + 1)
    sums(pdf, invoice, words, y + 3)
    footer(pdf, invoice, words)
    pdf.attach(attached)
    return pdf.data()


def facts(invoice: Invoice, words: Words) -> list[tuple[str, str]]:
    """Return the facts that every invoice states beside the address."""
    stated = [(words.number, invoice.number), (words.issued, words.day(invoice.issued))]
    if invoice.due:
        stated.append((words.due, words.day(invoice.due)))
    if invoice.order:
        stated.append((words.order, invoice.order))
    return stated


def sums(pdf: Paper, invoice: Invoice, words: Words, y: float) -> None:
    """Write the totals below the amounts; the last one is bold."""
    lines = totals(invoice, words)
    for index, (label, amount) in enumerate(lines):
        pdf.pen(10, "B" if index == len(lines) - 1 else "")
        pdf.write_line(110, y, label)
        pdf.write_line(pdf.w - LEFT - 40, y, amount, 40, "R")
        y += 6


def footer(pdf: Paper, invoice: Invoice, words: Words) -> None:
    """Who sends it and where to pay, in small print at the foot."""
    pdf.pen(8)
    seller = invoice.seller
    pdf.lines(LEFT, 272, (seller.name, *seller.address), step=4)
    bank = [f"IBAN: {add_spaces(seller.iban)}"] if seller.iban else []
    tax = [f"{words.vat_id} {seller.vat_id}"] if seller.vat_id else []
    pdf.lines(110, 272, (*bank, *tax), step=4)


def add_spaces(iban: str) -> str:
    """Return an IBAN in groups of four, as on paper."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
