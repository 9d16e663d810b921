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
from shared.pipeline.answers.page_choice import choose, of_range, pages_to_read
from shared.pipeline.context import Context
from shared.pipeline.endings import hold
from shared.pipeline.extract.headings import find_headings, heading_page
from shared.pipeline.extract.packet import end_as_packet, find_parts
from shared.pipeline.extract.untyped import hold_untyped
from shared.pipeline.models.fallback import asked, readers
from shared.pipeline.models.gateway.gateway import payer
from shared.pipeline.models.prompting.prompts import classify_call
from shared.pipeline.models.questions import pictures, read_pages
from shared.pipeline.models.range_sizes import extraction_size
from shared.pipeline.models.spending import within_limits
from shared.pipeline.priority import Range
from shared.pipeline.store import artifacts
from shared.pipeline.store.current_step import load_if_current
from shared.pipeline.store.fan_in import finish, is_repetition, send_tasks
from shared.pipeline.store.rows.receipts import planned_count
from shared.pipeline.store.runs import Snapshot, reload, save_plan

UNCLASSIFIED = "The file could not be classified. {} Replay it, or drop it under incoming/<type>/."
NOBODY = RangeAnswer(
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
    context = await within_limits(context, snapshot.run, "extract")
    if message.task == PLAN:
        await _plan(context, snapshot)
        return
    size = snapshot.run.range_size or context.limits.extract_range
    pages = planned_range(snapshot.run.extent, size, message.task)
    if pages is not None:
        await _extract_range(context, snapshot, pages)


async def _plan(context: Context, snapshot: Snapshot) -> None:
    begins = not snapshot.run.range_size
    if begins:
        split = await find_parts(context, snapshot)
        if len(split.ranges) > 1:
            await end_as_packet(context, snapshot, split)
            return
        name, version = snapshot.run.document_type, snapshot.run.type_version
        bill = snapshot.run.bill.plus(split.bill)
        if name is None:
            known = await context.types.known()
            kind, cost = await _classify(context, snapshot.run, known)
            bill = bill.plus(cost)
            if isinstance(kind, Finding):
                await hold(context, snapshot, Reason(code=kind.rule, message=UNCLASSIFIED.format(kind.message)), bill)
                return
            if kind is None:
                await hold_untyped(context, snapshot, known, bill)
                return
            await context.types.keep(kind)
            name, version = kind.name, kind.version
        size = extraction_size(context)
        kind = await context.types.kept(name, version)
        chosen = await choose(context, snapshot.run, kind)
        tasks = len(page_ranges(chosen or snapshot.run.pages, size))
        heading = await find_headings(artifacts.StoredPages(context, snapshot.run), kind) if tasks > 1 else 0
        await save_plan(
            context,
            snapshot,
            document_type=name,
            type_version=version,
            bill=bill,
            chosen=chosen,
            heading=heading,
            range_size=size,
            tasks_left=tasks,
        )
        snapshot = await reload(context, snapshot)
    ranges = page_ranges(snapshot.run.extent, snapshot.run.range_size)
    if len(ranges) == 1:
        await _extract_range(context, snapshot, ranges[0])
    else:
        await send_tasks(context, snapshot, "extract", first_time=begins)


async def _classify(
    context: Context, run: Run, known: Mapping[str, DocumentType]
) -> tuple[DocumentType | Finding | None, Bill]:
    """Return the document type that a model sees in the first pages, None when it sees none, and what asking cost.

    Without a usable answer: the finding that says why.
    """
    numbers = range(1, min(run.pages, context.limits.classify_pages) + 1)
    pages = await artifacts.StoredPages(context, run).load(numbers)
    call = classify_call(context, known, pages, await pictures(context, run, pages[:1]))
    body, bill = await asked(context, call, "vision", payer(run, "extract", PLAN))
    return body if isinstance(body, Finding) else known.get(str(body["document_type"])), bill


async def _extract_range(context: Context, snapshot: Snapshot, pages: PageRange) -> None:
    run = snapshot.run
    if planned_count(run) > 1:
        await Range(context.traffic).give_way()
    kind = await context.types.kept(run.document_type or "", run.type_version)
    numbers = of_range(await pages_to_read(context, run), pages)
    stored = artifacts.StoredPages(context, run)
    some = await stored.load(numbers)
    heading = await heading_page(stored, kind, run.heading, some)
    first, second = readers(context, kind)
    step = payer(run, "extract", pages.name)
    answer, bill = await read_pages(first, run, kind, some, heading, step)
    if kind.policy.second_reading:
        again, cost = await read_pages(second, run, kind, some, heading, step) if second else (NOBODY, Bill())
        await artifacts.save(context, run, f"{AGAIN}/{pages.name}", again)
        bill = bill.plus(cost)
    await artifacts.save(context, run, f"extract/{pages.name}", answer)
    await finish(context, snapshot, TaskDone(stage="extract", name=pages.name, bill=bill))
