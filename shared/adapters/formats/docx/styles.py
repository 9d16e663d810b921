"""What a paragraph's and a run's style says: heading level, numbering, how its text looks."""

from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.formats.docx.names import W, is_on, val

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_DEPTH = 20
"""Styles based on each other in a circle would never end."""
_WHITE = "FFFFFF"


class Appearance(NamedTuple):
    """How a text looks: not shown, printed white on nothing, or struck through."""

    hidden: bool = False
    white: bool = False
    struck: bool = False

    def inherited_by(self, character: "Appearance") -> "Appearance":
        """Return this appearance of a paragraph with that of a character style: a switch that both turn on is off.

        That is how Word combines strike and vanish (ECMA-376, 17.7.3).
        """
        return Appearance(
            self.hidden != character.hidden, self.white or character.white, self.struck != character.struck
        )


class Style(NamedTuple):
    """What matters of a style, with what it inherits. `level` 0: no heading; `number`: (list id, level) or None.

    `font`: that of its letters, "" when it does not say.
    """

    level: int = 0
    appearance: Appearance = Appearance()
    number: tuple[str, int] | None = None
    font: str = ""


class Styles:
    """The styles of a document by their ids."""

    def __init__(self, root: "_Element | None") -> None:
        self._elements = {} if root is None else {s.get(f"{W}styleId", ""): s for s in root.iter(f"{W}style")}
        self._known: dict[str, Style] = {}

    def of(self, style_id: str) -> Style:
        """Return the style with this id; a plain one when there is none."""
        if style_id not in self._known:
            self._known[style_id] = self._read(style_id, 0)
        return self._known[style_id]

    def _read(self, style_id: str, depth: int) -> Style:
        element = self._elements.get(style_id)
        if element is None or depth > MAX_DEPTH:
            return Style()
        base = self._read(val(element, "basedOn"), depth + 1)
        outline = val(element, "pPr/outlineLvl")
        level = int(outline) + 1 if outline.isdecimal() and int(outline) < 6 else base.level  # noqa: PLR2004 - six levels
        number = val(element, "pPr/numPr/numId")
        depth_of_list = val(element, "pPr/numPr/ilvl")
        if val(element, "name").lower() == "title":
            level = 1
        return Style(
            level,
            read_appearance(element.find(f"{W}rPr"), base.appearance),
            (number, int(depth_of_list) if depth_of_list.isdecimal() else 0) if number else base.number,
            read_font(element.find(f"{W}rPr")) or base.font,
        )


def read_appearance(run: "_Element | None", base: Appearance) -> Appearance:
    """Return how run properties make a text look that inherits `base`."""
    if run is None:
        return base
    hidden, strike, double = is_on(run, "vanish"), is_on(run, "strike"), is_on(run, "dstrike")
    struck = base.struck if strike is None and double is None else bool(strike) or bool(double)
    return Appearance(base.hidden if hidden is None else hidden, _is_white(run, base), struck)


def read_font(run: "_Element | None") -> str:
    """Return the font that run properties name; "" for none."""
    fonts = run.find(f"{W}rFonts") if run is not None else None
    return (fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "") if fonts is not None else ""


def _is_white(run: "_Element", base: Appearance) -> bool:
    """Return whether a text is white without a background of its own."""
    if run.find(f"{W}shd") is not None or run.find(f"{W}highlight") is not None:
        return False
    colour = val(run, "color", "absent")
    return base.white if colour == "absent" else colour.upper() == _WHITE
