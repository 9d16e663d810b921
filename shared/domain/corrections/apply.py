"""Apply corrections to the values of a result: check each one, and list what changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.domain.base.paths import to_flat
from shared.domain.corrections.request import (
    NEW_ROW,
    FieldProblem,
    InvalidCorrections,
    RequestedChange,
    Target,
    row_text,
    to_pointer,
)
from shared.domain.corrections.row_ids import row_ids
from shared.domain.corrections.value_rules import InvalidValue, ValueChecks, check_value
from shared.domain.documents.extraction import Row, Scalar
from shared.domain.documents.review import Correction
from shared.domain.types.document_type import FieldSpec


class FieldValues(NamedTuple):
    """The values of a result that corrections work on: single ones, and rows with their ids by table."""

    single: Mapping[str, Scalar]
    tables: Mapping[str, Sequence[Row]]


class Corrected(NamedTuple):
    """What corrections made of the values: those that were named in the request, and the list of changes."""

    single: dict[str, Scalar]
    tables: dict[str, tuple[Row, ...]]
    changes: tuple[Correction, ...]


def apply_changes(
    specs: Mapping[str, FieldSpec],
    values: FieldValues,
    requests: Sequence[RequestedChange],
    history: Sequence[Correction],
    checks: ValueChecks,
    *,
    may_be_empty: bool = False,
) -> Corrected:
    """Apply the requested changes in order; raises InvalidCorrections with every problem when there is one.

    `may_be_empty`: required values may be cleared, as in a document that is rejected.
    """
    editor = _Editor(specs, values, history, checks, may_be_empty)
    for request in requests:
        editor.apply(request)
    if editor.problems:
        raise InvalidCorrections(editor.problems)
    tables = {name: tuple(rows) for name, rows in editor.tables.items()}
    return Corrected(editor.single, tables, tuple(editor.changes))


@dataclass
class _Editor:
    """Values while they are changed, with what was changed and what is wrong."""

    specs: Mapping[str, FieldSpec]
    values: FieldValues
    history: Sequence[Correction]
    checks: ValueChecks
    may_be_empty: bool
    single: dict[str, Scalar] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    next_rows: dict[str, int] = field(default_factory=dict)
    changes: list[Correction] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)

    def apply(self, request: RequestedChange) -> None:
        """Make one change, or note what is wrong with it."""
        target, value, place = request
        spec = self.specs.get(target.field)
        if spec is None:
            names = ", ".join(sorted(self.specs))
            self._refuse(place, target.field, f"{target.field!r} cannot be corrected; the fields are {names}")
        elif spec.field_type != "table":
            self._set_single(spec, request)
        elif target.row is None:
            self._set_table(spec, value, place)
        elif target.row == NEW_ROW and target.column is None:
            self._add_row(spec, value, place)
        else:
            self._change_row(spec, request)

    def _set_single(self, spec: FieldSpec, request: RequestedChange) -> None:
        if request.target.row is not None:
            self._refuse(request.pointer, spec.name, f"{spec.name!r} is a single value: it has no rows")
            return
        before = self.values.single.get(spec.name)
        after = self._check(spec, request.value, request.pointer, spec.name, spec.name)
        if not self.problems:
            self.single[spec.name] = after
            self._note(spec.name, before, after)

    def _set_table(self, spec: FieldSpec, value: object, place: str) -> None:
        """Replace all rows; those at the beginning that are equal to the present ones stay."""
        if not isinstance(value, list):
            self._refuse(place, spec.name, f"{spec.name!r} takes a list of rows, each an object of its cells")
            return
        if not value and spec.required and not self.may_be_empty:
            self._refuse(place, spec.name, f"{spec.name!r} is required: it must have a row")
        checked = [self._check_row(spec, row, to_row(place, number)) for number, row in enumerate(value)]
        cells = [row for row in checked if row is not None]
        if self.problems:
            return
        present = self._rows(spec)
        same = next(
            (n for n, (row, new) in enumerate(zip(present, cells, strict=False)) if row.cells != new),
            min(len(present), len(cells)),
        )
        self.tables[spec.name] = present[:same]
        for row in present[same:]:
            self._note_removed(spec, row)
        for new in cells[same:]:
            self._append_row(spec, new)

    def _add_row(self, spec: FieldSpec, value: object, place: str) -> None:
        cells = self._check_row(spec, value, place)
        if cells is not None and not self.problems:
            self._append_row(spec, cells)

    def _change_row(self, spec: FieldSpec, request: RequestedChange) -> None:
        target, value, place = request
        row = next((row for row in self._rows(spec) if row.id == target.row), None)
        if row is None:
            self._refuse(place, spec.name, f"{spec.name!r} has no row {target.row!r}: look at the result's row ids")
        elif target.column is None and value is None:
            if spec.required and not self.may_be_empty and len(self._rows(spec)) == 1:
                self._refuse(place, spec.name, f"{spec.name!r} is required: its last row cannot be removed")
            else:
                self._remove_row(spec, row)
        elif target.column is None:
            cells = self._check_row(spec, value, place)
            if cells is not None and not self.problems:
                self._set_cells(spec, row, cells)
        else:
            self._set_cell(spec, row, target.column, request)

    def _set_cell(self, spec: FieldSpec, row: Row, name: str, request: RequestedChange) -> None:
        column = next((column for column in spec.columns if column.name == name), None)
        if column is None:
            self._refuse(request.pointer, spec.name, _unknown_column(spec, name))
            return
        value = self._check(column, request.value, request.pointer, spec.name, f"{spec.name}.{name}")
        if not self.problems:
            self._set_cells(spec, row, {**row.cells, name: value})

    def _check_row(self, spec: FieldSpec, value: object, place: str) -> dict[str, Scalar] | None:
        """Return the cells of a new row by column, None when something is wrong with it."""
        if not isinstance(value, dict) or not value:
            self._refuse(place, spec.name, f"a row of {spec.name!r} is an object of its cells by column")
            return None
        problems = len(self.problems)
        cells_by_path = to_flat({str(name): cell for name, cell in value.items()})
        columns = {column.name: column for column in spec.columns}
        for name in cells_by_path:
            if name not in columns:
                self._refuse(f"{place}{to_pointer(name)}", spec.name, _unknown_column(spec, name))
        cells = {
            name: self._check(
                column, cells_by_path.get(name), f"{place}{to_pointer(name)}", spec.name, f"{spec.name}.{name}"
            )
            for name, column in columns.items()
        }
        if not any(cell is not None for cell in cells.values()) and len(self.problems) == problems:
            self._refuse(place, spec.name, f"a row of {spec.name!r} needs a value in one of its cells")
        return None if len(self.problems) > problems else cells

    def _check(self, spec: FieldSpec, value: object, place: str, field_name: str, title: str) -> Scalar:
        try:
            checked = check_value(spec, value, self.checks)
        except InvalidValue as error:
            self._refuse(place, field_name, f"{title!r} takes {error.expected}")
            return None
        if checked is None and spec.required and not self.may_be_empty:
            self._refuse(place, field_name, f"{title!r} is required: it cannot be cleared")
        return checked

    def _rows(self, spec: FieldSpec) -> list[Row]:
        if spec.name not in self.tables:
            rows = list(self.values.tables.get(spec.name, ()))
            self.tables[spec.name] = rows
            _, self.next_rows[spec.name] = row_ids(spec.name, len(rows), self.history)
        return self.tables[spec.name]

    def _append_row(self, spec: FieldSpec, cells: dict[str, Scalar]) -> None:
        rows = self._rows(spec)
        row_id = f"r{self.next_rows[spec.name]}"
        self.next_rows[spec.name] += 1
        rows.append(Row(id=row_id, cells=cells, confidence=1.0))
        self._note(Target(spec.name, row_id).pointer, None, row_text(cells))

    def _remove_row(self, spec: FieldSpec, row: Row) -> None:
        self.tables[spec.name] = [present for present in self._rows(spec) if present.id != row.id]
        self._note_removed(spec, row)

    def _note_removed(self, spec: FieldSpec, row: Row) -> None:
        self._note(Target(spec.name, row.id).pointer, row_text(row.cells), None)

    def _set_cells(self, spec: FieldSpec, row: Row, cells: dict[str, Scalar]) -> None:
        """Give a row new cells; what a person looked at is certain, and a second reading's cell goes with the old."""
        changed = {name for name, cell in cells.items() if cell != row.cells.get(name)}
        if not changed:
            return
        second = {name: value for name, value in row.second.items() if name not in changed}
        new = Row(id=row.id, cells=cells, evidence=row.evidence, confidence=1.0, second=second)
        self.tables[spec.name] = [new if present.id == row.id else present for present in self._rows(spec)]
        for name in sorted(changed):
            self._note(Target(spec.name, row.id, name).pointer, row.cells.get(name), cells[name])

    def _note(self, name: str, before: Scalar, after: Scalar) -> None:
        if before != after or type(before) is not type(after):
            self.changes.append(Correction(field=name, before=before, after=after))

    def _refuse(self, place: str, field_name: str, detail: str) -> None:
        self.problems.append(FieldProblem(pointer=place, field=field_name, detail=detail))


def to_row(place: str, number: int) -> str:
    """Return the pointer of a row in a list of rows that a request gives."""
    return f"{place}{to_pointer(str(number))}"


def _unknown_column(spec: FieldSpec, name: str) -> str:
    return f"{spec.name!r} has no column {name!r}; the columns are {', '.join(c.name for c in spec.columns)}"
