"""What a caller wants to change in a result: values by field name, or changes addressed by JSON Pointer (RFC 6901)."""

import json
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from shared.domain.base.errors import IntrayError
from shared.domain.base.frozen import Frozen
from shared.domain.values.amounts import as_json_number

ROOT = "fields"
"""The part of a result that can be corrected; every address begins with it."""
NEW_ROW = "-"
"""Stands for the row behind the last one, as in JSON Patch (RFC 6902)."""
MAX_CHANGES = 1_000
"""Changes in one request."""
_MAX_POINTER_STEPS = 4


class FieldProblem(Frozen):
    """Why a value is refused. `pointer`: its place in the request; `field`: the field's name; `detail`: what fits."""

    pointer: str
    field: str
    detail: str


class InvalidCorrections(IntrayError, ValueError):
    """Values that do not fit their fields: nothing was changed."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__("; ".join(problem.detail for problem in problems))
        self.problems = tuple(problems)


class ChangeRequest(Frozen):
    """One change, after JSON Patch: `path` is `/fields/<field>`, `/fields/<table>/<row id>[/<column>]`.

    `/fields/<table>/-` adds a row. `remove` takes a row out of its table, and clears any other value.
    """

    op: Literal["replace", "add", "remove"] = "replace"
    path: str
    value: object = None


class Target(NamedTuple):
    """What a change addresses: a field, of a table perhaps a row (`-`: a new one), of a row perhaps a column."""

    field: str
    row: str | None = None
    column: str | None = None

    @property
    def pointer(self) -> str:
        """The JSON Pointer of the target in a result."""
        return to_pointer(ROOT, *(step for step in self if step is not None))


class RequestedChange(NamedTuple):
    """A change with its place in the request, which problems name."""

    target: Target
    value: object
    pointer: str


def read_requests(
    values: Mapping[str, object], changes: Sequence[ChangeRequest], values_name: str
) -> tuple[RequestedChange, ...]:
    """Read the two forms of a request's body; raises InvalidCorrections.

    `values`: by field name or JSON Pointer, at `values_name` in the request. `changes` follow them.
    """
    named = [(to_pointer(values_name, name), _named_target(name), value) for name, value in values.items()]
    listed = [
        (to_pointer("changes", str(number)), read_target(change.path), None if change.op == "remove" else change.value)
        for number, change in enumerate(changes)
    ]
    if len(named) + len(listed) > MAX_CHANGES:
        raise InvalidCorrections([FieldProblem(pointer="", field="", detail=f"at most {MAX_CHANGES} changes at once")])
    requests: list[RequestedChange] = []
    problems: list[FieldProblem] = []
    targets: set[Target] = set()
    for place, target, value in (*named, *listed):
        if target is None:
            detail = "a change addresses /fields/<field> or /fields/<table>/<row id>/<column>"
            problems.append(FieldProblem(pointer=place, field="", detail=detail))
        elif target in targets and target.row != NEW_ROW:
            detail = f"{target.pointer!r} is changed twice in one request"
            problems.append(FieldProblem(pointer=place, field=target.field, detail=detail))
        else:
            targets.add(target)
            requests.append(RequestedChange(target, value, place))
    if problems:
        raise InvalidCorrections(problems)
    return tuple(requests)


def _named_target(name: str) -> Target | None:
    """Return what a key of the values addresses: a field by its name, anything by its pointer."""
    return read_target(name) if name.startswith(f"/{ROOT}/") else Target(name)


def read_target(pointer: str) -> Target | None:
    """Return what a JSON Pointer addresses in a result; None when that is no value of a field."""
    empty, *steps = pointer.split("/")
    if empty or not 1 < len(steps) <= _MAX_POINTER_STEPS or steps[0] != ROOT:
        return None
    return Target(*(step.replace("~1", "/").replace("~0", "~") for step in steps[1:]))


def to_pointer(*steps: str) -> str:
    """Return the JSON Pointer with these steps."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def row_text(cells: Mapping[str, object]) -> str:
    """Return a whole row as a correction lists it: JSON text of the cells that have a value."""
    filled = {name: as_json_number(value) for name, value in cells.items() if value is not None}
    return json.dumps(filled, ensure_ascii=False)
