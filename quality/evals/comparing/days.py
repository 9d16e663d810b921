"""The dates of labels as days, whatever the page wrote: what fields of the kind `date` hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from quality.evals.comparing.normalize import day, month_first
from quality.evals.sets.labelled import Labelled
from shared.domain.types.document_type import DocumentType, FieldSpec


def with_days(documents: Sequence[Labelled], types: Mapping[str, DocumentType]) -> list[Labelled]:
    """Return the documents with each labelled date in ISO form; one that names no single day states that there is none.

    Where figures leave it open, the order of day and month is that of the other dates of the documents of that type.
    """
    printed: dict[str, list[str]] = {}
    for document in documents:
        found = printed.setdefault(document.document_type, [])
        found += _dates(document.fields, types[document.document_type].fields)
    us_order = {name: month_first(texts) for name, texts in printed.items()}
    return [
        replace(
            document,
            fields=_with_days(
                document.fields, types[document.document_type].fields, us_order=us_order[document.document_type]
            ),
        )
        for document in documents
    ]


def _dates(fields: Mapping[str, Any], specs: Sequence[FieldSpec]) -> Iterator[str]:
    for spec in specs:
        value = fields.get(spec.name)
        if isinstance(value, list):
            for row in value:
                yield from _dates(row, spec.columns)
        elif spec.field_type == "date" and isinstance(value, str):
            yield value


def _with_days(fields: Mapping[str, Any], specs: Sequence[FieldSpec], *, us_order: bool) -> dict[str, Any]:
    by_name = {spec.name: spec for spec in specs}
    found: dict[str, Any] = {}
    for name, value in fields.items():
        spec = by_name.get(name)
        if isinstance(value, list) and spec:
            found[name] = [_with_days(row, spec.columns, us_order=us_order) for row in value]
        elif isinstance(value, str) and spec and spec.field_type == "date":
            read = day(value, month_first=us_order)
            found[name] = read.isoformat() if read else None
        else:
            found[name] = value
    return found
