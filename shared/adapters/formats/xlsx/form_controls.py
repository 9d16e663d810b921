"""Read the form controls of a sheet: whether a box is ticked, and its text (ECMA-376, 18.3.1.19; [MS-OI29500])."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.adapters.formats.xlsx.parts import Package, Related, relation_id
from shared.domain.content.blocks import Block, NotRead, Paragraph

if TYPE_CHECKING:
    from lxml.etree import _Element

_SIGNS = {"checkbox": ("☐", "☒"), "radio": ("○", "◉")}
_CHOOSING = frozenset({"drop", "list"})
_SHAPE_NUMBER = re.compile(r"_s(\d+)$")


def read_control_signs(package: Package, part: str) -> tuple[dict[str, str], list[Block]]:
    """Return the sign of each box and button by its shape's id, and what cannot be read: menus, other programs'."""
    related = package.relations_of(part)
    if not any(item.relation in ("ctrlProp", "control") for item in related.values()):
        return {}, []
    signs, unread = {}, list[Block]()
    for control in package.iter_elements(part, "control"):
        target = related.get(relation_id(control), Related("", ""))
        properties = package.parse(target.name) if target.relation == "ctrlProp" else None
        object_type = properties.get("objectType", "").lower() if properties is not None else ""
        if object_type in _SIGNS and properties is not None:
            is_ticked = properties.get("checked", "Unchecked") == "Checked"
            signs[control.get("shapeId", "")] = _SIGNS[object_type][is_ticked]
        elif properties is None or (object_type in _CHOOSING and properties.get("sel", "0") != "0"):
            unread.append(NotRead("form_control"))
    return signs, unread


def read_old_controls(root: "_Element", signs: dict[str, str], known_shapes: set[str]) -> Iterator[Block]:
    """Yield the controls of a drawing of the older kind (VML) whose shapes are not among the `known` ones."""
    for shape in root.iter("{*}shape"):
        number = _SHAPE_NUMBER.search(shape.get("id", ""))
        data = next(shape.iter("{*}ClientData"), None)
        object_type = data.get("ObjectType", "").lower() if data is not None else ""
        if data is None or object_type == "note" or (number and number[1] in known_shapes):
            continue
        text = " ".join("".join(part) for part in (box.itertext() for box in shape.iter("{*}textbox")))
        ticked = next((mark.text for mark in data.iter("{*}Checked")), "0")
        sign = signs.get(number[1], "") if number else ""
        if object_type in _SIGNS:
            sign = sign or _SIGNS[object_type][(ticked or "0").strip() == "1"]
        elif object_type in _CHOOSING:
            yield NotRead("form_control")
        shown = " ".join(f"{sign} {text}".split())
        if shown:
            yield Paragraph(shown)
