"""Small labelled documents and predictions, made by hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quality.evals.sets.labelled import Labelled
from quality.evals.sets.prediction import PredictedField, PredictedRow, Prediction
from shared.domain.documents.extraction import Signals
from shared.domain.types.document_type import DocumentType, FieldSpec, Policy

COLUMNS = (
    FieldSpec(name="what", field_type="text", title="What"),
    FieldSpec(name="pieces", field_type="number", title="Pieces"),
    FieldSpec(name="price", field_type="money", title="Price"),
)
KINDS = {column.name: column.field_type for column in COLUMNS}
NOTE = DocumentType(
    name="note",
    title="Note",
    fields=(
        FieldSpec(name="number", field_type="identifier", title="Number"),
        FieldSpec(name="day", field_type="date", title="Day"),
        FieldSpec(name="total", field_type="money", title="Total"),
        FieldSpec(name="items", field_type="table", title="Items", columns=COLUMNS),
    ),
    policy=Policy(accept_at=0.9),
)
SURE = Signals(grounded=1, ocr=1, parsed=1)


def labelled(file: str = "a.pdf", /, **fields: Any) -> Labelled:
    """A document of the type `note` with these labels."""
    return Labelled(file, Path(file), "note", fields)


def predicted(file: str = "a.pdf", /, disposition: str = "ACCEPT", **fields: Any) -> Prediction:
    """A prediction with these values, each (value, confidence) or a value alone; a list is a table of cells."""
    return Prediction(
        file,
        "finalized" if disposition == "ACCEPT" else "in_review",
        document_type="note",
        disposition=disposition,
        fields={name: _field(given) for name, given in fields.items()},
        pages=1,
    )


def _field(given: Any) -> PredictedField:
    if isinstance(given, list):
        return PredictedField(confidence=0.9, rows=tuple(PredictedRow(row, 0.9, SURE) for row in given))
    value, confidence = given if isinstance(given, tuple) else (given, 0.9)
    return PredictedField(value, None if value is None else confidence, None if value is None else SURE)


def item(what: str | None, pieces: float | None, price: float | None) -> Mapping[str, Any]:
    """A row of the table."""
    return {"what": what, "pieces": pieces, "price": price}
