"""From a PPTX to a flow: the slides in order, each with its notes and comments."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from shared.adapters.formats.pptx.drawings import read_comments, read_drawn, read_words
from shared.adapters.formats.pptx.names import MC, P
from shared.adapters.formats.pptx.text import ParagraphText, read_cell, read_frame
from shared.domain.base.errors import Unreadable
from shared.domain.content.blocks import (
    Block,
    Cell,
    Concealed,
    Flow,
    NotRead,
    PageBreak,
    Paragraph,
    Picture,
    Table,
    header_row,
    is_number,
)
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from pptx.slide import Slide

MAX_DEPTH = 30


def parse_pptx(file: SourceFile) -> Flow:
    """Return the slides in order, each with its notes; hidden slides and shapes and struck text are Concealed.

    Raises Unreadable (`unreadable`).
    """
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        presentation = Presentation(str(file.path))
    except (PythonPptxError, KeyError, ValueError):
        text = "The file holds no presentation that can be opened: save it as a new PPTX file and upload that."
        raise Unreadable("unreadable", text) from None
    shown_parts: set[int] = set()
    for slide in presentation.slides:
        blocks = [*_slide(slide), *_backdrop(slide, shown_parts)]
        if slide.element.get("show") in ("0", "false"):
            yield from _conceal(blocks)
        else:
            yield PageBreak()
            yield from blocks


def _slide(slide: "Slide") -> Iterator[Block]:
    title = slide.shapes.title
    yield from _shapes(slide.shapes, None if title is None else title.shape_id, 0)
    if slide.element.find(f"{P}cSld/{P}controls") is not None:
        yield NotRead("form_control")
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = read_cell(slide.notes_slide.notes_text_frame.paragraphs)
        if notes.shown:
            yield Paragraph(f"Notes: {notes.shown}")
        yield from notes.behind
    yield from read_comments(slide.part)


def _backdrop(slide: "Slide", shown_parts: set[int]) -> Iterator[Block]:
    """Yield the words of a slide's layout and master, each part once: `shown_parts` are those already yielded."""
    for behind in (slide.slide_layout, slide.slide_layout.slide_master):
        if id(behind.part) not in shown_parts:
            shown_parts.add(id(behind.part))
            own = [shape for shape in behind.shapes if not shape.is_placeholder]
            yield from (block for block in _shapes(own, None, 0) if not isinstance(block, Picture | NotRead))


def _shapes(shapes: Iterable[Any], title: int | None, depth: int) -> Iterator[Block]:
    if depth > MAX_DEPTH:
        raise Unreadable("unreadable", "The presentation nests groups too deep: upload a simpler one.")
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        blocks = _shape(shape, title, depth)
        yield from _conceal(blocks) if _is_hidden(shape) else blocks
    tree = getattr(shapes, "_element", None)
    for alternatives in tree.findall(f"{MC}AlternateContent") if tree is not None else ():
        yield from _choose(alternatives, shapes, depth)


def _choose(alternatives: Any, shapes: Any, depth: int) -> Iterator[Block]:  # noqa: ANN401 - lxml's and python-pptx's
    """Yield newer shapes (ink, charts, equations), or the older copies of them when these are read whole."""
    from pptx.shapes.shapetree import BaseShapeFactory

    readings = []
    for alternative in (*alternatives.findall(f"{MC}Choice"), *alternatives.findall(f"{MC}Fallback")):
        members = [BaseShapeFactory(element, shapes) for element in alternative if isinstance(element.tag, str)]
        readings.append([block for shape in members for block in _shape(shape, None, depth + 1)])
    with_content = [blocks for blocks in readings if blocks]
    whole = (blocks for blocks in with_content if not any(isinstance(block, NotRead) for block in blocks))
    yield from next(whole, with_content[0] if with_content else [NotRead("drawing")])


def _shape(shape: Any, title: int | None, depth: int) -> Iterator[Block]:  # noqa: ANN401 - each kind has other members
    if hasattr(shape, "shapes"):
        yield from _shapes(shape.shapes, title, depth + 1)
        return
    if getattr(shape, "has_table", False):
        yield from _table(shape.table)
    elif getattr(shape, "has_chart", False):
        yield from read_words(shape.chart.part)
    elif getattr(shape, "has_text_frame", False):
        yield from read_frame(shape.text_frame.paragraphs, is_title=shape.shape_id == title)
    yield from read_drawn(shape)


def _table(table: Any) -> Iterator[Block]:  # noqa: ANN401 - python-pptx's table
    rows: list[list[Cell]] = []
    behind: list[Block] = []
    for row in table.rows:
        rows.append([])
        for cell in row.cells:
            part = cell._tc  # noqa: SLF001 - python-pptx tells cells below a merged one from those beside it only there
            if not part.hMerge:
                text = ParagraphText("", []) if part.vMerge else read_cell(cell.text_frame.paragraphs)
                rows[-1].append(Cell(text.shown, is_number(text.shown), max(1, part.gridSpan)))
                behind += text.behind
    yield Table(rows, header_row(rows))
    yield from behind


def _is_hidden(shape: Any) -> bool:  # noqa: ANN401 - as above
    return any(properties.get("hidden") in ("1", "true") for properties in shape._element.xpath("./*/p:cNvPr"))  # noqa: SLF001 - no API for it


def _conceal(blocks: Iterable[Block]) -> Iterator[Block]:
    texts = []
    for block in blocks:
        if isinstance(block, Paragraph | Concealed):
            texts.append(block.text)
        elif isinstance(block, Table):
            texts += [cell.text for row in block.rows for cell in row]
    if any(texts):
        yield Concealed(" ".join(text for text in texts if text))
