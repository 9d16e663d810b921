"""What styles of OpenDocument make of a text: whether it is hidden, struck through, or begins a page."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from shared.adapters.formats.odf.parts.names import DRAW, FO, STYLE, TABLE, TEXT

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_DEPTH = 20
"""Styles based on each other in a circle would never end."""
_WHITE = "#ffffff"
_NO_COLOUR = ("", "transparent")


class Style(NamedTuple):
    """What a style says, with what it inherits; None: nothing. `off`: a table that is not displayed."""

    hidden: bool | None = None
    struck: bool | None = None
    colour: str | None = None
    background: str | None = None
    breaks: bool = False
    off: bool = False


class Appearance(NamedTuple):
    """How a text looks; `on_colour`: it has a coloured ground, so white letters are visible."""

    hidden: bool = False
    struck: bool = False
    white: bool = False
    on_colour: bool = False

    def change(self, style: Style) -> "Appearance":
        """Return the appearance of a text inside that has this style."""
        on_colour = self.on_colour if style.background is None else style.background not in _NO_COLOUR
        return Appearance(
            self.hidden if style.hidden is None else style.hidden,
            self.struck if style.struck is None else style.struck,
            self.white if style.colour is None else style.colour == _WHITE,
            self.on_colour or on_colour,
        )

    @property
    def is_unseen(self) -> bool:
        """Whether the text is invisible."""
        return self.hidden or (self.white and not self.on_colour)


PLAIN = Appearance()


class Styles:
    """The styles of a document by family and name."""

    def __init__(self, roots: "Iterable[_Element]") -> None:
        self._elements = {
            (style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")): style
            for root in roots
            for style in root.iter(f"{STYLE}style")
        }
        self._by_name = {name: style for (_, name), style in self._elements.items()}
        self._known: dict[tuple[str, str], Style] = {}

    def find(self, family: str, name: str | None) -> Style:
        """Return a style; a plain one when there is none of that name."""
        if not name:
            return Style()
        if (family, name) not in self._known:
            self._known[family, name] = self._read(family, name, 0)
        return self._known[family, name]

    def _read(self, family: str, name: str, depth: int) -> Style:
        element = self._elements.get((family, name), self._by_name.get(name))
        if element is None or depth > MAX_DEPTH:
            return Style()
        parent = element.get(f"{STYLE}parent-style-name")
        own = _read_style(element)
        base = self._read(family, parent, depth + 1) if parent else Style()
        return Style(
            base.hidden if own.hidden is None else own.hidden,
            base.struck if own.struck is None else own.struck,
            base.colour if own.colour is None else own.colour,
            base.background if own.background is None else own.background,
            breaks=own.breaks,
            off=own.off,
        )


def _read_style(style: "_Element") -> Style:
    text, table = style.find(f"{STYLE}text-properties"), style.find(f"{STYLE}table-properties")
    paragraph = style.find(f"{STYLE}paragraph-properties")
    grounds = [style.find(f"{STYLE}{name}-properties") for name in ("text", "paragraph", "table-cell", "graphic")]
    colours = [ground.get(f"{FO}background-color") or _name_fill(ground) for ground in grounds if ground is not None]
    display = text.get(f"{TEXT}display") if text is not None else None
    return Style(
        None if display is None else display == "none",
        _is_struck(text),
        text.get(f"{FO}color", "").lower() or None if text is not None else None,
        next((colour.lower() for colour in colours if colour), None),
        breaks=paragraph is not None and paragraph.get(f"{FO}break-before") == "page",
        off=table is not None and table.get(f"{TABLE}display") == "false",
    )


def _name_fill(properties: "_Element") -> str | None:
    """Return how a shape is filled; None when it is not."""
    fill = properties.get(f"{DRAW}fill")
    return None if fill == "none" else fill


def _is_struck(text: "_Element | None") -> bool | None:
    """Return whether text properties strike through; None when they do not say."""
    if text is None:
        return None
    lines = [text.get(f"{STYLE}text-line-through-{name}") for name in ("style", "type")]
    values = [line for line in lines if line is not None]
    return all(value != "none" for value in values) if values else None
