"""The pieces of a paragraph."""

from typing import TYPE_CHECKING, NamedTuple

from shared.domain.content.blocks import Picture

if TYPE_CHECKING:
    from docx.opc.part import Part
    from lxml.etree import _Element


class Piece(NamedTuple):
    """A piece of a paragraph: one of its members says something.

    Text that is shown, concealed or struck through; a mark (`page`, or a note's `footnote 2`); text that stands
    `aside`, as a paragraph of its own; a picture, a text box, the related part of a diagram or chart; the code of what
    was not read.
    """

    shown: str = ""
    concealed: str = ""
    struck: str = ""
    mark: str = ""
    aside: str = ""
    picture: Picture | None = None
    box: "_Element | None" = None
    related: "Part | None" = None
    unread: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether none of its members says anything."""
        return self == Piece()
