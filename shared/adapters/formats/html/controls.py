"""Show the controls of forms in HTML as a browser does: what was chosen, ticked or entered."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

TICKED, UNTICKED = "☒", "☐"
CHOSEN, NOT_CHOSEN = "◉", "○"
_WITHOUT_TEXT = frozenset({"hidden", "password", "file", "color", "range"})


def show_input(element: "HtmlElement") -> str:
    """Return what an `input` shows: its value, or whether it is ticked."""
    input_type = element.get("type", "text").strip().lower()
    is_checked = "checked" in element.attrib
    if input_type == "checkbox":
        return TICKED if is_checked else UNTICKED
    if input_type == "radio":
        return CHOSEN if is_checked else NOT_CHOSEN
    if input_type == "image":
        return str(element.get("alt", ""))
    return "" if input_type in _WITHOUT_TEXT else str(element.get("value", ""))


def shown_options(select: "HtmlElement") -> Iterator[str]:
    """Yield the texts of the options that are selected.

    A menu always shows one: the last that is marked, else the first that can be chosen. A list box may show none.
    """
    options = list(select.iter("option"))
    selected = [option for option in options if "selected" in option.attrib]
    size = select.get("size", "").strip()
    is_menu = "multiple" not in select.attrib and not (size.isdecimal() and int(size) > 1)
    if is_menu:
        enabled = [option for option in options if not _is_disabled(option)]
        selected = selected[-1:] or enabled[:1]
    for option in selected:
        yield " ".join((option.get("label") or option.text_content()).split())


def _is_disabled(option: "HtmlElement") -> bool:
    group = option.getparent()
    in_disabled_group = group is not None and group.tag == "optgroup" and "disabled" in group.attrib
    return "disabled" in option.attrib or in_disabled_group
