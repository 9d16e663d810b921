"""Opinions: what a second reader says of a document, in the one shape in which it is compared with the first reading.

The readers are the e-invoice that the file carries, and another model deployment where the type's policy asks for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.domain.documents.extraction import Scalar, SecondReader
from shared.domain.documents.normalizing import in_form
from shared.domain.judging.agreement import in_kind
from shared.domain.judging.answers import RangeAnswer, RawRow
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.domain.types.einvoice import CREDIT_NOTES, SecondReading, Terms


class Stated(NamedTuple):
    """A value that a reader states. `own`: for the field itself, else for what a page may show in its place.

    `term` is the business term by which an e-invoice states it.
    """

    value: Scalar
    own: bool = True
    term: str = ""


type Given = dict[str, list[Stated]]
"""What a reader states, by field or column; what speaks for the field itself comes first."""


@dataclass(frozen=True)
class Opinion:
    """All that one reader states. `rows` by table; `signless`: amounts of a credit note, maybe given as negative."""

    reader: SecondReader
    fields: Given
    rows: dict[str, list[Given]]
    signless: bool = False


def of_einvoice(kind: DocumentType, second: SecondReading) -> Opinion:
    """Return what an e-invoice states for the fields that are bound to its terms."""
    tables = [spec for spec in kind.fields if spec.field_type == "table"]
    rows = {
        spec.name: [_terms(spec.columns, terms) for group in spec.terms for terms in second.groups.get(group, ())]
        for spec in tables
    }
    signless = not CREDIT_NOTES.isdisjoint(second.terms.get("BT-3", ()))
    return Opinion("e_invoice", _terms(kind.fields, second.terms), rows, signless)


def of_model(kind: DocumentType, raw: RangeAnswer) -> Opinion:
    """Return what another model read, in the forms of the fields."""
    single = [spec for spec in kind.fields if spec.field_type != "table" and spec.name in raw.fields]
    fields = _stated({spec.name: in_form(spec, raw.fields[spec.name].value)[0] for spec in single})
    rows = {
        spec.name: [_cells(spec, row) for row in raw.tables.get(spec.name, ())]
        for spec in kind.fields
        if spec.field_type == "table"
    }
    return Opinion("model", fields, rows)


def _cells(spec: FieldSpec, row: RawRow) -> Given:
    return _stated({column.name: in_form(column, row.cells.get(column.name))[0] for column in spec.columns})


def _stated(values: dict[str, Scalar]) -> Given:
    return {name: [Stated(value)] for name, value in values.items() if value is not None}


def _terms(specs: Sequence[FieldSpec], terms: Terms) -> Given:
    """What terms state for the fields bound to them: the first term of a field is its own, the others may stand in."""
    found: Given = {}
    for spec in specs:
        values = [
            Stated(value, own=term == spec.terms[0], term=term)
            for term in spec.terms
            for text in terms.get(term, ())
            if (value := in_kind(spec.field_type, text)) is not None
        ]
        if values:
            found[spec.name] = values
    return found
