"""What a paragraph's and a run's style says: heading level, numbering, whether text is hidden."""

from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.docx_parser.names import W, is_on, val

if TYPE_CHECKING:
    from lxml.etree import _Element

DEEPEST = 20
"""Styles based on each other in a circle would never end."""
_WHITE = "FFFFFF"


class Style(NamedTuple):
    """What matters of a style, with what it inherits. `level` 0: no heading; `number`: (list id, level) or None."""

    level: int = 0
    hidden: bool = False
    white: bool = False
    number: tuple[str, int] | None = None


class Styles:
    """The styles of a document by their ids."""

    def __init__(self, root: "_Element | None") -> None:
        self._elements = {} if root is None else {s.get(f"{W}styleId", ""): s for s in root.iter(f"{W}style")}
        self._known: dict[str, Style] = {}

    def of(self, style_id: str) -> Style:
        """The style with this id; a plain one when there is none."""
        if style_id not in self._known:
            self._known[style_id] = self._read(style_id, 0)
        return self._known[style_id]

    def _read(self, style_id: str, depth: int) -> Style:
        element = self._elements.get(style_id)
        if element is None or depth > DEEPEST:
            return Style()
        base = self._read(val(element, "basedOn"), depth + 1)
        outline = val(element, "pPr/outlineLvl")
        level = int(outline) + 1 if outline.isdecimal() and int(outline) < 6 else base.level  # noqa: PLR2004 - six levels
        number = val(element, "pPr/numPr/numId")
        depth_of_list = val(element, "pPr/numPr/ilvl")
        if val(element, "name").lower() == "title":
            level = 1
        run = element.find(f"{W}rPr")
        return Style(
            level,
            hides(run, hidden=base.hidden),
            whitens(run, white=base.white),
            (number, int(depth_of_list) if depth_of_list.isdecimal() else 0) if number else base.number,
        )


def hides(run: "_Element | None", *, hidden: bool) -> bool:
    """Whether run properties hide the text; `hidden` is what they inherit."""
    switch = is_on(run, "vanish")
    return hidden if switch is None else switch


def whitens(run: "_Element | None", *, white: bool) -> bool:
    """Whether run properties print white on nothing; `white` is what they inherit."""
    if run is None:
        return white
    if run.find(f"{W}shd") is not None or run.find(f"{W}highlight") is not None:
        return False
    colour = val(run, "color", "absent")
    return white if colour == "absent" else colour.upper() == _WHITE
