"""Equations of Word (Office Math Markup) as a line of text."""

from typing import TYPE_CHECKING

from shared.adapters.formats.docx.names import M

if TYPE_CHECKING:
    from lxml.etree import _Element

_BEFORE = {f"{M}den": "/", f"{M}sup": "^", f"{M}sub": "_", f"{M}rad": "√"}
"""Signs that stand before a part of an equation which is set lower, higher or under a root."""
_SUMS = (f"{M}chr", f"{M}begChr")
_LINES = f"{M}oMathPara"


def write_equation(element: "_Element") -> str:
    """Return an equation in the order of reading, e.g. a fraction as `a/b`; parts of several signs in parentheses."""
    if element.tag == f"{M}t":
        return element.text or ""
    parts = []
    for child in element:
        text = write_equation(child)
        sign = _BEFORE.get(child.tag, "")
        if child.tag in _SUMS:
            text = child.get(f"{M}val", "")
        elif text and (sign or child.tag == f"{M}num") and not text.replace(".", "").replace(",", "").isalnum():
            text = f"({text})"
        parts.append(f"{sign}{text}" if text else "")
    return (" " if element.tag == _LINES else "").join(parts)
