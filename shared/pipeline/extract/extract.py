"""Extract: classify the file if its folder did not, then ask a vision model for the fields, range by range."""

from collections.abc import Mapping

from shared.domain.base.finding import Finding
from shared.domain.documents.artifact_names import AGAIN
from shared.domain.documents.run import Reason, Run, State
from shared.domain.documents.task import PLAN, StageMessage, TaskDone
from shared.domain.judging.answers import RangeAnswer
from shared.domain.models.model_call import Bill
from shared.domain.reading.page_range import PageRange, page_ranges, planned_range
from shared.domain.types.document_type import DocumentType
from shared.pipeline.answers.page_choice import choose_pages, pages_of_range, pages_to_read
from shared.pipeline.context import Context
from shared.pipeline.endings import hold
from shared.pipeline.extract.headings import find_headings, load_heading_page
from shared.pipeline.extract.packet import end_as_packet, find_parts
from shared.pipeline.extract.untyped import hold_untyped
from shared.pipeline.models.fallback import ask_with_fallback, independent_readers
from shared.pipeline.models.gateway.gateway import payer_of
from shared.pipeline.models.prompting.prompts import classify_call
from shared.pipeline.models.questions import load_pictures, read_pages
from shared.pipeline.models.range_sizes import extraction_size
from shared.pipeline.models.spending import within_limits
from shared.pipeline.models.zones import within_zone
from shared.pipeline.priority import Range
from shared.pipeline.store import artifacts
from shared.pipeline.store.current_step import load_if_current
from shared.pipeline.store.fan_in import finish, is_repetition, send_tasks
from shared.pipeline.store.rows.receipts import planned_count
from shared.pipeline.store.runs import Snapshot, save_plan

UNCLASSIFIED = "The file could not be classified. {} Replay it, or drop it under {}/<type>/."
NO_SECOND_READING = RangeAnswer(
    findings=(
        Finding(rule="no_second_reader", severity="error", message="the catalogue has no other deployment that reads."),
    )
)


async def extract(context: Context, message: StageMessage) -> None:
    """Take one step of extraction: the plan, or one page range. A message that is no longer due changes nothing.

    Raises Retryable and Permanent of the model.
    """
    snapshot = await load_if_current(context, message, State.EXTRACTING)
    if snapshot is None or await is_repetition(context, snapshot, "extract", message.task):
        return
    context = await within_limits(within_zone(context, snapshot.document), snapshot.run, "extract")
    if message.task == PLAN:
        await _plan_ranges(context, snapshot)
        return
    size = snapshot.run.range_size or context.limits.extract_range
    pages = planned_range(snapshot.run.pages_to_extract, size, message.task)
    if pages is not None:
        await _extract_range(context, snapshot, pages)


async def _plan_ranges(context: Context, snapshot: Snapshot) -> None:
    is_first_time = not snapshot.run.range_size
    if is_first_time:
        split = await find_parts(context, snapshot)
        if len(split.ranges) > 1:
            await end_as_packet(context, snapshot, split)
            return
        name, version = snapshot.run.document_type, snapshot.run.type_version
        bill = snapshot.run.bill.plus(split.bill)
        if name is None:
            known_types = await context.types.current_types()
            document_type, cost = await _classify(context, snapshot.run, known_types)
            bill = bill.plus(cost)
            if isinstance(document_type, Finding):
                await hold(
                    context,
                    snapshot,
                    Reason(
                        code=document_type.rule,
                        message=UNCLASSIFIED.format(document_type.message, snapshot.document.upload_container),
                    ),
                    bill,
                )
                return
            if document_type is None:
                await hold_untyped(context, snapshot, known_types, bill)
                return
            await context.types.keep(document_type)
            name, version = document_type.name, document_type.version
        snapshot = await _save_extraction_plan(context, snapshot, name, version, bill)
    ranges = page_ranges(snapshot.run.pages_to_extract, snapshot.run.range_size)
    if len(ranges) == 1:
        await _extract_range(context, snapshot, ranges[0])
    else:
        await send_tasks(context, snapshot, "extract", first_time=is_first_time)


async def _save_extraction_plan(context: Context, snapshot: Snapshot, name: str, version: str, bill: Bill) -> Snapshot:
    """Choose the pages to read and save the plan of their ranges; `name`, `version`: the document type's."""
    size = extraction_size(context)
    document_type = await context.types.load_version(name, version)
    chosen_pages = await choose_pages(context, snapshot.run, document_type)
    tasks = len(page_ranges(chosen_pages or snapshot.run.pages, size))
    heading = await find_headings(artifacts.StoredPages(context, snapshot.run), document_type) if tasks > 1 else 0
    return await save_plan(
        context,
        snapshot,
        document_type=name,
        type_version=version,
        bill=bill,
        selected_pages=chosen_pages,
        heading_page=heading,
        range_size=size,
        tasks_left=tasks,
    )


async def _classify(
    context: Context, run: Run, known_types: Mapping[str, DocumentType]
) -> tuple[DocumentType | Finding | None, Bill]:
    """Return the document type that a model sees in the first pages, None when it sees none, and what asking cost.

    Without a usable answer: the finding that says why.
    """
    numbers = range(1, min(run.pages, context.limits.classify_pages) + 1)
    pages = await artifacts.StoredPages(context, run).load(numbers)
    call = classify_call(context, known_types, pages, await load_pictures(context, run, pages[:1]))
    body, bill = await ask_with_fallback(context, call, "vision", payer_of(run, "extract", PLAN))
    return body if isinstance(body, Finding) else known_types.get(str(body["document_type"])), bill


async def _extract_range(context: Context, snapshot: Snapshot, pages: PageRange) -> None:
    run = snapshot.run
    if planned_count(run) > 1:
        await Range(context.traffic).give_way()
    document_type = await context.types.load_version(run.document_type or "", run.type_version)
    numbers = pages_of_range(await pages_to_read(context, run), pages)
    stored = artifacts.StoredPages(context, run)
    shown = await stored.load(numbers)
    heading = await load_heading_page(stored, document_type, run.heading_page, shown)
    first, second = independent_readers(context, document_type)
    step = payer_of(run, "extract", pages.name)
    answer, bill = await read_pages(first, run, document_type, shown, heading, step)
    if document_type.policy.second_reading:
        second_answer, cost = (
            await read_pages(second, run, document_type, shown, heading, step)
            if second
            else (NO_SECOND_READING, Bill())
        )
        await artifacts.save(context, run, f"{AGAIN}/{pages.name}", second_answer)
        bill = bill.plus(cost)
    await artifacts.save(context, run, f"extract/{pages.name}", answer)
    await finish(context, snapshot, TaskDone(stage="extract", name=pages.name, bill=bill))
