"""Evaluation records that put the threshold of a type in force, for tests that build their types in code."""

from copy import replace
from datetime import date

from shared.domain.models.catalogue import Catalogue
from shared.domain.types.document_type import DocumentType
from shared.domain.types.evaluation import Evaluation


def record_for(document_type: DocumentType, catalogue: Catalogue) -> Evaluation:
    """Return a record that is valid for this type under these deployments."""
    return Evaluation(
        document_type=document_type.name,
        type_version=document_type.evaluated_version,
        accept_at=document_type.policy.accept_at or 0.0,
        deployments=catalogue.by_task(),
        set="made by a test",
        documents=0,
        accepted=0,
        wrong=0,
        error_rate=None,
        error_rate_at_most=1.0,
        made=date(2026, 1, 1),
        command="none",
        program="test",
    )


def with_record(document_type: DocumentType, catalogue: Catalogue) -> DocumentType:
    """Return the type with a valid record; unchanged when it has no threshold."""
    if document_type.policy.accept_at is None:
        return document_type
    return replace(document_type, evaluations=(record_for(document_type, catalogue),))
