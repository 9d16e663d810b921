"""The effect of an element's style on its text: shown, hidden or struck through; and where lines end."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from shared.adapters.formats.html.css.declarations import Declaration, read_style_attribute
from shared.adapters.formats.html.css.placement import is_out_of_sight
from shared.adapters.formats.html.css.style_sheets import MatchedDeclaration, StyleSheets
from shared.adapters.formats.html.css.values import (
    BLACK,
    ROOT_FONT_SIZE,
    WHITE,
    Colour,
    expand_shorthand,
    parse_colour,
    parse_font_size,
)

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_CONTRAST = 16.0
"""A text whose colour differs less from what it stands on is not seen, in levels of 255."""
MIN_OPACITY = 0.05
MIN_FONT_SIZE = 2.0
"""Smaller letters are not seen, in CSS pixels."""
MAX_VARIABLE_STEPS = 10
_VARIABLE = re.compile(r"var\(\s*(--[^\s,()]+)\s*(?:,\s*((?:[^()]|\([^()]*\))*))?\)")
_STRUCK = frozenset({"s", "strike", "del"})
_FIELD = {"color": "black", "background-color": "white"}
_BROWSER_STYLES = {
    **dict.fromkeys(("input", "textarea", "select", "button"), _FIELD),
    "mark": {"color": "black", "background-color": "yellow"},
}
"""What browsers set where a page does not: such an element does not take the colours around it."""
_PREFORMATTED = frozenset({"pre", "pre-wrap", "pre-line", "break-spaces"})
_BLOCK_DISPLAYS = re.compile(r"\b(?:block|flex|grid|table|list-item|flow-root|table-row|table-caption)\b")
_BREAKS_AROUND_CHILDREN = re.compile(r"\b(?:flex|grid)\b")

Layout = Literal["default", "block", "inline", "apart", "floating"]
"""How an element stands in its line: as its tag does, as a block, within the line, within it with space around, or as
its tag does and moved aside."""


class TextStyle(NamedTuple):
    """The style that a text has from its element and the elements around it.

    `stacks`: what is in the element stands below each other, although its `display` puts it side by side.
    """

    rendered: bool = True
    visible: bool = True
    struck: bool = False
    font_size: float = ROOT_FONT_SIZE
    colour: Colour = BLACK
    ground: Colour | None = WHITE
    opacity: float = 1.0
    preformatted: bool = False
    layout: Layout = "default"
    separates_children: bool = False
    display: str = ""
    stacks: bool = False
    variables: Mapping[str, str] = MappingProxyType({})

    @property
    def is_hidden(self) -> bool:
        """Whether a text of this style is invisible."""
        if not self.rendered or not self.visible or self.font_size < MIN_FONT_SIZE:
            return True
        if self.colour.alpha < MIN_OPACITY:
            return True
        return self.ground is not None and self.colour.over(self.ground).distance(self.ground) <= MIN_CONTRAST


PAGE_STYLE: Final = TextStyle()


class Styles:
    """The styles of the elements of a page, from its style sheets, `style` attributes and older attributes."""

    def __init__(self, root: "HtmlElement") -> None:
        self._sheets = StyleSheets(root)

    @property
    def is_complete(self) -> bool:
        """Whether every rule of every style sheet of the page was read."""
        return self._sheets.is_complete

    def compute(self, element: "HtmlElement", parent: TextStyle) -> TextStyle:
        """Return the style of an element inside one of the style `parent`."""
        matched = self._sheets.declarations(element)
        values, variables = _cascade(element, matched, parent)
        style = parent._replace(layout="default", separates_children=False, display="", stacks=False)
        if not values and variables is parent.variables and element.tag not in _STRUCK:
            return style
        return _apply(style._replace(variables=variables), values, is_struck=element.tag in _STRUCK)

    def generated_text(self, element: "HtmlElement", pseudo: str, style: TextStyle) -> str:
        """Return the text that a sheet writes `before` or `after` an element."""
        text = ""
        for matched in self._sheets.declarations(element):
            if matched.pseudo == pseudo and matched.declaration.name == "content":
                value = _substitute(matched.declaration.value, style.variables)
                text = "".join(quoted[1] or quoted[2] for quoted in re.finditer(r'"([^"\\]*)"|\'([^\'\\]*)\'', value))
                text += "".join(
                    element.get(name, "") for name in re.findall(r"attr\(\s*([\w-]+)\s*\)", value, re.IGNORECASE)
                )
        return text


def _cascade(
    element: "HtmlElement", matched: Iterable[MatchedDeclaration], parent: TextStyle
) -> tuple[dict[str, str], Mapping[str, str]]:
    """Return the value of each property of an element, and the custom properties that hold inside it."""
    inline = read_style_attribute(element.get("style", "")) if "style" in element.attrib else ()
    ranked = [
        ((item.declaration.important, 0, item.precedence), item.declaration) for item in matched if not item.pseudo
    ]
    ranked += [((declaration.important, 1, place), declaration) for place, declaration in enumerate(inline)]
    declarations = [declaration for _, declaration in sorted(ranked, key=lambda pair: pair[0])]
    custom = {item.name: item.value for item in declarations if item.name.startswith("--")}
    variables = {**parent.variables, **custom} if custom else parent.variables
    values = _older_attributes(element)
    for declaration in declarations:
        if not declaration.name.startswith("--"):
            values.update(_expand(declaration, variables))
    return values, variables


def _expand(declaration: Declaration, variables: Mapping[str, str]) -> list[tuple[str, str]]:
    value = _substitute(declaration.value, variables).lower() if "var(" in declaration.value else declaration.value
    return expand_shorthand(declaration.name, value)


def _substitute(value: str, variables: Mapping[str, str]) -> str:
    """Return a value with its `var()` replaced; "" when that does not end."""
    longest = 10 * (len(value) + 100)
    for _ in range(MAX_VARIABLE_STEPS):
        if "var(" not in value:
            return value
        value = _VARIABLE.sub(lambda match: variables.get(match[1].lower(), (match[2] or "").strip()), value)
        if len(value) > longest:
            break
    return ""


def _older_attributes(element: "HtmlElement") -> dict[str, str]:
    """Return what attributes such as `bgcolor` and `hidden` set: any style sheet overrules them."""
    values = dict(_BROWSER_STYLES.get(element.tag, {}))
    if element.tag == "a" and "href" in element.attrib:
        values["color"] = "#0000ee"
    for attribute, name in (("bgcolor", "background-color"), ("color", "color"), ("text", "color")):
        value = element.get(attribute, "").strip().lower()
        if value and element.tag not in ("input", "link", "meta"):
            named = f"#{value}" if re.fullmatch(r"[0-9a-f]{6}", value) else value
            values[name] = named
    if "background" in element.attrib:
        values["background-image"] = "image"
    if "hidden" in element.attrib or (element.tag == "dialog" and "open" not in element.attrib):
        values["display"] = "none"
    if element.tag in ("pre", "listing", "xmp"):
        values["white-space"] = "pre"
    return values


def _apply(style: TextStyle, values: Mapping[str, str], *, is_struck: bool) -> TextStyle:
    """Return the style that an element's own values make of the inherited one."""
    display, visibility = values.get("display", ""), values.get("visibility", "inherit")
    font_size = parse_font_size(values.get("font-size", ""), style.font_size)
    opacity = style.opacity * _read_opacity(values)
    decoration = values.get("text-decoration-line", "line-through" if is_struck else "")
    gone = display == "none" or values.get("content-visibility") == "hidden" or opacity < MIN_OPACITY
    visible = style.visible if visibility in ("inherit", "unset") else visibility not in ("hidden", "collapse")
    floats = values.get("float", "none") != "none" or values.get("position") in ("absolute", "fixed")
    return style._replace(
        rendered=style.rendered and not gone and not is_out_of_sight(values, font_size),
        visible=visible,
        struck=style.struck or "line-through" in decoration,
        font_size=font_size,
        colour=_read_colour(values, style.colour),
        ground=_read_ground(values, style),
        opacity=opacity,
        preformatted=values["white-space"] in _PREFORMATTED if "white-space" in values else style.preformatted,
        layout=_read_layout(display, floats=floats),
        separates_children=_BREAKS_AROUND_CHILDREN.search(display) is not None,
        display=display,
        stacks="column" in values.get("flex-direction", "") or "column" in values.get("flex-flow", ""),
    )


def _read_layout(display: str, *, floats: bool) -> Layout:
    if display == "table-cell" or display.startswith("inline-"):
        return "apart"
    if floats and not display:
        return "floating"
    if display in ("inline", "contents"):
        return "inline"
    return "block" if _BLOCK_DISPLAYS.search(display) else "default"


def _read_opacity(values: Mapping[str, str]) -> float:
    filtered = re.search(r"opacity\(([^()]*)\)", values.get("filter", ""))
    opacity = 1.0
    for text in (values.get("opacity", ""), filtered[1] if filtered else ""):
        number = re.fullmatch(r"\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*(%?)\s*", text)
        if number:
            opacity *= min(max(float(number[1]) / (100 if number[2] else 1), 0.0), 1.0)
    return opacity


def _read_colour(values: Mapping[str, str], inherited: Colour) -> Colour:
    value = values.get("-webkit-text-fill-color", "") or values.get("color", "")
    return parse_colour(value) or inherited


def _read_ground(values: Mapping[str, str], style: TextStyle) -> Colour | None:
    """Return what the text stands on; None when that is a picture."""
    if values.get("background-image") == "image":
        return None
    colour = parse_colour(values.get("background-color", ""))
    if colour is None or colour.alpha == 0:
        return style.ground
    if style.ground is None:
        return colour if colour.alpha == 1 else None
    return colour.over(style.ground)
