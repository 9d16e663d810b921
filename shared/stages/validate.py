"""Validate: ground the values, apply the type's rules, and have a reasoning model check the reading."""

from collections.abc import Sequence

from shared.document_types import rules
from shared.domain.einvoice import SecondReading
from shared.domain.extraction import Extraction
from shared.domain.finding import Finding
from shared.domain.injection import addressing_lines
from shared.domain.model_call import Bill, ModelCall
from shared.domain.page import HiddenWhy, Page
from shared.domain.run import Run, State
from shared.domain.task import PLAN, StageMessage, TaskDone
from shared.stages import artefacts
from shared.stages.answers import RangeAnswer, merged, parsed
from shared.stages.assess import assess, with_checks
from shared.stages.core import WORK, Core
from shared.stages.due import due
from shared.stages.gateway import payer
from shared.stages.ledger import finish_task
from shared.stages.prompts import verify_call
from shared.stages.read import SECOND_READING
from shared.stages.second_reading import compared

EXTRACTION = "extraction"
"""The name of the artefact that holds the checked Extraction."""
_WHY: dict[HiddenWhy, str] = {
    "colour": "in the colour of what they stand on",
    "covered": "under something that was drawn over them",
    "invisible": "that are not painted",
    "tiny": "too small to read",
    "outside": "off the page",
    "layer": "on a layer that is switched off",
}


async def validate(core: Core, message: StageMessage) -> None:
    """Check what was extracted and keep the Extraction. A message that is no longer due changes nothing.

    Raises Retryable and Permanent of the model.
    """
    snapshot = await due(core, message, State.VALIDATING)
    if snapshot is None:
        return
    run = snapshot.run
    kind = core.types[run.document_type or ""]
    pages = await artefacts.pages(core, run, range(1, run.pages + 1))
    raw = merged(kind, await _answers(core, run))
    extraction = assess(kind, raw, pages)
    told = [*_unread(pages), *_hidden(pages), *_addressing(pages), *rules.findings(kind, extraction.values())]
    second = await artefacts.fetch_if_saved(core, run, SECOND_READING, SecondReading)
    verdicts, bill = await _ask(core, run, verify_call(core, kind, extraction, told, _cited(extraction, pages)))
    if second is not None:  # after the model was asked: it must judge the page alone
        extraction = compared(kind, extraction, second, pages)
    await artefacts.save(core, run, EXTRACTION, with_checks(kind, extraction, told, verdicts))
    moved = await finish_task(core, snapshot, TaskDone(stage="validate", name=PLAN, bill=bill), State.DECIDING)
    if moved is not None:
        await core.queues.send("decide", StageMessage(document_id=run.document_id, run=run.number).model_dump_json())


async def _answers(core: Core, run: Run) -> list[RangeAnswer]:
    """The answers of all ranges of the Run, in page order."""
    names = [name async for name in core.blobs.names(WORK, f"{artefacts.folder(run)}/extract/")]
    kept = [name.rsplit("/", 1)[-1].removesuffix(".json") for name in names]
    return [await artefacts.fetch_saved(core, run, f"extract/{name}", RangeAnswer) for name in sorted(kept)]


def _unread(pages: Sequence[Page]) -> list[Finding]:
    """A finding for each page that could not be read, and one when no page says anything."""
    told = [
        Finding(rule="unread_page", severity="error", message=f"Page {page.number} could not be read: {page.problem}")
        for page in pages
        if page.problem
    ]
    if not told and not any(page.lines for page in pages):
        text = "No text was found on any page: the file is blank, or its text could not be recognised."
        told.append(Finding(rule="no_text", severity="error", message=text))
    return told


def _addressing(pages: Sequence[Page]) -> list[Finding]:
    """A finding for each page that instructs its reader: whatever was read from it, a person looks."""
    found = {page.number: addressing_lines(page.lines) for page in pages}
    return [
        Finding(
            rule="addresses_reader",
            severity="error",
            message=f"Page {number} holds text that instructs the program reading it ({', '.join(lines)}).",
        )
        for number, lines in found.items()
        if lines
    ]


def _hidden(pages: Sequence[Page]) -> list[Finding]:
    """A finding for each page with text that nobody sees; it says why and how much, and quotes nothing."""
    return [
        Finding(
            rule="hidden_text", severity="error", message=f"Page {page.number} holds text that nobody sees: {parts}."
        )
        for page in pages
        if (parts := ", ".join(f"{len(part.words)} words {_WHY[part.why]}" for part in page.hidden))
    ]


async def _ask(core: Core, run: Run, call: ModelCall) -> tuple[dict[str, str], Bill]:
    """What the reasoning model says by field; nothing when it gave no usable answer (then no value gains by it)."""
    answered = await core.gateway.ask(call, payer(run, "validate", PLAN))
    body = parsed(call, answered.answer)
    if isinstance(body, Finding):
        return {}, answered.bill
    return {entry["field"]: entry["verdict"] for entry in body["verdicts"]}, answered.bill


def _cited(extraction: Extraction, pages: Sequence[Page]) -> list[Page]:
    """The pages that the check needs: the first, the last, and those that hold evidence."""
    wanted = {place.page for field in extraction.fields.values() for place in field.evidence}
    wanted |= {pages[0].number, pages[-1].number}
    return [page for page in pages if page.number in wanted]
