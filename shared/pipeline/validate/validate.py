"""Validate: ground the values, apply the type's rules, and have a reasoning model check the reading."""

from copy import replace

from shared import telemetry
from shared.document_types.rules import evaluate
from shared.domain.base.errors import Unavailable
from shared.domain.documents.artifact_names import AGAIN, EXTRACTION, SECOND_READING, SURVEY
from shared.domain.documents.extraction import Extraction
from shared.domain.documents.result import Survey
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import PLAN, StageMessage, TaskDone
from shared.domain.judging.answers import RangeAnswer
from shared.domain.judging.claims import reading_of_einvoice, reading_of_model
from shared.domain.judging.comparison import compare_readings, report_absences, search_only_second, unreadable_finding
from shared.domain.judging.printed_identifiers import soften_printed
from shared.domain.reading.page import Page
from shared.domain.reading.page_range import PageRange
from shared.domain.types.document_type import DocumentType
from shared.domain.types.einvoice import SecondReading
from shared.pipeline.answers.merging import merged_ranges
from shared.pipeline.answers.page_choice import Answers, of_range, pages_to_read, with_required
from shared.pipeline.checks.evidence import with_checks
from shared.pipeline.checks.stated_sums import find_stated_sums
from shared.pipeline.context import Context
from shared.pipeline.models.spending import within_limits
from shared.pipeline.store import artifacts
from shared.pipeline.store.context import WORK
from shared.pipeline.store.current_step import load_if_current
from shared.pipeline.store.fan_in import finish
from shared.pipeline.store.runs import Snapshot
from shared.pipeline.validate.document_conventions import load_conventions
from shared.pipeline.validate.page_audit import Look, look_through, searched
from shared.pipeline.validate.reasoning_check import checked, open_fields
from shared.pipeline.validate.reconcile import reconciled
from shared.pipeline.validate.row_questions import QuestionsOpen


async def validate(context: Context, message: StageMessage) -> None:
    """Check what was extracted and keep the Extraction. A message that is no longer due changes nothing.

    While questions are asked in parallel nothing is kept; the last of them asks for validation again. Raises Retryable
    and Permanent of the model.
    """
    snapshot = await load_if_current(context, message, State.VALIDATING)
    if snapshot is None:
        return
    try:
        await _validate(context, snapshot)
    except QuestionsOpen:
        telemetry.report("questions_open", {telemetry.DOCUMENT_ID: message.document_id, telemetry.RUN: message.run})


async def _validate(context: Context, snapshot: Snapshot) -> None:
    run = snapshot.run
    context = await within_limits(context, run, "validate")
    kind = await context.types.kept(run.document_type or "", run.type_version)
    stored = artifacts.StoredPages(context, run)
    answers, searching = await with_required(context, run, kind, stored, await _answers(context, run))
    whole = await reconciled(context, run, kind, stored, answers)
    raw = merged_ranges(kind, [answer for _, answer in whole.answers])
    conventions = await load_conventions(context, run, stored)
    look = await look_through(stored, kind, whole.answers, raw, conventions)
    extraction = Extraction(fields=look.fields, tables=look.tables, findings=(*raw.findings, *whole.findings))
    told = [*look.findings, *soften_printed(kind, extraction, evaluate.findings(kind, extraction.values()))]
    told += await find_stated_sums(stored, kind, extraction, told, conventions)
    second = await _compared(context, run, kind, stored, extraction)
    names = open_fields(kind, second, told)
    # The model is told what the page says, never what the second reading does: so they stay independent.
    check = await checked(context, run, kind, names, extraction, told, _cited(extraction, look))
    told += check.findings
    await artifacts.save(context, run, SURVEY, Survey(pages=look.pages))
    await artifacts.save(context, run, EXTRACTION, with_checks(kind, second, told, check.verdicts))
    bill = check.bill.plus(searching).plus(whole.bill)
    await finish(context, snapshot, TaskDone(stage="validate", name=PLAN, bill=bill))


async def _answers(context: Context, run: Run, reading: str = "extract") -> Answers:
    """Return the answers of all ranges of the Run, in page order; `reading`: the folder of the first or the second one.

    Raises Unavailable when the answer to a page is missing.
    """
    pages = await pages_to_read(context, run)
    names = [name async for name in context.blobs.names(WORK, f"{artifacts.folder(run)}/{reading}/")]
    kept = sorted(name.rsplit("/", 1)[-1].removesuffix(".json") for name in names)
    answers = [
        (
            of_range(pages, PageRange.named(name)),
            await artifacts.fetch_saved(context, run, f"{reading}/{name}", RangeAnswer),
        )
        for name in kept
    ]
    there = [number for numbers, _ in answers for number in numbers]
    if there != list(pages):
        raise Unavailable(f"{len(there)} of {len(pages)} pages have been asked about")
    return answers


async def _compared(
    context: Context, run: Run, kind: DocumentType, stored: artifacts.StoredPages, extraction: Extraction
) -> Extraction:
    """The Extraction, compared with what the file itself says as data, and with what another model read, if any did."""
    opinions, told = [], []
    einvoice = await artifacts.fetch_if_saved(context, run, SECOND_READING, SecondReading)
    if einvoice and einvoice.problem is not None:
        told.append(unreadable_finding("e_invoice", einvoice.problem))
    elif einvoice:
        opinions.append(reading_of_einvoice(kind, einvoice))
    if kind.policy.second_reading:
        again = merged_ranges(kind, [answer for _, answer in await _answers(context, run, AGAIN)])
        opinions.append(reading_of_model(kind, again))
        told += [unreadable_finding("model", one.message) for one in again.findings if one.severity == "error"]
    for opinion in opinions:
        extraction = compare_readings(kind, extraction, opinion)
    searches = await searched(stored, search_only_second(kind, extraction))
    told += report_absences(extraction, searches)
    return replace(extraction, findings=(*extraction.findings, *told))


def _cited(extraction: Extraction, look: Look) -> list[Page]:
    """Return the pages that the check needs: the first, the last, and those that hold evidence."""
    wanted = {place.page for field in extraction.fields.values() for place in field.evidence}
    wanted |= {1, len(look.pages)}
    return [page for number, page in sorted(look.kept.items()) if number in wanted]
