"""Controls and fields of forms in OpenDocument: what they show."""

from typing import TYPE_CHECKING

from shared.adapters.formats.odf.parts.names import FIELD, FORM, OFFICE
from shared.domain.content.symbol_fonts import EMPTY, TICKED

if TYPE_CHECKING:
    from lxml.etree import _Element

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SILENT = frozenset({f"{FORM}{name}" for name in ("button", "hidden", "image", "image-frame", "frame", "file")})
"""Controls that hold nothing anybody entered."""
_UNREAD = frozenset({f"{FORM}grid", f"{FORM}generic-control"})


class Controls:
    """The controls of a document by their ids."""

    def __init__(self, content: "_Element") -> None:
        self._controls = {
            name: control
            for forms in content.iter(f"{OFFICE}forms")
            for control in forms.iter()
            for name in (control.get(f"{FORM}id"), control.get(_XML_ID))
            if name
        }

    def read(self, name: str) -> str | None:
        """Return what the control of this id shows, with its label; None when that is unknown."""
        control = self._controls.get(name)
        if control is None or control.tag in _UNREAD:
            return None
        return "" if control.tag in _SILENT else _read_control(control)


def _read_control(control: "_Element") -> str:
    label = control.get(f"{FORM}label") or ""
    name = control.tag.removeprefix(FORM)
    if name == "checkbox":
        is_on = control.get(f"{FORM}current-state", control.get(f"{FORM}state")) == "checked"
        return f"{TICKED if is_on else EMPTY} {label}".rstrip()
    if name == "radio":
        is_on = control.get(f"{FORM}current-selected", control.get(f"{FORM}selected")) == "true"
        return f"{'◉' if is_on else '○'} {label}".rstrip()
    if name == "listbox":
        return ", ".join(_list_selected(control))
    return label or control.get(f"{FORM}current-value") or control.get(f"{FORM}value") or ""


def _list_selected(control: "_Element") -> list[str]:
    options = list(control.iter(f"{FORM}option"))
    current = [option for option in options if option.get(f"{FORM}current-selected") == "true"]
    chosen = current or [option for option in options if option.get(f"{FORM}selected") == "true"]
    return [option.get(f"{FORM}label") or option.get(f"{FORM}value") or "" for option in chosen]


def read_field_mark(mark: "_Element") -> str:
    """Return what a form field that came from Word shows; "" for one whose text stands beside its mark."""
    parameters = [
        (parameter.get(f"{FIELD}name", ""), parameter.get(f"{FIELD}value", ""))
        for parameter in mark.iter(f"{FIELD}param")
    ]
    values = dict(parameters)
    field_type = mark.get(f"{FIELD}type", "")
    if field_type.endswith("FORMCHECKBOX"):
        return TICKED if values.get("Checkbox_Checked", "").lower() in ("true", "1") else EMPTY
    if field_type.endswith("FORMDROPDOWN"):
        entries = [value for name, value in parameters if name == "Dropdown_ListEntry"]
        index = values.get("Dropdown_SelectedItem", "0")
        return entries[int(index)] if index.isdecimal() and int(index) < len(entries) else ""
    return ""
