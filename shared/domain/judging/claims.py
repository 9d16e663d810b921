"""Bring what second readers state about a document into one form, in which it is compared with the first reading.

The readers are the e-invoice that the file carries, and another model deployment where the type's policy asks for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.domain.documents.extraction import ReadingSource, Scalar
from shared.domain.documents.normalizing import normalize_value
from shared.domain.judging.agreement import parse_data_value
from shared.domain.judging.answers import RangeAnswer, RawRow
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.domain.types.einvoice import CREDIT_NOTES, SecondReading, Terms


class Claim(NamedTuple):
    """A value that a reader states. `own`: for the field itself, else for what a page may show in its place.

    `term` is the business term by which an e-invoice states it.
    """

    value: Scalar
    own: bool = True
    term: str = ""


type ClaimsByField = dict[str, list[Claim]]
"""What a reader states, by field or column; claims about the field itself come first."""


@dataclass(frozen=True)
class Reading:
    """All that one reader states. `rows` by table; `signless`: amounts of a credit note, maybe given as negative."""

    reader: ReadingSource
    fields: ClaimsByField
    rows: dict[str, list[ClaimsByField]]
    signless: bool = False


def reading_of_einvoice(document_type: DocumentType, second: SecondReading) -> Reading:
    """Return what an e-invoice states for the fields that are bound to its terms."""
    tables = [spec for spec in document_type.fields if spec.field_type == "table"]
    rows = {
        spec.name: [_terms(spec.columns, terms) for group in spec.terms for terms in second.groups.get(group, ())]
        for spec in tables
    }
    signless = not CREDIT_NOTES.isdisjoint(second.terms.get("BT-3", ()))
    return Reading("e_invoice", _terms(document_type.fields, second.terms), rows, signless)


def reading_of_model(document_type: DocumentType, raw: RangeAnswer) -> Reading:
    """Return what another model read, in the forms of the fields."""
    single = [spec for spec in document_type.fields if spec.field_type != "table" and spec.name in raw.fields]
    fields = _claims_of({spec.name: normalize_value(spec, raw.fields[spec.name].value)[0] for spec in single})
    rows = {
        spec.name: [_cells(spec, row) for row in raw.tables.get(spec.name, ())]
        for spec in document_type.fields
        if spec.field_type == "table"
    }
    return Reading("model", fields, rows)


def _cells(spec: FieldSpec, row: RawRow) -> ClaimsByField:
    return _claims_of({column.name: normalize_value(column, row.cells.get(column.name))[0] for column in spec.columns})


def _claims_of(values: dict[str, Scalar]) -> ClaimsByField:
    return {name: [Claim(value)] for name, value in values.items() if value is not None}


def _terms(specs: Sequence[FieldSpec], terms: Terms) -> ClaimsByField:
    """Return what terms state for the fields bound to them: the first is the field's own, others are substitutes."""
    claims: ClaimsByField = {}
    for spec in specs:
        values = [
            Claim(value, own=term == spec.terms[0], term=term)
            for term in spec.terms
            for text in terms.get(term, ())
            if (value := parse_data_value(spec.field_type, text)) is not None
        ]
        if values:
            claims[spec.name] = values
    return claims
