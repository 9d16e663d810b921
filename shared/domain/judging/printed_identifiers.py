"""Identifiers that fail their check although the page prints just that: a fault of the document, not of its reading.

A failed check shows a digit misread, lost or swapped, unless the very characters stand on the page. Whether the fault
of the document itself still needs a person is for its type to say (`x-invalid-as-printed`).
"""

from collections.abc import Iterable, Sequence

from shared.domain.base.finding import Finding
from shared.domain.documents.extraction import Extraction, FieldValue
from shared.domain.types.document_type import DocumentType, FieldSpec
from shared.domain.values.matching import compact_for_match

IDENTIFIER = "identifier"
"""The rule of a finding that an identifier fails its check."""


def soften_printed(document_type: DocumentType, extraction: Extraction, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, those of printed identifiers as warnings where their type asks for it."""
    softened = {
        spec.name: spec
        for spec in document_type.fields
        if spec.invalid_as_printed == "warning" and _is_printed(extraction.fields.get(spec.name))
    }
    return [
        _warning(softened[finding.fields[0]])
        if finding.rule == IDENTIFIER and finding.fields[0] in softened
        else finding
        for finding in findings
    ]


def is_printed_whole(value: str, text: str) -> bool:
    """Return whether words of a line of `text` are `value`, and no digits beside them could belong to it."""
    identifier = compact_for_match(value)
    return any(_is_run_of(identifier, [compact_for_match(word) for word in line.split()]) for line in text.splitlines())


def _is_printed(field: FieldValue | None) -> bool:
    """Return whether a text layer, read without doubt, prints the value."""
    if field is None or field.signals is None or not isinstance(field.value, str):
        return False
    is_certain = field.signals.grounded == 1.0 and field.signals.ocr == 1.0
    return is_certain and any(is_printed_whole(field.value, place.text) for place in field.evidence)


def _is_run_of(identifier: str, words: Sequence[str]) -> bool:
    for start in range(len(words)):
        joined, end = "", start
        while end < len(words) and identifier.startswith(joined + words[end]) and len(joined) < len(identifier):
            joined, end = joined + words[end], end + 1
        beside = (*words[max(start - 1, 0) : start], *words[end : end + 1])
        if joined == identifier and not any(word.isdigit() for word in beside):
            return True
    return False


def _warning(spec: FieldSpec) -> Finding:
    text = f"{spec.title} is not a valid {spec.identifier}, but the page prints it as it was read."
    return Finding(rule=IDENTIFIER, severity="warning", message=text, fields=(spec.name,))
