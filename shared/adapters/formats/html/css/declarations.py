"""Read declarations of CSS: those properties that decide whether a text is shown, and how."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tinycss2.ast import Node

PROPERTIES = frozenset(
    {"display", "visibility", "opacity", "content-visibility", "content", "white-space", "float", "filter"}
    | {"flex-direction", "flex-flow"}
    | {"color", "-webkit-text-fill-color", "background", "background-color", "background-image"}
    | {"font", "font-size", "text-decoration", "text-decoration-line", "text-indent"}
    | {"position", "left", "right", "top", "bottom", "inset", "margin", "margin-left", "transform", "scale"}
    | {"clip", "clip-path", "overflow", "overflow-x", "overflow-y", "width", "height", "max-width", "max-height"}
)
_HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0|line-through|content-visibility:hidden|text-indent:-"
    r"|(?:left|right|top|bottom|margin-left):-|clip(?:-path)?:|(?:font-size|height|width):[01](?:\D|$)"
    r"|transform:|content:[\"']|(?:^|;)color:"
)
LONGEST_VALUE = 1000
"""A value that is longer decides nothing here (fonts and pictures inside the sheet), in characters."""


class Declaration(NamedTuple):
    """A property, its value in lower case as the sheet writes it, and whether it is `!important`."""

    name: str
    value: str
    important: bool


def read_declarations(nodes: "Iterable[Node]") -> tuple[Declaration, ...]:
    """Return the declarations of a block that matter here, in order."""
    import tinycss2

    read = []
    for node in nodes:
        if node.type != "declaration" or not (node.lower_name in PROPERTIES or node.lower_name.startswith("--")):
            continue
        value = tinycss2.serialize(node.value).strip()
        if len(value) > LONGEST_VALUE:
            continue
        name = node.lower_name
        keeps_case = name == "content" or name.startswith("--")
        read.append(Declaration(name, value if keeps_case else value.lower(), node.important))
    return tuple(read)


@lru_cache(maxsize=2048)
def read_style_attribute(text: str) -> tuple[Declaration, ...]:
    """Return the declarations of an element's `style` attribute."""
    import tinycss2

    return read_declarations(tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True))


def can_hide(declarations: Iterable[Declaration]) -> bool:
    """Return whether declarations may hide a text, strike it through or add one."""
    return any(
        _HIDING.search(f"{declaration.name}:{re.sub(r'\s+', '', declaration.value)}") for declaration in declarations
    )
