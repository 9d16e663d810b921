"""The parsers of OpenDocument files."""

from shared.adapters.formats.odf.parts.package import open_package
from shared.adapters.formats.odf.sheets import read_sheets
from shared.adapters.formats.odf.text import TextWalk
from shared.domain.content.blocks import Flow
from shared.ports.reading import SourceFile


def parse_odt(file: SourceFile) -> Flow:
    """Headers, the text, footers; notes and comments follow their paragraph. What is hidden or struck is Concealed.

    Raises Unreadable (`unreadable`, `password_required`).
    """
    yield from TextWalk(open_package(file)).read_document()


def parse_ods(file: SourceFile) -> Flow:
    """Yield the sheets in order; hidden sheets, rows and columns as Concealed.

    Raises as `parse_odt`, and `too_large`.
    """
    yield from read_sheets(TextWalk(open_package(file)))
