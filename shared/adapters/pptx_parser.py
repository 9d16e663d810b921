"""Parses PPTX with python-pptx: a page for each slide, its shapes from the top, its notes below."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from shared.domain.errors import Unreadable
from shared.domain.flow import Block, Cell, Concealed, Flow, PageBreak, Paragraph, Picture, Table, header_row, is_number
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from pptx.slide import Slide

EMU = 12700
"""English Metric Units in a point."""
DEEPEST = 30
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def parse_pptx(file: SourceFile) -> Flow:
    """The slides in order, each with its notes; hidden slides and shapes are Concealed.

    Raises Unreadable (`unreadable`).
    """
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        presentation = Presentation(str(file.path))
    except (PythonPptxError, KeyError, ValueError):
        text = "The file holds no presentation that can be opened: save it anew as PPTX, and upload it again."
        raise Unreadable("unreadable", text) from None
    told: set[int] = set()
    for slide in presentation.slides:
        blocks = [*_slide(slide), *_backdrop(slide, told)]
        if slide.element.get("show") in ("0", "false"):
            yield from _concealed(blocks)
        else:
            yield PageBreak()
            yield from blocks


def _slide(slide: "Slide") -> Iterator[Block]:
    title = slide.shapes.title
    yield from _shapes(slide.shapes, None if title is None else title.shape_id, 0)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text.strip()
        if notes:
            yield Paragraph(f"Notes: {notes}")


def _backdrop(slide: "Slide", told: set[int]) -> Iterator[Block]:
    """The words that a slide shows of its layout and master, once for each of those; `told` are the ones that were."""
    for behind in (slide.slide_layout, slide.slide_layout.slide_master):
        if id(behind.part) not in told:
            told.add(id(behind.part))
            own = [shape for shape in behind.shapes if not shape.is_placeholder]
            yield from (block for block in _shapes(own, None, 0) if not isinstance(block, Picture))


def _shapes(shapes: Iterable[Any], title: int | None, depth: int) -> Iterator[Block]:
    if depth > DEEPEST:
        raise Unreadable("unreadable", "The presentation nests groups too deep: upload a simpler one.")
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        blocks = _shape(shape, title, depth)
        yield from _concealed(blocks) if _is_hidden(shape) else blocks


def _shape(shape: Any, title: int | None, depth: int) -> Iterator[Block]:  # noqa: ANN401 - each kind has other members
    if hasattr(shape, "shapes"):
        yield from _shapes(shape.shapes, title, depth + 1)
    elif getattr(shape, "has_table", False):
        rows = [[_cell(cell) for cell in row.cells if not cell.is_spanned] for row in shape.table.rows]
        yield Table(rows, header_row(rows))
    elif getattr(shape, "has_chart", False):
        yield from _drawn(shape.chart.part)
    elif getattr(shape, "has_text_frame", False):
        for paragraph in shape.text_frame.paragraphs:
            text = "".join(_run(run) for run in paragraph._p).strip()  # noqa: SLF001 - its fields are runs, too
            yield Paragraph(text, 1 if shape.shape_id == title else 0, paragraph.level)
    yield from _picture(shape)
    for related in shape._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"):  # noqa: SLF001 - no API for diagrams
        name = related.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm", "")
        yield from _drawn(shape.part.related_part(name))


def _run(run: Any) -> str:  # noqa: ANN401 - an element of the paragraph
    if run.tag == f"{_A}br":
        return "\n"
    return "".join(text.text or "" for text in run.iter(f"{_A}t"))


def _cell(cell: Any) -> Cell:  # noqa: ANN401 - python-pptx's cell
    text = cell.text.strip()
    return Cell(text, is_number(text), max(1, cell.span_width if cell.is_merge_origin else 1))


def _picture(shape: Any) -> Iterator[Block]:  # noqa: ANN401 - as above
    """The picture of a shape, when it has one in the file."""
    try:
        image = shape.image
    except (AttributeError, KeyError, ValueError):  # no picture, or one that is only linked
        return
    yield Picture(image.blob, (shape.width or 0) / EMU, (shape.height or 0) / EMU)


def _drawn(part: Any) -> Iterator[Block]:  # noqa: ANN401 - a part of either library
    """The words of a diagram or a chart, each a paragraph."""
    from lxml import etree

    root = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
    for element in root.iter(f"{_A}p", "{http://schemas.openxmlformats.org/drawingml/2006/chart}v"):
        text = "".join(run.text or "" for run in element.iter(f"{_A}t")) or (element.text or "").strip()
        if text:
            yield Paragraph(text)


def _is_hidden(shape: Any) -> bool:  # noqa: ANN401 - as above
    return any(properties.get("hidden") in ("1", "true") for properties in shape._element.xpath("./*/p:cNvPr"))  # noqa: SLF001 - no API for it


def _concealed(blocks: Iterable[Block]) -> Iterator[Block]:
    texts = []
    for block in blocks:
        if isinstance(block, Paragraph | Concealed):
            texts.append(block.text)
        elif isinstance(block, Table):
            texts += [cell.text for row in block.rows for cell in row]
    if any(texts):
        yield Concealed(" ".join(text for text in texts if text))
