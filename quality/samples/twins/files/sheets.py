"""Invoices as workbooks: a letterhead in cells, stored numbers with a format, sums below the rows."""

import io

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.files.sheet import Sheet, sheet

_AMOUNT_COLUMNS = (3, 4)


def workbook(invoice: Invoice, words: Words, number_format: str, *, one_sheet: bool = True) -> bytes:
    """Return a workbook whose amounts are stored numbers, shown in `number_format`.

    The letterhead stands in column A, and with `one_sheet` above the rows; else the rows have a sheet of their own.
    """
    book = openpyxl.Workbook()
    page: Worksheet = book.worksheets[0]
    page.title = words.title
    content = sheet(invoice, words)
    _write_letterhead(page, content)
    if not one_sheet:
        page = book.create_sheet(words.description)
    _write_rows(page, invoice, words, content, number_format)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_letterhead(page: Worksheet, content: Sheet) -> None:
    for line in (*content.seller, content.title):
        page.append([line])
    for label, value in (*content.facts, *content.foot):
        page.append([f"{label}: {value}"])
    page.append([f"{content.buyer[0]}: {', '.join(content.buyer[1:2])}"])
    page.append([])


def _write_rows(page: Worksheet, invoice: Invoice, words: Words, content: Sheet, number_format: str) -> None:
    page.append(list(content.head))
    for item in invoice.items:
        page.append([item.description, float(item.quantity), float(item.unit_price), float(item.amount)])
    sums = [(words.net, invoice.net), (words.tax, invoice.tax), (words.total, invoice.total)]
    for label, amount in sums:
        page.append([label, None, None, float(amount)])
    for row in page.iter_rows(min_row=page.max_row - len(invoice.items) - len(sums) + 1):
        for column in _AMOUNT_COLUMNS:
            row[column - 1].number_format = number_format


def set_page_footer(data: bytes, text: str) -> bytes:
    """Print a text at the foot of the first sheet's pages."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.worksheets[0].oddFooter.left.text = text
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def widen_first_columns(data: bytes) -> bytes:
    """Make the first two columns wide: headings stand left in them, numbers right."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for letter, width in (("A", 40), ("B", 46), ("C", 12), ("D", 12)):
        book.worksheets[0].column_dimensions[letter].width = width
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
