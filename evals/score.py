"""What of one document is right: each value, each row, each cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evals.labelled import Labelled
from evals.normalise import same
from evals.prediction import PredictedField, PredictedRow, Prediction
from evals.rows import agreement, matched
from evals.tally import Tally
from shared.domain.document_type import DocumentType, FieldSpec, Kind
from shared.domain.extraction import Signals


@dataclass(frozen=True)
class Judged:
    """A predicted value, or row, and whether it is right. `row` counts from 1; None: a single value."""

    file: str
    field: str
    row: int | None
    correct: bool
    confidence: float | None
    signals: Signals | None


@dataclass(frozen=True)
class Fault:
    """A place where label and prediction differ; None: nothing there."""

    place: str
    expected: Any
    got: Any


@dataclass(frozen=True)
class TableScore:
    """Rows found (at least half of the labelled cells right), rows right in every labelled cell, and single cells."""

    found: Tally = Tally()
    exact: Tally = Tally()
    cells: Tally = Tally()

    def plus(self, other: "TableScore") -> "TableScore":
        """Both together."""
        return TableScore(self.found.plus(other.found), self.exact.plus(other.exact), self.cells.plus(other.cells))


@dataclass(frozen=True)
class Scored:
    """One document's counts by field and by table, its judged values, and its faults."""

    fields: Mapping[str, Tally]
    tables: Mapping[str, TableScore]
    values: tuple[Judged, ...]
    faults: tuple[Fault, ...]

    @property
    def wrong(self) -> bool:
        """Whether some predicted value or row is wrong."""
        return any(not value.correct for value in self.values)

    @property
    def incomplete(self) -> bool:
        """Whether something that the labels have was not found."""
        return any(fault.got is None for fault in self.faults)


@dataclass
class _Sheet:
    """A Scored in the making."""

    file: str
    fields: dict[str, Tally] = field(default_factory=dict)
    tables: dict[str, TableScore] = field(default_factory=dict)
    values: list[Judged] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def judge(self, name: str, row: int | None, correct: bool, got: PredictedField | PredictedRow) -> None:
        self.values.append(Judged(self.file, name, row, correct, got.confidence, got.signals))


def score(labelled: Labelled, prediction: Prediction, kind: DocumentType) -> Scored:
    """Compare a prediction with its labels; values where the labels say nothing are only counted."""
    specs = {spec.name: spec for spec in kind.fields}
    sheet = _Sheet(labelled.file)
    for name in [*labelled.fields, *(name for name in prediction.fields if name not in labelled.fields)]:
        got = prediction.fields.get(name, PredictedField())
        if name not in labelled.fields:
            _unlabelled(sheet, name, got)
        elif isinstance(labelled.fields[name], list):
            _table(sheet, name, labelled.fields[name], got.rows or (), specs.get(name))
        else:
            spec = specs.get(name)
            _value(sheet, name, labelled.fields[name], got, spec.kind if spec else "text")
    return Scored(sheet.fields, sheet.tables, tuple(sheet.values), tuple(sheet.faults))


def _unlabelled(sheet: _Sheet, name: str, got: PredictedField) -> None:
    if got.rows is not None:
        sheet.tables[name] = TableScore(found=Tally(unlabelled=len(got.rows)))
    elif got.value is not None:
        sheet.fields[name] = Tally(unlabelled=1)


def _value(sheet: _Sheet, name: str, expected: object, got: PredictedField, kind: Kind) -> None:
    present = got.value is not None
    correct = present and expected is not None and same(kind, expected, got.value)
    sheet.fields[name] = Tally(n=int(expected is not None), predicted=int(present), correct=int(correct))
    if present:
        sheet.judge(name, None, correct, got)
    if not correct and (present or expected is not None):
        sheet.faults.append(Fault(name, expected, got.value))


def _table(
    sheet: _Sheet,
    name: str,
    labels: list[Mapping[str, Any]],
    rows: tuple[PredictedRow, ...],
    spec: FieldSpec | None,
) -> None:
    kinds = {column.name: column.kind for column in spec.columns} if spec else {}
    labelled = [{cell: value for cell, value in row.items() if value is not None} for row in labels]
    scores = agreement(kinds, labelled, [row.cells for row in rows])
    partner = {predicted: label for label, predicted in matched(scores)}
    found = exact = right = filled = 0
    for number, row in enumerate(rows):
        label = partner.get(number)
        wanted = labelled[label] if label is not None else {}
        hits = int(scores[label, number]) if label is not None else 0
        whole = label is not None and hits == len(wanted)
        found += bool(wanted) and 2 * hits >= len(wanted)
        exact += whole
        right += hits
        filled += sum(value is not None and (cell in wanted or not wanted) for cell, value in row.cells.items())
        sheet.judge(name, number + 1, whole, row)
        if not whole:
            place = f"{name}[{label + 1}]" if label is not None else f"{name}[+]"
            sheet.faults.append(_row_fault(place, wanted, row, kinds))
    missed = sorted(set(range(len(labelled))) - set(partner.values()))
    sheet.faults += [Fault(f"{name}[{label + 1}]", dict(labelled[label]), None) for label in missed]
    sheet.tables[name] = TableScore(
        found=Tally(len(labelled), len(rows), found),
        exact=Tally(len(labelled), len(rows), exact),
        cells=Tally(sum(len(row) for row in labelled), filled, right),
    )


def _row_fault(place: str, wanted: Mapping[str, Any], row: PredictedRow, kinds: Mapping[str, Kind]) -> Fault:
    """The cells in which a row differs; all of a row that nothing matches."""
    if not wanted:
        return Fault(place, None, dict(row.cells))
    differing = [
        cell
        for cell, value in wanted.items()
        if row.cells.get(cell) is None or not same(kinds.get(cell, "text"), value, row.cells[cell])
    ]
    return Fault(place, {cell: wanted[cell] for cell in differing}, {cell: row.cells.get(cell) for cell in differing})
