"""Find values that need no label: the date at the top, the currency of the amounts, a bank account."""

from collections.abc import Mapping

from shared.domain.values.conventions import Conventions
from shared.domain.values.dates import find_dates
from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.values import page_currency
from shared.rule_reader.text.identifiers import find_ibans, find_vat_ids
from shared.rule_reader.text.line_words import fold
from shared.rule_reader.text.page import Document

_WEAK = 0.45
_SHARE = 0.3  # what it adds when all marks are of one currency


def without_label(
    field: Field, document: Document, conventions: Conventions, chosen: Mapping[str, Candidate | None]
) -> Candidate | None:
    """Return a value for a field none of whose labels led to one, or None."""
    if field.field_type == "date" and _is_any_date(field, document):
        return _first_date(field, document, conventions, chosen)
    if field.field_type == "currency":
        currency = page_currency(document)
        return Candidate(field.name, currency[0], (currency[2],), _WEAK + _SHARE * currency[1]) if currency else None
    if field.identifier in {"iban", "vat"}:
        return _find_registered(field, document)
    return None


def _is_any_date(field: Field, document: Document) -> bool:
    """Return whether a label of the field says no more than that it is a date."""
    general = set(map(fold, document.vocabulary.language.date_labels))
    return not general.isdisjoint(map(fold, field.labels))


def _find_registered(field: Field, document: Document) -> Candidate | None:
    """Return the first account or tax number whose check sum is right."""
    is_iban = field.identifier == "iban"
    for line in document.lines:
        for code in find_ibans(line.text) if is_iban else find_vat_ids(line.text, document.vocabulary):
            if code.quality >= 1:
                return Candidate(field.name, line.printed_text(code.start, code.end), (line,), _WEAK)
    return None


def _first_date(
    field: Field, document: Document, conventions: Conventions, chosen: Mapping[str, Candidate | None]
) -> Candidate | None:
    """Return the topmost date of the first page or those behind it that no other field's label claims."""
    if document.pages and document.pages[0].number > 1:
        return None
    taken = {
        line for candidate in chosen.values() if candidate and candidate.field != field.name for line in candidate.lines
    }
    for line in document.lines:
        for day in find_dates(line.text, conventions):
            if line not in taken and not document.naming.is_stamp(line.text):
                return Candidate(field.name, day.value.isoformat(), (line,), _WEAK)
    return None
