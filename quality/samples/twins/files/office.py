"""What is done to Word documents and workbooks."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

import docx
import openpyxl
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from quality.samples.content.documents import Invoice
from quality.samples.content.words import Words
from quality.samples.files.office import as_docx

_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"


def edit_docx(data: bytes, edit: Callable[[Any], None]) -> bytes:
    """Return the Word document after `edit` changed it."""
    document = docx.Document(io.BytesIO(data))
    edit(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def find_cell(document: Any, text: str) -> Any:  # noqa: ANN401 - python-docx has no types
    """Return the first table cell with exactly this text."""
    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    return next(cell for cell in cells if cell.text == text)


def add_lines(data: bytes, *lines: str) -> bytes:
    """Add paragraphs at the end of a Word document."""

    def add(document: Any) -> None:  # noqa: ANN401 - as above
        for line in lines:
            document.add_paragraph(line)

    return edit_docx(data, add)


def strike_in_docx(data: bytes, text: str, correction: str = "", *, double: bool = False) -> bytes:
    """Strike the text of a cell; a correction stands behind it."""

    def strike(document: Any) -> None:  # noqa: ANN401 - as above
        paragraph = find_cell(document, text).paragraphs[0]
        font = paragraph.runs[0].font
        font.double_strike, font.strike = (True, None) if double else (None, True)
        if correction:
            paragraph.add_run(f" {correction}")

    return edit_docx(data, strike)


def nest_table(data: bytes, text: str, inner: tuple[str, str]) -> bytes:
    """Put a small table into the cell with this text."""

    def nest(document: Any) -> None:  # noqa: ANN401 - as above
        cells = find_cell(document, text).add_table(1, 2).rows[0].cells
        cells[0].text, cells[1].text = inner

    return edit_docx(data, nest)


def embed_html(data: bytes, *lines: str) -> bytes:
    """Put paragraphs into a Word document as an HTML part that Word shows in its place (`w:altChunk`)."""

    def embed(document: Any) -> None:  # noqa: ANN401 - as above
        html = "".join(f"<p>{escape(line)}</p>" for line in lines)
        package = document.part.package
        part = Part(PackURI("/word/chunk1.html"), "text/html", f"<html><body>{html}</body></html>".encode(), package)
        number = document.part.relate_to(part, f"{_RELATIONSHIPS}/aFChunk")
        chunk = f'<w:altChunk {nsdecls("w")} xmlns:r="{_RELATIONSHIPS}" r:id="{number}"/>'
        document.element.body.insert(len(document.element.body) - 1, parse_xml(chunk))

    return edit_docx(data, embed)


def add_legacy_ticks(data: bytes, question: str, answers: Mapping[str, bool]) -> bytes:
    """Add a line with the tick boxes of a legacy Word form."""

    def add(document: Any) -> None:  # noqa: ANN401 - as above
        paragraph = document.add_paragraph(f"{question} ")
        for answer, ticked in answers.items():
            for run in _tick_runs(answer, ticked=ticked):
                paragraph._p.append(parse_xml(run))  # noqa: SLF001 - python-docx knows no form fields
            paragraph.add_run(f" {answer}   ")

    return edit_docx(data, add)


def _tick_runs(name: str, *, ticked: bool) -> tuple[str, str, str]:
    box = f'<w:checkBox><w:sizeAuto/><w:default w:val="0"/><w:checked w:val="{int(ticked)}"/></w:checkBox>'
    form = f'<w:ffData><w:name w:val="{name}"/><w:enabled/>{box}</w:ffData>'
    run = f"<w:r {nsdecls('w')}>"
    return (
        f'{run}<w:fldChar w:fldCharType="begin">{form}</w:fldChar></w:r>',
        f'{run}<w:instrText xml:space="preserve"> FORMCHECKBOX </w:instrText></w:r>',
        f'{run}<w:fldChar w:fldCharType="end"/></w:r>',
    )


def docx_in(words: Words) -> Callable[[Invoice], bytes]:
    """Return what makes a Word document of an invoice."""
    return lambda invoice: as_docx(invoice, words)


def edit_xlsx(data: bytes, edit: Callable[[Any], None]) -> bytes:
    """Return the workbook after `edit` changed its first sheet."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book.worksheets[0])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def add_text_box(data: bytes, *lines: str) -> bytes:
    """Put a text box over the first sheet of a workbook that has no drawings."""
    anchor = (
        "<xdr:from><xdr:col>6</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>2</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
        "<xdr:to><xdr:col>9</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>8</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
    )
    body = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines)
    shape = (
        '<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="Note"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr>'
        '<xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr>'
        f"<xdr:txBody><a:bodyPr/>{body}</xdr:txBody></xdr:sp><xdr:clientData/>"
    )
    spaces = f'xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main"'
    drawing = f"<xdr:wsDr {spaces}><xdr:twoCellAnchor>{anchor}{shape}</xdr:twoCellAnchor></xdr:wsDr>"
    relation = f'<Relationship Id="rId1" Type="{_RELATIONSHIPS}/drawing" Target="../drawings/drawing1.xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    added = {
        "xl/drawings/drawing1.xml": drawing,
        "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{package}">{relation}</Relationships>',
    }
    replaced = {
        "xl/worksheets/sheet1.xml": (
            "</worksheet>",
            f'<drawing xmlns:r="{_RELATIONSHIPS}" r:id="rId1"/></worksheet>',
        ),
        "[Content_Types].xml": (
            "</Types>",
            f'<Override PartName="/xl/drawings/drawing1.xml" ContentType="{_DRAWING_TYPE}"/></Types>',
        ),
    }
    return _rewrite(data, replaced, added)


def _rewrite(data: bytes, replaced: Mapping[str, tuple[str, str]], added: Mapping[str, str]) -> bytes:
    """Return a ZIP with a text replaced in some members, and with further members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name).decode("utf-8", "surrogateescape")
            before, after = replaced.get(name, ("", ""))
            changed = content.replace(before, after) if before else content
            target.writestr(name, changed.encode("utf-8", "surrogateescape"))
        for name, text in added.items():
            target.writestr(name, text)
    return buffer.getvalue()
