"""Merge the answers of page ranges; where they differ, the document type's rules decide, and a finding reports it."""

from collections.abc import Mapping, Sequence
from copy import replace
from itertools import islice, product

from shared.document_types.rules.evaluate import broken_rules
from shared.domain.documents.normalizing import normalize_value
from shared.domain.judging.answers import RangeAnswer, RawValue, merge_answers
from shared.domain.types.document_type import DocumentType

MAX_COMBINATIONS = 200
"""Combinations of differing values that are checked against the type's rules."""


def merge_ranges(document_type: DocumentType, answers: Sequence[RangeAnswer]) -> RangeAnswer:
    """Return one answer from those of consecutive ranges.

    Rows follow each other. Of a field that ranges state differently (the sum of a page, and that of the document, say)
    the value counts with which most of the type's rules hold; where that decides nothing, the first cited one. Either
    way `merged` tells of it.
    """
    raw = merge_answers(document_type, answers)
    candidates = {name: values for name in raw.fields if len(values := _stated_values(name, answers)) > 1}
    rules = [rule for rule in document_type.rules if not candidates.keys().isdisjoint(rule.fields)]
    if not candidates or not rules:
        return raw
    base_values = plain_values(document_type, raw)
    trials = [
        dict(zip(candidates, combination, strict=True))
        for combination in islice(product(*candidates.values()), MAX_COMBINATIONS)
    ]
    best = min(trials, key=lambda trial: len(broken_rules(rules, base_values | _plain(document_type, trial))))
    return replace(raw, fields={**raw.fields, **best})


def plain_values(document_type: DocumentType, raw: RangeAnswer) -> dict[str, object]:
    """Return plain values by field name, as rules see them; a table is a list of its rows' cells."""
    tables = {
        spec.name: [
            {column.name: normalize_value(column, row.cells.get(column.name))[0] for column in spec.columns}
            for row in raw.tables.get(spec.name, ())
        ]
        for spec in document_type.fields
        if spec.field_type == "table"
    }
    return {**_plain(document_type, raw.fields), **tables}


def _plain(document_type: DocumentType, fields: Mapping[str, RawValue]) -> dict[str, object]:
    return {name: normalize_value(document_type.field(name), raw.value)[0] for name, raw in fields.items()}


def _stated_values(name: str, answers: Sequence[RangeAnswer]) -> list[RawValue]:
    """Return what ranges state for a field: each value once, those with lines first, else in the order of the pages."""
    readings = [answer.fields[name] for answer in answers if name in answer.fields]
    values: dict[object, RawValue] = {}
    for raw in sorted(readings, key=lambda raw: not raw.lines):
        if raw.value is not None:
            values.setdefault(raw.value, raw)
    return list(values.values())
