"""Invoices as offices keep them: a DOCX, an XLSX, a web page and a CSV. Time stands still in them."""

import csv
import re
import zipfile
from html import escape
from io import BytesIO, StringIO
from typing import Any

import docx
import openpyxl

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.files.bundles import pack_zip
from quality.samples.files.sheet import Sheet, sheet
from quality.samples.paper import MADE

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_STAMP = f"{MADE:%Y-%m-%dT%H:%M:%SZ}".encode()


def as_docx(invoice: Invoice, words: Words) -> bytes:
    """Return the invoice as a Word document: facts in a table without lines, rows in one with."""
    page, document = sheet(invoice, words), docx.Document()
    document.core_properties.author, document.core_properties.created = page.seller[0], MADE.replace(tzinfo=None)
    document.add_heading(page.title, level=1)
    for line in (*page.seller, "", *page.buyer, ""):
        document.add_paragraph(line).paragraph_format.space_after = 0
    _docx_table(document, page.facts, "Normal Table")
    document.add_paragraph()
    _docx_table(document, (page.head, *page.rows), "Table Grid")
    document.add_paragraph()
    _docx_table(document, page.sums, "Normal Table")
    document.add_paragraph("\n".join(f"{label}: {value}" for label, value in page.foot))
    return _still(document)


def _docx_table(document: Any, rows: tuple[tuple[str, ...], ...], style: str) -> None:  # noqa: ANN401 - no public type
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style=style)
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text


def as_xlsx(invoice: Invoice, words: Words) -> bytes:
    """Return the invoice as a workbook of one sheet, with amounts as numbers of two decimals."""
    book = openpyxl.Workbook()
    book.properties.created = MADE.replace(tzinfo=None)
    page = book.active
    page.title = words.title
    for row in _grid(sheet(invoice, words)):
        page.append(row)
    top = next(row[0].row for row in page.iter_rows() if row[0].value == words.description)
    for number, item in enumerate(invoice.items, top + 1):
        values = [item.quantity, item.unit_price, *([item.tax_rate] if invoice.rates_on_rows else []), item.amount]
        for column, value in enumerate(values, 2):
            cell = page.cell(number, column, float(value))
            cell.number_format = "0.00" if value in {item.unit_price, item.amount} else "General"
    for letter, width in zip("ABCDE", (44, 28, 14, 10, 14), strict=True):
        page.column_dimensions[letter].width = width
    return _still(book)


def as_csv(invoice: Invoice, words: Words) -> bytes:
    """Return the invoice as a CSV as European spreadsheets write it: with semicolons, every row of the same length."""
    text, grid = StringIO(), _grid(sheet(invoice, words))
    width = max(map(len, grid))
    full = (row + [""] * (width - len(row)) for row in grid)
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(full)
    return text.getvalue().encode()


def as_html(invoice: Invoice, words: Words) -> bytes:
    """Return the invoice as a web page, with what a page carries besides: a style and a script."""
    page = sheet(invoice, words)
    parts = [
        f"<h1>{escape(page.title)}</h1>",
        _paragraph(page.seller),
        _paragraph(page.buyer),
        _html_table(page.facts),
        _html_table((page.head, *page.rows)),
        _html_table(page.sums),
        _paragraph(tuple(f"{label}: {value}" for label, value in page.foot)),
    ]
    head = (
        f'<meta charset="utf-8"><title>{escape(page.title)}</title><style>td{{padding:2px 8px}}</style>'
        "<script>document.title += '!'</script>"
    )
    return f"<!DOCTYPE html>\n<html><head>{head}</head>\n<body>\n{'\n'.join(parts)}\n</body></html>\n".encode()


def _grid(page: Sheet) -> list[list[str]]:
    """Return the invoice as rows of cells, with empty rows between its parts."""
    parts: tuple[tuple[tuple[str, ...], ...], ...] = (
        ((page.title,), *((line,) for line in page.seller)),
        page.facts,
        tuple((line,) for line in page.buyer),
        (page.head, *page.rows),
        page.sums,
        page.foot,
    )
    return [row for part in parts for row in (*map(list, part), [])]


def _paragraph(lines: tuple[str, ...]) -> str:
    return f"<p>{'<br>'.join(map(escape, lines))}</p>"


def _html_table(rows: tuple[tuple[str, ...], ...]) -> str:
    body = "\n".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>\n{body}\n</table>"


def _still(file: Any) -> bytes:  # noqa: ANN401 - a document or a workbook
    """Return a saved office file in which time stands still."""
    buffer = BytesIO()
    file.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    members[core] = _MODIFIED.sub(rb"\g<1>" + _STAMP, members[core])
    return pack_zip(members, zipfile.ZIP_DEFLATED)
