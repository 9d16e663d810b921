"""Decide: a probability for each value, then ACCEPT or REVIEW with the reasons."""

from copy import replace

from shared.domain.event import ReviewRequestedFact
from shared.domain.extraction import Extraction
from shared.domain.run import Disposition, Run, State
from shared.domain.stored import dump_stored
from shared.domain.task import StageMessage
from shared.stages import artefacts
from shared.stages.core import Core
from shared.stages.current import check_version
from shared.stages.due import due
from shared.stages.finalize import finalize
from shared.stages.ledger import Snapshot, move
from shared.stages.members import load_members
from shared.stages.outbox import ask_to_publish, base_fact
from shared.stages.result import Result, draft
from shared.stages.routing import doubts, scored, unmet_conditions
from shared.stages.survey import SURVEY, Survey
from shared.stages.uniqueness import repetition
from shared.stages.validate import EXTRACTION

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
    await check_version(core, snapshot)
    kind = await core.types.kept(run.document_type or "", run.type_version)
    extraction = scored(await artefacts.fetch_saved(core, run, EXTRACTION, Extraction))
    if not run.forced:  # who forces a copy knows that it is one
        repeated = await repetition(core, snapshot.document, kind, extraction.values())
        extraction = replace(extraction, findings=(*extraction.findings, *repeated))
    reasons = (*doubts(kind, extraction), *unmet_conditions(kind, core.gateway.catalogue.by_task()))
    disposition: Disposition = "REVIEW" if reasons else "ACCEPT"
    decided = replace(run, disposition=disposition, reasons=reasons)
    survey = await artefacts.fetch_saved(core, run, SURVEY, Survey)
    members = await load_members(core, run) if run.members else ()
    result = draft(snapshot.document, decided, extraction, survey.pages, members, core.clock.now())
    await artefacts.save(core, run, DRAFT, result)
    if disposition == "ACCEPT":
        await finalize(core, snapshot, result, reviewed=False)
    else:
        await _request_review(core, snapshot, decided, result)


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
    await core.queues.send("review", dump_stored(StageMessage(document_id=decided.document_id, run=decided.number)))
    await ask_to_publish(core, decided.document_id)
