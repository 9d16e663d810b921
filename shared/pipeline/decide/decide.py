"""Decide: a probability for each value, then ACCEPT or REVIEW with the reasons."""

from copy import replace

from shared.domain.documents.artifact_names import DRAFT, EXTRACTION, SURVEY
from shared.domain.documents.event import ReviewRequestedFact
from shared.domain.documents.extraction import Extraction
from shared.domain.documents.result import Result, Survey, draft
from shared.domain.documents.run import Disposition, Run, State
from shared.domain.documents.task import StageMessage
from shared.domain.judging.routing import add_confidence, find_doubts, unmet_conditions
from shared.pipeline.checks.uniqueness import find_repetition
from shared.pipeline.context import Context
from shared.pipeline.intake.current_upload import check_version
from shared.pipeline.models.zones import within_zone
from shared.pipeline.store import artifacts
from shared.pipeline.store.current_step import load_if_current
from shared.pipeline.store.finalize import finalize
from shared.pipeline.store.members import load_members
from shared.pipeline.store.messages import ask_to_publish, send
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.runs import Snapshot, move


async def decide(context: Context, message: StageMessage) -> None:
    """Route a checked Run: final, or to a person. A message that is no longer due changes nothing.

    Raises Superseded when the file was overwritten or deleted while it was processed, Conflict when somebody else
    claims its unique values at this moment.
    """
    snapshot = await load_if_current(context, message, State.DECIDING)
    if snapshot is None:
        return
    run, context = snapshot.run, within_zone(context, snapshot.document)
    await check_version(context, snapshot)
    document_type = await context.types.load_version(run.document_type or "", run.type_version)
    extraction = add_confidence(await artifacts.fetch_saved(context, run, EXTRACTION, Extraction))
    if not run.forced:  # who forces a copy knows that it is one
        repeated = await find_repetition(context, snapshot.document, document_type, extraction.values())
        extraction = replace(extraction, findings=(*extraction.findings, *repeated))
    reasons = (
        *find_doubts(document_type, extraction),
        *unmet_conditions(document_type, context.gateway.catalogue.by_task()),
    )
    disposition: Disposition = "REVIEW" if reasons else "ACCEPT"
    decided = replace(run, disposition=disposition, reasons=reasons)
    survey = await artifacts.fetch_saved(context, run, SURVEY, Survey)
    members = await load_members(context, run) if run.members else ()
    result = draft(snapshot.document, decided, extraction, survey.pages, members, context.clock.now())
    if disposition == "ACCEPT":
        await finalize(context, snapshot, result, reviewed=False)
    else:
        await artifacts.save(context, run, DRAFT, result)
        await _move_to_review(context, snapshot, decided, result)


async def _move_to_review(context: Context, snapshot: Snapshot, decided: Run, result: Result) -> None:
    fact = ReviewRequestedFact.model_validate(
        base_fact(snapshot.document, decided)
        | {"document_type": decided.document_type, "confidence": result.confidence, "reasons": decided.reasons}
    )
    await move(
        context,
        snapshot,
        State.IN_REVIEW,
        event="review_requested",
        fact=fact,
        disposition=decided.disposition,
        reasons=decided.reasons,
    )
    await send(context, "review", decided)
    await ask_to_publish(context, decided.document_id, decided.number)
