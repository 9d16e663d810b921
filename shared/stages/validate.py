"""Validate: ground the values, apply the type's rules, and have a reasoning model check the reading."""

from shared.document_types import rules
from shared.domain.einvoice import SecondReading
from shared.domain.extraction import Extraction
from shared.domain.finding import Finding
from shared.domain.model_call import Bill, ModelCall
from shared.domain.page import Page
from shared.domain.run import Run, State
from shared.domain.task import PLAN, PageRange, StageMessage, TaskDone
from shared.stages import artefacts
from shared.stages.answers import RangeAnswer, merged
from shared.stages.asking import asked
from shared.stages.assess import with_checks
from shared.stages.core import WORK, Core
from shared.stages.due import due
from shared.stages.gateway import payer
from shared.stages.ledger import finish_task
from shared.stages.prompts import verify_call
from shared.stages.read import SECOND_READING
from shared.stages.second_reading import absences, compared, only_second
from shared.stages.survey import SURVEY, Look, Survey, look_through, searched

EXTRACTION = "extraction"
"""The name of the artefact that holds the checked Extraction."""


async def validate(core: Core, message: StageMessage) -> None:
    """Check what was extracted and keep the Extraction. A message that is no longer due changes nothing.

    Raises Retryable and Permanent of the model.
    """
    snapshot = await due(core, message, State.VALIDATING)
    if snapshot is None:
        return
    run = snapshot.run
    kind = await core.types.kept(run.document_type or "", run.type_version)
    answers = await _answers(core, run)
    raw = merged(kind, [answer for _, answer in answers])
    stored = artefacts.StoredPages(core, run)
    look = await look_through(stored, kind, answers, raw)
    extraction = Extraction(fields=look.fields, tables=look.tables, findings=raw.findings)
    told = [*look.findings, *rules.findings(kind, extraction.values())]
    verdicts, bill = await _ask(core, run, verify_call(core, kind, extraction, told, _cited(extraction, look)))
    extraction = await _compared(core, run, stored, extraction)  # after the model, which must judge the page alone
    await artefacts.save(core, run, SURVEY, Survey(pages=look.pages))
    await artefacts.save(core, run, EXTRACTION, with_checks(kind, extraction, told, verdicts))
    moved = await finish_task(core, snapshot, TaskDone(stage="validate", name=PLAN, bill=bill), State.DECIDING)
    if moved is not None:
        await core.queues.send("decide", StageMessage(document_id=run.document_id, run=run.number).model_dump_json())


async def _answers(core: Core, run: Run) -> list[tuple[PageRange, RangeAnswer]]:
    """The answers of all ranges of the Run, in page order."""
    names = [name async for name in core.blobs.names(WORK, f"{artefacts.folder(run)}/extract/")]
    kept = sorted(name.rsplit("/", 1)[-1].removesuffix(".json") for name in names)
    return [
        (PageRange.named(name), await artefacts.fetch_saved(core, run, f"extract/{name}", RangeAnswer)) for name in kept
    ]


async def _compared(core: Core, run: Run, stored: artefacts.StoredPages, extraction: Extraction) -> Extraction:
    """The Extraction, compared with what the file itself says as data, if it does."""
    second = await artefacts.fetch_if_saved(core, run, SECOND_READING, SecondReading)
    if second is None:
        return extraction
    kind = await core.types.kept(run.document_type or "", run.type_version)
    told = compared(kind, extraction, second)
    searches = await searched(stored, only_second(kind, told))
    return told.model_copy(update={"findings": (*told.findings, *absences(searches))})


async def _ask(core: Core, run: Run, call: ModelCall) -> tuple[dict[str, str], Bill]:
    """What the reasoning model says by field; nothing when it gave no usable answer (then no value gains by it)."""
    body, bill = await asked(core, call, "reasoning", payer(run, "validate", PLAN))
    if isinstance(body, Finding):
        return {}, bill
    return {entry["field"]: entry["verdict"] for entry in body["verdicts"]}, bill


def _cited(extraction: Extraction, look: Look) -> list[Page]:
    """The pages that the check needs: the first, the last, and those that hold evidence."""
    wanted = {place.page for field in extraction.fields.values() for place in field.evidence}
    wanted |= {1, len(look.pages)}
    return [page for number, page in sorted(look.kept.items()) if number in wanted]
