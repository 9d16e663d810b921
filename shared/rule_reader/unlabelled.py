"""Values that need no label: the document's date at its top, the currency of its amounts, a bank account."""

from collections.abc import Mapping

from shared.domain.values.conventions import Conventions
from shared.domain.values.dates import find_dates
from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.values import page_currency
from shared.rule_reader.text.identifiers import find_ibans, find_vat_ids
from shared.rule_reader.text.labels import fold
from shared.rule_reader.text.page import Document

_WEAK = 0.45
_SHARE = 0.3  # what it adds when all marks are of one currency


def without_label(
    field: Field, document: Document, conventions: Conventions, chosen: Mapping[str, Candidate | None]
) -> Candidate | None:
    """Return a value for a field none of whose labels led to one, or None."""
    if field.kind == "date" and _is_any_date(field, document):
        return _first_date(field, document, conventions, chosen)
    if field.kind == "currency":
        found = page_currency(document)
        return Candidate(field.name, found[0], (found[2],), _WEAK + _SHARE * found[1]) if found else None
    if field.identifier in {"iban", "vat"}:
        return _registered(field, document)
    return None


def _is_any_date(field: Field, document: Document) -> bool:
    """Return whether a label of the field says no more than that it is a date."""
    general = set(map(fold, document.vocabulary.language.date_labels))
    return not general.isdisjoint(map(fold, field.labels))


def _registered(field: Field, document: Document) -> Candidate | None:
    """Return the first account or tax number whose check sum is right."""
    is_iban = field.identifier == "iban"
    for line in document.lines:
        for found in find_ibans(line.text) if is_iban else find_vat_ids(line.text, document.vocabulary):
            if found.quality >= 1:
                return Candidate(field.name, line.printed(found.start, found.end), (line,), _WEAK)
    return None


def _first_date(
    field: Field, document: Document, conventions: Conventions, chosen: Mapping[str, Candidate | None]
) -> Candidate | None:
    """Return the topmost date of the first page or those behind it that no other field's label claims."""
    if document.pages and document.pages[0].number > 1:
        return None
    taken = {line for other in chosen.values() if other and other.field != field.name for line in other.lines}
    for line in document.lines:
        for day in find_dates(line.text, conventions):
            if line not in taken and not document.naming.is_stamp(line.text):
                return Candidate(field.name, day.value.isoformat(), (line,), _WEAK)
    return None
