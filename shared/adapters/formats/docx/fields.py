"""Fields of Word: what a form field draws, and fields whose result the file does not hold."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.adapters.formats.docx.names import W14, W, is_true, val
from shared.domain.content.symbol_fonts import EMPTY, TICKED, read_symbols

if TYPE_CHECKING:
    from lxml.etree import _Element

_UNSTORED = {
    **dict.fromkeys(("INCLUDETEXT", "INCLUDEPICTURE", "LINK", "DDE", "DDEAUTO", "RD"), "linked_part"),
    **dict.fromkeys(("=", "DOCPROPERTY", "DOCVARIABLE"), "uncalculated_field"),
    "EQ": "equation",
    "EMBED": "embedded_object",
}
"""Fields that print something, by what is missing when the file holds no result of them."""
_MAY_BE_EMPTY = ("DOCPROPERTY", "DOCVARIABLE")
"""Fields whose result may be without text once they were calculated."""
_NAME = re.compile(r"\s*(=|\w+)")
_SYMBOL = re.compile(r'\s*SYMBOL\s+(?:0x([0-9a-f]+)|(\d+))(?:.*\\f\s+(?:"([^"]+)"|(\S+)))?', re.IGNORECASE)


@dataclass(slots=True)
class Field:
    """A field that has begun. `drawn`: what Word draws when it has no result."""

    drawn: str = ""
    instruction: str = ""
    in_result: bool = False
    has_result: bool = False


def open_field(begin: "_Element") -> Field:
    """Return the field that begins with a w:fldChar; a form field draws its tick, or the entry that is selected."""
    data = begin.find(f"{W}ffData")
    if data is None:
        return Field()
    box, entries = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        ticked = is_true(val(box, "checked", val(box, "default", "0")))
        return Field(drawn=TICKED if ticked else EMPTY)
    if entries is not None:
        return Field(drawn=_selected_entry(entries))
    return Field(drawn=val(data, "textInput/default"))


def _selected_entry(entries: "_Element") -> str:
    texts = [entry.get(f"{W}val", "") for entry in entries.iter(f"{W}listEntry")]
    index = val(entries, "result", val(entries, "default", "0"))
    return texts[int(index)] if index.isdecimal() and int(index) < len(texts) else "".join(texts[:1])


def read_result(field: Field) -> tuple[str, str]:
    """Return what a field without a result shows, and the code of what is missing; ("", "") for neither."""
    if field.has_result:
        return "", ""
    symbol = _SYMBOL.match(field.instruction)
    if symbol:
        code = int(symbol[1], 16) if symbol[1] else int(symbol[2])
        return read_symbols(chr(min(code, 0xFFFF)), symbol[3] or symbol[4] or ""), ""
    named = _NAME.match(field.instruction)
    name = named[1].upper() if named else ""
    is_complete = field.drawn or (field.in_result and name in _MAY_BE_EMPTY)
    return field.drawn, "" if is_complete else _UNSTORED.get(name, "")


def read_check_box(properties: "_Element | None") -> str:
    """Return the sign of a content control that is a check box; "" when it is none."""
    box = properties.find(f"{W14}checkbox") if properties is not None else None
    if box is None:
        return ""
    checked = box.find(f"{W14}checked")
    return TICKED if checked is not None and is_true(checked.get(f"{W14}val", "1")) else EMPTY
