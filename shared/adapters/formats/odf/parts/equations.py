"""Equations (MathML) as a line of text."""

from typing import TYPE_CHECKING

from shared.adapters.formats.odf.parts.names import MATH

if TYPE_CHECKING:
    from lxml.etree import _Element

_BETWEEN = {"mfrac": "/", "msup": "^", "mover": "^", "msub": "_", "munder": "_", "msubsup": "_^", "munderover": "_^"}
"""Signs before the second and the third part of an element."""
_ROOTS = frozenset({"msqrt", "mroot"})


def write_equation(element: "_Element") -> str:
    """Return an equation in the order of reading; parts of several signs in parentheses, e.g. `(a+1)/b`."""
    if not isinstance(element.tag, str) or element.tag in (f"{MATH}annotation", f"{MATH}annotation-xml"):
        return ""
    name = element.tag.removeprefix(MATH)
    if not len(element):
        return (element.text or "").strip()
    parts = [write_equation(child) for child in element]
    signs = _BETWEEN.get(name)
    if signs is None:
        return f"√({''.join(parts)})" if name in _ROOTS else "".join(parts)
    return "".join(
        (signs[min(index - 1, len(signs) - 1)] if index else "") + _enclose(part) for index, part in enumerate(parts)
    )


def _enclose(text: str) -> str:
    return text if text.replace(".", "").replace(",", "").isalnum() else f"({text})"
