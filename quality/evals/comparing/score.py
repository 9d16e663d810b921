"""What of one document is right: each value, each row, each cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from quality.evals.comparing.evidence import states
from quality.evals.comparing.normalize import is_contained, same
from quality.evals.comparing.rows import agreement, match_rows
from quality.evals.comparing.tally import Tally
from quality.evals.sets.labelled import Labelled
from quality.evals.sets.prediction import PredictedField, PredictedRow, Prediction
from shared.domain.documents.extraction import Signals
from shared.domain.types.document_type import DocumentType, FieldSpec, FieldType

Verdict = Literal["right", "extent", "wrong"]
"""`extent`: wrong only in that a text holds more or less than the label's ("Luftballon: Bunt" for "Luftballon")."""


@dataclass(frozen=True)
class Judged:
    """A predicted value, or row, and what it is. `row` counts from 1; None: a single value.

    `stated`: whether its evidence's boxes hold it, by `texts`; None: nobody looked, or a no that stands nowhere.
    """

    file: str
    field: str
    row: int | None
    verdict: Verdict
    confidence: float | None
    signals: Signals | None
    stated: bool | None = None
    texts: tuple[str, ...] = ()

    @property
    def correct(self) -> bool:
        """Whether it is what the label says."""
        return self.verdict == "right"


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
    def verdict(self) -> Verdict:
        """The worst that is to be said of any predicted value or row."""
        said = {value.verdict for value in self.values}
        return "wrong" if "wrong" in said else "extent" if "extent" in said else "right"

    @property
    def incomplete(self) -> bool:
        """Whether something that the labels have was not found."""
        return any(fault.got is None for fault in self.faults)


@dataclass
class _ScoreCollector:
    """A Scored in the making."""

    file: str
    fields: dict[str, Tally] = field(default_factory=dict)
    tables: dict[str, TableScore] = field(default_factory=dict)
    values: list[Judged] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def judge(self, name: str, verdict: Verdict, got: PredictedField, kind: FieldType) -> None:
        boxless_no = got.value is False and not got.texts
        stated = None if got.texts is None or boxless_no else states(kind, got.value, got.texts)
        judged = Judged(self.file, name, None, verdict, got.confidence, got.signals, stated, got.texts or ())
        self.values.append(judged)

    def judge_row(self, name: str, row: int, verdict: Verdict, got: PredictedRow) -> None:
        self.values.append(Judged(self.file, name, row, verdict, got.confidence, got.signals))


def score(labelled: Labelled, prediction: Prediction, kind: DocumentType) -> Scored:
    """Compare a prediction with its labels; values where the labels say nothing are only counted."""
    specs = {spec.name: spec for spec in kind.fields}
    collector = _ScoreCollector(labelled.file)
    for name in [*labelled.fields, *(name for name in prediction.fields if name not in labelled.fields)]:
        got = prediction.fields.get(name, PredictedField())
        if name not in labelled.fields:
            _count_unlabelled(collector, name, got)
        elif isinstance(labelled.fields[name], list):
            _table(collector, name, labelled.fields[name], got.rows or (), specs.get(name))
        else:
            spec = specs.get(name)
            _value(collector, name, labelled.fields[name], got, spec.field_type if spec else "text")
    return Scored(collector.fields, collector.tables, tuple(collector.values), tuple(collector.faults))


def _count_unlabelled(collector: _ScoreCollector, name: str, got: PredictedField) -> None:
    if got.rows is not None:
        collector.tables[name] = TableScore(found=Tally(unlabelled=len(got.rows)))
    elif got.value is not None:
        collector.fields[name] = Tally(unlabelled=1)


def _value(collector: _ScoreCollector, name: str, expected: object, got: PredictedField, kind: FieldType) -> None:
    present = got.value is not None
    verdict = _verdict(kind, expected, got.value)
    correct = verdict == "right"
    collector.fields[name] = Tally(n=int(expected is not None), predicted=int(present), correct=int(correct))
    if present:
        collector.judge(name, verdict, got, kind)
    if not correct and (present or expected is not None):
        collector.faults.append(Fault(name, expected, got.value))


def _verdict(kind: FieldType, expected: object, got: object) -> Verdict:
    if expected is None or got is None:
        return "wrong"
    if same(kind, expected, got):
        return "right"
    return "extent" if kind == "text" and is_contained(expected, got) else "wrong"


def _table(
    collector: _ScoreCollector,
    name: str,
    labels: list[Mapping[str, Any]],
    rows: tuple[PredictedRow, ...],
    spec: FieldSpec | None,
) -> None:
    kinds = {column.name: column.field_type for column in spec.columns} if spec else {}
    stated = ({cell: value for cell, value in row.items() if value is not None} for row in labels)
    labelled = [row for row in stated if row]
    scores = agreement(kinds, labelled, [row.cells for row in rows])
    partner = {predicted: label for label, predicted in match_rows(scores)}
    found = exact = filled = 0
    for number, row in enumerate(rows):
        label = partner.get(number)
        wanted = {} if label is None else labelled[label]
        hits = 0 if label is None else int(scores[label, number])
        verdict = _row_verdict(kinds, wanted, row)
        found += bool(wanted) and 2 * hits >= len(wanted)
        exact += verdict == "right"
        filled += sum(value is not None and (cell in wanted or not wanted) for cell, value in row.cells.items())
        collector.judge_row(name, number + 1, verdict, row)
        if verdict != "right":
            place = f"{name}[+]" if label is None else f"{name}[{label + 1}]"
            collector.faults.append(_row_fault(place, wanted, row, kinds))
    missed = sorted(set(range(len(labelled))) - set(partner.values()))
    collector.faults += [Fault(f"{name}[{label + 1}]", labelled[label], None) for label in missed]
    right = sum(int(scores[label, number]) for number, label in partner.items())
    collector.tables[name] = TableScore(
        found=Tally(len(labelled), len(rows), found),
        exact=Tally(len(labelled), len(rows), exact),
        cells=Tally(sum(len(row) for row in labelled), filled, right),
    )


def _row_verdict(kinds: Mapping[str, FieldType], wanted: Mapping[str, Any], row: PredictedRow) -> Verdict:
    """Return the worst verdict of a row's labelled cells; a row that no label matches is wrong."""
    said = {_verdict(kinds.get(cell, "text"), value, row.cells.get(cell)) for cell, value in wanted.items()}
    return "wrong" if not said or "wrong" in said else "extent" if "extent" in said else "right"


def _row_fault(place: str, wanted: Mapping[str, Any], row: PredictedRow, kinds: Mapping[str, FieldType]) -> Fault:
    """Return the cells in which a row differs; all of a row that nothing matches."""
    if not wanted:
        return Fault(place, None, dict(row.cells))
    differing = [
        cell
        for cell, value in wanted.items()
        if _verdict(kinds.get(cell, "text"), value, row.cells.get(cell)) != "right"
    ]
    return Fault(place, {cell: wanted[cell] for cell in differing}, {cell: row.cells.get(cell) for cell in differing})
