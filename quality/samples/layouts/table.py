"""The rows of an invoice as cells, and a table that goes on over pages."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.paper import Column, Paper

type Border = Literal["rules", "none", "zebra"]


@dataclass(frozen=True)
class Table:
    """How a layout draws its rows: where they start and must end on a page (mm), and what separates them.

    `headed`: whether each page has the column titles again; `carries`: and the sum carried forward.
    """

    left: float
    bottom: float
    border: Border
    row_height: float = 6.5
    top_of_next: float = 25
    headed: bool = True
    carries: bool = True


def columns(invoice: Invoice, words: Words, width: float) -> list[Column]:
    """Return the columns of an invoice, `width` millimetres together."""
    fixed = [Column(words.quantity, 20), Column(words.unit_price, 30)]
    if invoice.rates_on_rows:
        fixed.append(Column(words.rate, 18))
    fixed.append(Column(words.amount, 28))
    return [Column(words.description, width - sum(column.width for column in fixed), "L"), *fixed]


def rows(invoice: Invoice, words: Words) -> list[list[str]]:
    """Return the cells of an invoice, in the order of its columns."""
    return [
        [
            item.description,
            words.plain(item.quantity),
            words.money(item.unit_price),
            *([words.plain(item.tax_rate)] if invoice.rates_on_rows else []),
            words.money(item.amount),
        ]
        for item in invoice.items
    ]


def draw(pdf: Paper, table: Table, invoice: Invoice, words: Words, y: float) -> float:
    """Draw all rows from y on, over as many pages as they need, with the sum carried forward; the y below the last."""
    heads = columns(invoice, words, pdf.w - 2 * table.left)
    y = heading(pdf, table, heads, y)
    carried = Decimal(0)
    for index, (cells, item) in enumerate(zip(rows(invoice, words), invoice.items, strict=True)):
        if y + 2 * table.row_height > table.bottom:
            forward = f"{words.carried}: {words.money(carried)}"
            y = carry(pdf, table, heads, y, forward)
            y = carry(pdf, table, heads, turn(pdf, table, heads, words), forward)
        y = across(pdf, table, heads, y, cells, shaded=table.border == "zebra" and index % 2 == 1)
        carried += item.amount
    return y


def turn(pdf: Paper, table: Table, heads: list[Column], words: Words) -> float:
    """Start the next page with the page number and, if it is to have it, the table's heading; the y below."""
    pdf.add_page()
    pdf.pen(8)
    pdf.write_line(table.left, 12, f"{words.page} {pdf.page}", pdf.w - 2 * table.left, "R")
    pdf.pen(9)
    return heading(pdf, table, heads, table.top_of_next) if table.headed else table.top_of_next


def heading(pdf: Paper, table: Table, heads: list[Column], y: float) -> float:
    """Draw the column titles; the y below."""
    pdf.pen(9, "B")
    y = across(pdf, table, heads, y, [head.title for head in heads], shaded=table.border == "zebra")
    if table.border == "none":
        pdf.line(table.left, y, pdf.w - table.left, y)
    pdf.pen(9)
    return y


def carry(pdf: Paper, table: Table, heads: list[Column], y: float, text: str) -> float:
    """Draw the sum carried forward, at the right, where the table has it; the y below."""
    if not table.carries:
        return y
    pdf.pen(9, "I")
    pdf.write_line(table.left, y + 0.7, text, sum(head.width for head in heads), "R")
    pdf.pen(9)
    return y + table.row_height


def across(pdf: Paper, table: Table, heads: list[Column], y: float, cells: list[str], *, shaded: bool) -> float:
    """Draw cells side by side; the y below."""
    pdf.set_xy(table.left, y)
    pdf.set_fill_color(232, 238, 245)
    for head, text in zip(heads, cells, strict=True):
        pdf.cell(
            head.width,
            table.row_height,
            text,
            border="LTRB" if table.border == "rules" else 0,
            align=head.align,
            fill=shaded,
        )
    return y + table.row_height


def totals(invoice: Invoice, words: Words) -> list[tuple[str, str]]:
    """Labels and amounts below the table, the last one being what is to be paid."""
    sums = [(words.net, invoice.net)]
    sums += [(f"{words.tax} {words.plain(rate)} %", tax) for rate, tax in invoice.taxes.items()]
    sums.append((words.total, invoice.total))
    if invoice.prepaid:
        sums += [(words.prepaid, -invoice.prepaid), (words.amount_due, invoice.amount_due)]
    return [(label, words.sum(amount)) for label, amount in sums]


type Layout = Callable[[Invoice, Words], bytes]
