"""Decide: a probability for each value, then ACCEPT or REVIEW with the reasons."""

from shared.domain.confidence import probability
from shared.domain.document_type import DocumentType
from shared.domain.event import ReviewRequestedFact
from shared.domain.extraction import Extraction
from shared.domain.finding import some_of_each
from shared.domain.run import Disposition, Reason, Run, State
from shared.domain.task import StageMessage
from shared.stages import artefacts
from shared.stages.copies import check_current
from shared.stages.core import Core
from shared.stages.due import due
from shared.stages.finalize import finalize
from shared.stages.ledger import Snapshot, move
from shared.stages.members import load_members
from shared.stages.outbox import ask_to_publish, base_fact
from shared.stages.result import Result, draft
from shared.stages.survey import SURVEY, Survey
from shared.stages.uniqueness import repetition
from shared.stages.validate import EXTRACTION

MOST_ROWS = 100
"""Rows that a reason names; the Result says how certain each one is."""
DRAFT = "result"
"""The name of the artefact that holds the Result before it is final."""


async def decide(core: Core, message: StageMessage) -> None:
    """Route a checked Run: final, or to a person. A message that is no longer due changes nothing.

    Raises Superseded when the file was overwritten or deleted while it was processed, Conflict when somebody else
    claims its unique values at this moment.
    """
    snapshot = await due(core, message, State.DECIDING)
    if snapshot is None:
        return
    run = snapshot.run
    await check_current(core.blobs, snapshot.document)
    kind = await core.types.kept(run.document_type or "", run.type_version)
    extraction = scored(await artefacts.fetch_saved(core, run, EXTRACTION, Extraction))
    if not run.forced:  # who forces a copy knows that it is one
        repeated = await repetition(core, snapshot.document, kind, extraction.values())
        extraction = extraction.model_copy(update={"findings": (*extraction.findings, *repeated)})
    reasons = doubts(kind, extraction)
    disposition: Disposition = "REVIEW" if reasons else "ACCEPT"
    decided = run.model_copy(update={"disposition": disposition, "reasons": reasons})
    survey = await artefacts.fetch_saved(core, run, SURVEY, Survey)
    members = await load_members(core, run) if run.members else ()
    result = draft(snapshot.document, decided, extraction, survey.pages, members, core.clock.now())
    await artefacts.save(core, run, DRAFT, result)
    if disposition == "ACCEPT":
        await finalize(core, snapshot, result, reviewed=False)
    else:
        await _request_review(core, snapshot, decided, result)


def scored(extraction: Extraction) -> Extraction:
    """The Extraction with a confidence for every value and every row."""
    fields = {
        name: field.model_copy(update={"confidence": probability(field.signals)}) if field.signals else field
        for name, field in extraction.fields.items()
    }
    tables = {
        name: tuple(
            row.model_copy(update={"confidence": probability(row.signals)}) if row.signals else row for row in rows
        )
        for name, rows in extraction.tables.items()
    }
    return extraction.model_copy(update={"fields": fields, "tables": tables})


def doubts(kind: DocumentType, extraction: Extraction) -> tuple[Reason, ...]:
    """Why a person must look; empty when the policy lets the document pass.

    Of reasons that many pages or rows share, the first are named and the others counted: they travel in a row and in
    an event, while the Result has every finding.
    """
    told = [
        item for item in extraction.findings if item.severity == "error" or item.rule in {"contradicted", "missing"}
    ]
    named, more = some_of_each(told)
    reasons = [Reason(code=finding.rule, message=finding.message) for finding in named]
    reasons += [
        Reason(code=rule, message=f"There are {count} more of this kind: the findings of the result name them.")
        for rule, count in more.items()
    ]
    for spec in kind.fields:
        field = extraction.fields.get(spec.name)
        if field is None or field.confidence is None or field.signals is None:
            continue
        if spec.required and kind.policy.required_evidence and not field.signals.grounded:
            text = f"{spec.title} is required, but does not stand on the page where it was read."
            reasons.append(Reason(code="no_evidence", message=text))
        elif field.confidence < kind.policy.accept_at:
            text = f"{spec.title} is right with a probability of only {field.confidence:.2f}."
            reasons.append(Reason(code="low_confidence", message=text))
    for name, rows in extraction.tables.items():
        low = [str(number) for number, row in enumerate(rows, 1) if (row.confidence or 0) < kind.policy.accept_at]
        if low:
            rows_named = ", ".join(low[:MOST_ROWS]) + (f" and {len(low) - MOST_ROWS} more" if low[MOST_ROWS:] else "")
            text = f"{kind.field(name).title}: low confidence in row {rows_named}."
            reasons.append(Reason(code="low_confidence", message=text))
    return tuple(reasons)


async def _request_review(core: Core, snapshot: Snapshot, decided: Run, result: Result) -> None:
    fact = ReviewRequestedFact.model_validate(
        base_fact(snapshot.document, decided)
        | {"document_type": decided.document_type, "confidence": result.confidence, "reasons": decided.reasons}
    )
    await move(
        core,
        snapshot,
        State.IN_REVIEW,
        event="review_requested",
        fact=fact,
        disposition=decided.disposition,
        reasons=decided.reasons,
    )
    await core.queues.send(
        "review", StageMessage(document_id=decided.document_id, run=decided.number).model_dump_json()
    )
    await ask_to_publish(core, decided.document_id)
