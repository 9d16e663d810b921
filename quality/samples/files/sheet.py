"""An invoice as lines, a table and sums, for formats that have no places on a page."""

from dataclasses import dataclass

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.layouts.letter import add_spaces, facts
from quality.samples.layouts.table import columns, rows, totals


@dataclass(frozen=True)
class Sheet:
    """What stands on an invoice from top to bottom: who sends it, facts, for whom, the table, sums, where to pay."""

    seller: tuple[str, ...]
    title: str
    facts: tuple[tuple[str, str], ...]
    buyer: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, str], ...]
    foot: tuple[tuple[str, str], ...]


def sheet(invoice: Invoice, words: Words) -> Sheet:
    """Return the invoice in a language."""
    seller, buyer = invoice.seller, invoice.buyer
    foot = [(words.vat_id, seller.vat_id or ""), ("IBAN", add_spaces(seller.iban or ""))]
    return Sheet(
        seller=(seller.name, *seller.address),
        title=words.title,
        facts=tuple(facts(invoice, words)),
        buyer=(words.bill_to, buyer.name, *buyer.address),
        head=tuple(column.title for column in columns(invoice, words, 200)),
        rows=tuple(tuple(cells) for cells in rows(invoice, words)),
        sums=tuple(totals(invoice, words)),
        foot=tuple((label, value) for label, value in foot if value),
    )
