"""Values that were inferred: read from the words of another field, without a label of their own.

A document that states one total does not state an amount due as well. That they are equal may well be right, but no
words say so: such a value is grounded in part.
"""

from collections.abc import Mapping, Sequence
from copy import replace

from shared.domain.document_type import FieldSpec
from shared.domain.extraction import FieldValue
from shared.domain.page import Box

INFERRED = 0.7
"""Grounding of a value whose only words are those of another field that has a label beside them."""


def lower_inferred(specs: Sequence[FieldSpec], fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Return the fields, with a lower grounding for those without a label that share all words with a labelled one."""
    kinds = {spec.name: spec.kind for spec in specs}
    labelled = {
        (kinds[name], places) for name, field in fields.items() if _label(field) == 1.0 and (places := _places(field))
    }
    return {
        name: _lowered(field) if _label(field) == 0.0 and (kinds[name], _places(field)) in labelled else field
        for name, field in fields.items()
    }


def _lowered(field: FieldValue) -> FieldValue:
    signals = field.signals
    return (
        field if signals is None else replace(field, signals=replace(signals, grounded=min(signals.grounded, INFERRED)))
    )


def _label(field: FieldValue) -> float | None:
    return field.signals.labelled if field.signals else None


def _places(field: FieldValue) -> frozenset[tuple[int, Box]]:
    """Return the pages and boxes of a value's words."""
    return frozenset((place.page, box) for place in field.evidence if place.page is not None for box in place.boxes)
