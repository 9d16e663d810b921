"""Merging: what ranges of pages state, as one answer; where they differ, arithmetic decides, and it is told."""

from collections.abc import Mapping, Sequence
from copy import replace
from itertools import islice, product

from shared.document_types.rules.evaluate import broken_rules
from shared.domain.documents.normalizing import normalize_value
from shared.domain.judging.answers import RangeAnswer, RawValue, merge_answers
from shared.domain.types.document_type import DocumentType

MOST_TRIED = 200
"""Combinations of what ranges state that are held against the type's rules."""


def merged_ranges(kind: DocumentType, answers: Sequence[RangeAnswer]) -> RangeAnswer:
    """Return one answer from those of consecutive ranges.

    Rows follow each other. Of a field that ranges state differently (the sum of a page, and that of the document, say)
    the value counts with which most of the type's rules hold; where that decides nothing, the first cited one. Either
    way `merged` tells of it.
    """
    raw = merge_answers(kind, answers)
    stated = {name: values for name in raw.fields if len(values := _stated(name, answers)) > 1}
    rules = [rule for rule in kind.rules if not stated.keys().isdisjoint(rule.fields)]
    if not stated or not rules:
        return raw
    plain = plain_values(kind, raw)
    trials = [dict(zip(stated, chosen, strict=True)) for chosen in islice(product(*stated.values()), MOST_TRIED)]
    best = min(trials, key=lambda trial: len(broken_rules(rules, plain | _plain(kind, trial))))
    return replace(raw, fields={**raw.fields, **best})


def plain_values(kind: DocumentType, raw: RangeAnswer) -> dict[str, object]:
    """Plain values by field name, as rules see them; a table is a list of its rows' cells."""
    tables = {
        spec.name: [
            {column.name: normalize_value(column, row.cells.get(column.name))[0] for column in spec.columns}
            for row in raw.tables.get(spec.name, ())
        ]
        for spec in kind.fields
        if spec.field_type == "table"
    }
    return {**_plain(kind, raw.fields), **tables}


def _plain(kind: DocumentType, fields: Mapping[str, RawValue]) -> dict[str, object]:
    return {name: normalize_value(kind.field(name), raw.value)[0] for name, raw in fields.items()}


def _stated(name: str, answers: Sequence[RangeAnswer]) -> list[RawValue]:
    """Return what ranges state for a field: each value once, those with lines first, else in the order of the pages."""
    given = [answer.fields[name] for answer in answers if name in answer.fields]
    values: dict[object, RawValue] = {}
    for raw in sorted(given, key=lambda one: not one.lines):
        if raw.value is not None:
            values.setdefault(raw.value, raw)
    return list(values.values())
