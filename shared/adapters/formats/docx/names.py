"""Names of Word's XML, and how they are looked up."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V = "{urn:schemas-microsoft-com:vml}"
O = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix that Word gives it
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def val(element: "_Element | None", path: str, default: str = "") -> str:
    """Return the w:val of the element at `path` (of w: names, separated by /) below; `default` when there is none."""
    if element is None:
        return default
    target = element.find("/".join(f"{W}{name}" for name in path.split("/")))
    return default if target is None else target.get(f"{W}val", "")


def is_on(element: "_Element | None", path: str) -> bool | None:
    """Return a switch of Word: present without a value means on; None when it is not there."""
    value = val(element, path, "absent")
    return None if value == "absent" else is_true(value)


def is_true(value: str) -> bool:
    """Return whether the value of a switch means on; no value does."""
    return value not in ("0", "false", "off", "none")
