"""Routing: how sure a checked Extraction is, and why a person must look at it."""

from copy import replace

from shared.domain.base.finding import first_of_each_rule
from shared.domain.documents.extraction import Extraction
from shared.domain.documents.run import Reason
from shared.domain.judging.confidence import probability
from shared.domain.types.document_type import DocumentType
from shared.domain.types.evaluation import DeploymentsByTask, closest_differences

MOST_ROWS = 100
"""Rows that a reason names; the Result says how certain each one is."""
MAX_UNLABELLED_SHARE = 0.25
MIN_UNLABELLED = 3
"""So many values, and more than this share of all, without a label beside them: the layout is not understood."""
NO_THRESHOLD = "no_threshold"
NOT_EVALUATED = "not_evaluated"
RECORD_COMMAND = "intray eval SET_DIR --types DIR --record FILE"


def add_confidence(extraction: Extraction) -> Extraction:
    """Return the Extraction with a confidence for every value and every row."""
    fields = {
        name: replace(field, confidence=probability(field.signals)) if field.signals else field
        for name, field in extraction.fields.items()
    }
    tables = {
        name: tuple(replace(row, confidence=probability(row.signals)) if row.signals else row for row in rows)
        for name, rows in extraction.tables.items()
    }
    return replace(extraction, fields=fields, tables=tables)


def unmet_conditions(document_type: DocumentType, deployments: DeploymentsByTask) -> tuple[Reason, ...]:
    """Return why nothing of this type may be accepted here; empty when its threshold is in force."""
    if document_type.policy.accept_at is None:
        text = (
            f"The type {document_type.name} has no threshold, so a person checks each document. To accept some"
            f" automatically, set policy.accept_at, run `{RECORD_COMMAND}`, and name the file in policy.evaluation."
        )
        return (Reason(code=NO_THRESHOLD, message=text),)
    differing = closest_differences(
        document_type.evaluations, document_type.policy.accept_at, document_type.evaluated_version, deployments
    )
    if differing == []:
        return ()
    why = "there is no record of an evaluation" if differing is None else "; ".join(differing)
    text = (
        f"The threshold of the type {document_type.name} was not evaluated under this configuration: {why}."
        f" Run `{RECORD_COMMAND}`, and name the file in policy.evaluation."
    )
    return (Reason(code=NOT_EVALUATED, message=text),)


def find_doubts(document_type: DocumentType, extraction: Extraction) -> tuple[Reason, ...]:
    """Return why a person must look at these values; empty when they reach the policy's threshold, or it has none.

    Whether the threshold is in force is another question: `unmet_conditions`.
    Of reasons that many pages or rows share, the first are named and the others counted: they travel in a row and in
    an event, while the Result has every finding.
    """
    relevant = [
        item for item in extraction.findings if item.severity == "error" or item.rule in {"contradicted", "missing"}
    ]
    named, more = first_of_each_rule(relevant)
    reasons = [Reason(code=finding.rule, message=finding.message) for finding in named]
    reasons += [
        Reason(code=rule, message=f"There are {count} more of this kind: the findings of the result name them.")
        for rule, count in more.items()
    ]
    least = document_type.policy.accept_at or 0.0
    for spec in document_type.fields:
        field = extraction.fields.get(spec.name)
        if field is None or field.confidence is None or field.signals is None:
            continue
        if spec.required and document_type.policy.required_evidence and not field.signals.grounded:
            text = f"{spec.title} is required, but does not stand on the page where it was read."
            reasons.append(Reason(code="no_evidence", message=text))
        elif field.confidence < least:
            text = f"{spec.title} is right with a probability of only {field.confidence:.2f}."
            reasons.append(Reason(code="low_confidence", message=text))
    reasons += _without_labels(document_type, extraction)
    for name, rows in extraction.tables.items():
        low = [str(number) for number, row in enumerate(rows, 1) if (row.confidence or 0) < least]
        if low:
            rows_named = ", ".join(low[:MOST_ROWS]) + (f" and {len(low) - MOST_ROWS} more" if low[MOST_ROWS:] else "")
            text = f"{document_type.field(name).title}: low confidence in row {rows_named}."
            reasons.append(Reason(code="low_confidence", message=text))
    return tuple(reasons)


def _without_labels(document_type: DocumentType, extraction: Extraction) -> list[Reason]:
    """Return a reason when too many of the single values stand without a label, and no second reading agrees.

    Each of them may be probable; together they say that what is what was told from places alone.
    """
    signals = [
        field.signals for name, field in extraction.fields.items() if field.signals and document_type.field(name).labels
    ]
    unlabelled = [signal for signal in signals if signal.labelled == 0.0 and signal.second != 1.0]
    if len(unlabelled) < MIN_UNLABELLED or len(unlabelled) <= MAX_UNLABELLED_SHARE * len(signals):
        return []
    text = f"{len(unlabelled)} of {len(signals)} values stand on the page without one of their labels beside them."
    return [Reason(code="few_labels", message=text)]
