"""The side of the typesetter that runs in a child: parse a file, set it, write the PDF."""

from pathlib import Path

from shared.adapters.typesetting.drawing.page_writer import PdfPageWriter
from shared.adapters.typesetting.flow_layout import FlowLayout, TypesettingLimits
from shared.adapters.typesetting.marks import PageMarks
from shared.domain.base.errors import Unreadable
from shared.ports.reading import Parser, SourceFile


def typeset(parser: Parser, file: SourceFile, target: str, limits: TypesettingLimits) -> None:
    """Write the PDF of a file to `target`, whole or not at all.

    Raises Unreadable as the parser does; `unreadable` for any other failure, `too_large` when memory runs out.
    """
    part = Path(f"{target}.part")
    try:
        marks = _write(parser, file, str(part), limits)
        marks.write(marks_path(target))  # first: a reader that finds the PDF finds its marks
        part.replace(target)
    except Unreadable:
        raise
    except MemoryError:
        text = "The file needs more memory than a reader may take (INTRAY_READER_BYTES): split it."
        raise Unreadable("too_large", text) from None
    except Exception as failure:  # parsers raise any exception on hostile files
        text = f"The file is damaged ({type(failure).__name__}): open it, save a new copy and upload it."
        raise Unreadable("unreadable", text) from failure
    finally:
        part.unlink(missing_ok=True)


def marks_path(target: str | Path) -> Path:
    """Return where the marks of a typeset PDF are kept."""
    return Path(f"{target}.marks.json")


def _write(parser: Parser, file: SourceFile, part: str, limits: TypesettingLimits) -> PageMarks:
    layout = FlowLayout(PdfPageWriter(part, limits.max_pages), limits)
    for block in parser(file):
        layout.add(block)
    layout.finish()
    return layout.marks
