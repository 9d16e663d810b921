"""The machine-readable block of a request: what is asked, with all labels, for deterministic readers.

Language models are told the same in prose; the block is sent only where INTRAY_MODEL_HINTS is set.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.domain.documents.extraction import Extraction
from shared.domain.models.model_call import TextPart
from shared.domain.reading.page import Span
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.domain.values.amounts import as_json_number

_FIELD = ("name", "field_type", "title", "description", "labels", "choices", "identifier")
_TYPE = {"name", "title", "labels"}


def hints_part(hints: Mapping[str, Any], *, enabled: bool) -> tuple[TextPart, ...]:
    """Return the block as one part; none unless enabled. Nothing in its JSON can close it."""
    if not enabled:
        return ()
    text = json.dumps(hints, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return (TextPart(text=f"<hints>{text}</hints>"),)


def extraction_hints(specs: Sequence[FieldSpec], only: Sequence[Span] = ()) -> dict[str, Any]:
    """Return the fields to extract, and the first and last lines of the runs to which table rows are limited."""
    return {"fields": [_field(spec) for spec in specs], "only_rows": [span.ends for span in only]}


def classification_hints(types: Iterable[DocumentType]) -> dict[str, Any]:
    """Return the document types to choose from."""
    return {"types": [document_type.model_dump(include=_TYPE, mode="json") for document_type in types]}


def splitting_hints(types: Iterable[DocumentType], pages: Sequence[int]) -> dict[str, Any]:
    """Return the document types that may begin, and the pages in question."""
    return {**classification_hints(types), "pages": list(pages)}


def verification_hints(specs: Sequence[FieldSpec], extraction: Extraction) -> dict[str, Any]:
    """Return the fields to check, each with its value and the ids of the lines that it cites."""
    claims = [
        {
            "field": _field(spec),
            "value": as_json_number(extraction.fields[spec.name].value),
            "lines": [line for place in extraction.fields[spec.name].evidence for line in place.lines],
        }
        for spec in specs
    ]
    return {"claims": claims}


def _field(spec: FieldSpec) -> dict[str, Any]:
    body = spec.model_dump(include=set(_FIELD), mode="json", exclude_defaults=True)
    return body | ({"columns": [_field(column) for column in spec.columns]} if spec.columns else {})
