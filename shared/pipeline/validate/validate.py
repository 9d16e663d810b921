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
from shared.pipeline.answers.merging import merge_ranges
from shared.pipeline.answers.page_choice import Answers, pages_of_range, pages_to_read, read_required_fields
from shared.pipeline.checks.evidence import add_checks
from shared.pipeline.checks.stated_sums import find_stated_sums
from shared.pipeline.checks.support import find_support
from shared.pipeline.context import Context
from shared.pipeline.models.range_sizes import extraction_size
from shared.pipeline.models.spending import within_limits
from shared.pipeline.models.zones import within_zone
from shared.pipeline.store import artifacts
from shared.pipeline.store.context import WORK
from shared.pipeline.store.current_step import load_if_current
from shared.pipeline.store.fan_in import finish
from shared.pipeline.store.runs import Snapshot
from shared.pipeline.validate.document_conventions import load_conventions
from shared.pipeline.validate.page_audit import PageAudit, audit_pages, search_pages
from shared.pipeline.validate.reasoning_check import check_fields, fields_to_check
from shared.pipeline.validate.reconcile import reconcile_tables
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
    context = await within_limits(within_zone(context, snapshot.document), run, "validate")
    document_type = await context.types.load_version(run.document_type or "", run.type_version)
    stored = artifacts.StoredPages(context, run)
    answers, required_bill = await read_required_fields(
        context, run, document_type, stored, await _load_answers(context, run)
    )
    reconciled = await reconcile_tables(context, run, document_type, stored, answers)
    raw = merge_ranges(document_type, [answer for _, answer in reconciled.answers])
    conventions = await load_conventions(context, run, stored)
    audit = await audit_pages(stored, document_type, reconciled.answers, raw, conventions)
    extraction = Extraction(fields=audit.fields, tables=audit.tables, findings=(*raw.findings, *reconciled.findings))
    findings = [
        *audit.findings,
        *soften_printed(document_type, extraction, evaluate.findings(document_type, extraction.values())),
    ]
    findings += await find_stated_sums(stored, document_type, extraction, findings, conventions)
    compared_extraction = await _compare_with_second_readings(context, run, document_type, stored, extraction)
    support = find_support(document_type, compared_extraction, findings)
    field_names = fields_to_check(document_type, compared_extraction, findings, support)
    # The model is told what the page says, never what the second reading does: so they stay independent.
    check = await check_fields(
        context, run, document_type, field_names, extraction, findings, _pages_with_evidence(extraction, audit)
    )
    findings += check.findings
    await artifacts.save(context, run, SURVEY, Survey(pages=audit.pages))
    checked_extraction = add_checks(document_type, compared_extraction, findings, check.verdicts, support)
    await artifacts.save(context, run, EXTRACTION, checked_extraction)
    bill = check.bill.plus(required_bill).plus(reconciled.bill)
    await finish(context, snapshot, TaskDone(stage="validate", name=PLAN, bill=bill))


async def _load_answers(context: Context, run: Run, reading: str = "extract") -> Answers:
    """Return the answers of all ranges of the Run, in page order; `reading`: the folder of the first or the second one.

    Raises Unavailable when the answer to a page is missing.
    """
    pages = await pages_to_read(context, run)
    whole = PageRange(first=1, last=len(pages))
    if len(pages) <= extraction_size(context):  # most likely one range, and a listing costs ten times a read
        answer = await artifacts.fetch_if_saved(context, run, f"{reading}/{whole.name}", RangeAnswer)
        if answer is not None:
            return [(pages_of_range(pages, whole), answer)]
    names = [name async for name in context.blobs.names(WORK, f"{artifacts.folder(run)}/{reading}/")]
    range_names = sorted(name.rsplit("/", 1)[-1].removesuffix(".json") for name in names)
    answers = [
        (
            pages_of_range(pages, PageRange.from_name(name)),
            await artifacts.fetch_saved(context, run, f"{reading}/{name}", RangeAnswer),
        )
        for name in range_names
    ]
    answered_pages = [number for numbers, _ in answers for number in numbers]
    if answered_pages != list(pages):
        raise Unavailable(f"{len(answered_pages)} of {len(pages)} pages have been asked about")
    return answers


async def _compare_with_second_readings(
    context: Context, run: Run, document_type: DocumentType, stored: artifacts.StoredPages, extraction: Extraction
) -> Extraction:
    """Return the Extraction compared with the embedded data of the file and the second reading, if any."""
    readings, findings = [], []
    einvoice = await artifacts.fetch_if_saved(context, run, SECOND_READING, SecondReading)
    if einvoice and einvoice.problem is not None:
        findings.append(unreadable_finding("e_invoice", einvoice.problem))
    elif einvoice:
        readings.append(reading_of_einvoice(document_type, einvoice))
    if document_type.policy.second_reading:
        second_answer = merge_ranges(document_type, [answer for _, answer in await _load_answers(context, run, AGAIN)])
        readings.append(reading_of_model(document_type, second_answer))
        findings += [
            unreadable_finding("model", finding.message)
            for finding in second_answer.findings
            if finding.severity == "error"
        ]
    for reading in readings:
        extraction = compare_readings(document_type, extraction, reading)
    searches = await search_pages(stored, search_only_second(document_type, extraction))
    findings += report_absences(extraction, searches)
    return replace(extraction, findings=(*extraction.findings, *findings))


def _pages_with_evidence(extraction: Extraction, audit: PageAudit) -> list[Page]:
    """Return the pages that the check needs: the first, the last, and those that hold evidence."""
    numbers = {place.page for field in extraction.fields.values() for place in field.evidence}
    numbers |= {1, len(audit.pages)}
    return [page for number, page in sorted(audit.cited_pages.items()) if number in numbers]
