"""Extract: classify the file if its folder did not, then ask a vision model for the fields, range by range."""

from collections.abc import Mapping

from shared.domain.document_type import DocumentType
from shared.domain.finding import Finding
from shared.domain.model_call import Bill
from shared.domain.run import Reason, Run, State
from shared.domain.task import PLAN, PageRange, StageMessage, TaskDone, page_ranges, planned_range
from shared.stages import artefacts
from shared.stages.answers import RangeAnswer
from shared.stages.asking import asked, readers
from shared.stages.core import Core
from shared.stages.due import due
from shared.stages.fail import hold
from shared.stages.fan_in import finish, is_repetition, send_tasks
from shared.stages.fan_out import extraction_size
from shared.stages.gateway import payer
from shared.stages.headings import find_headings, heading_page
from shared.stages.ledger import Snapshot, plan, reload
from shared.stages.packet import end_as_packet, find_parts
from shared.stages.page_choice import choose, of_range, pages_to_read
from shared.stages.prompts import classify_call
from shared.stages.questions import pictures, read_pages
from shared.stages.receipts import planned_count
from shared.stages.spending import within_limits
from shared.stages.traffic import Range
from shared.stages.untyped import hold_untyped

UNCLASSIFIED = "The file could not be classified. {} Replay it, or drop it under incoming/<type>/."
AGAIN = "again"
"""The folder of the artefacts that hold the second reading of each range, where a type's policy asks for one."""
NOBODY = RangeAnswer(
    findings=(
        Finding(rule="no_second_reader", severity="error", message="the catalogue has no other deployment that reads."),
    )
)


async def extract(core: Core, message: StageMessage) -> None:
    """Take one step of extraction: the plan, or one page range. A message that is no longer due changes nothing.

    Raises Retryable and Permanent of the model.
    """
    snapshot = await due(core, message, State.EXTRACTING)
    if snapshot is None or await is_repetition(core, snapshot, "extract", message.task):
        return
    core = await within_limits(core, snapshot.run, "extract")
    if message.task == PLAN:
        await _plan(core, snapshot)
        return
    size = snapshot.run.range_size or core.limits.extract_range
    pages = planned_range(snapshot.run.extent, size, message.task)
    if pages is not None:
        await _extract_range(core, snapshot, pages)


async def _plan(core: Core, snapshot: Snapshot) -> None:
    begins = not snapshot.run.range_size
    if begins:
        split = await find_parts(core, snapshot)
        if len(split.ranges) > 1:
            await end_as_packet(core, snapshot, split)
            return
        name, version = snapshot.run.document_type, snapshot.run.type_version
        bill = snapshot.run.bill.plus(split.bill)
        if name is None:
            known = await core.types.known()
            kind, cost = await _classify(core, snapshot.run, known)
            bill = bill.plus(cost)
            if isinstance(kind, Finding):
                await hold(core, snapshot, Reason(code=kind.rule, message=UNCLASSIFIED.format(kind.message)), bill)
                return
            if kind is None:
                await hold_untyped(core, snapshot, known, bill)
                return
            await core.types.keep(kind)
            name, version = kind.name, kind.version
        size = extraction_size(core)
        kind = await core.types.kept(name, version)
        chosen = await choose(core, snapshot.run, kind)
        tasks = len(page_ranges(chosen or snapshot.run.pages, size))
        heading = await find_headings(artefacts.StoredPages(core, snapshot.run), kind) if tasks > 1 else 0
        await plan(
            core,
            snapshot,
            document_type=name,
            type_version=version,
            bill=bill,
            chosen=chosen,
            heading=heading,
            range_size=size,
            tasks_left=tasks,
        )
        snapshot = await reload(core, snapshot)
    ranges = page_ranges(snapshot.run.extent, snapshot.run.range_size)
    if len(ranges) == 1:
        await _extract_range(core, snapshot, ranges[0])
    else:
        await send_tasks(core, snapshot, "extract", first_time=begins)


async def _classify(
    core: Core, run: Run, known: Mapping[str, DocumentType]
) -> tuple[DocumentType | Finding | None, Bill]:
    """Return the document type that a model sees in the first pages, None when it sees none, and what asking cost.

    Without a usable answer: the finding that says why.
    """
    numbers = range(1, min(run.pages, core.limits.classify_pages) + 1)
    pages = await artefacts.StoredPages(core, run).some(numbers)
    call = classify_call(core, known, pages, await pictures(core, run, pages[:1]))
    body, bill = await asked(core, call, "vision", payer(run, "extract", PLAN))
    return body if isinstance(body, Finding) else known.get(str(body["document_type"])), bill


async def _extract_range(core: Core, snapshot: Snapshot, pages: PageRange) -> None:
    run = snapshot.run
    if planned_count(run) > 1:
        await Range(core.traffic).give_way()
    kind = await core.types.kept(run.document_type or "", run.type_version)
    numbers = of_range(await pages_to_read(core, run), pages)
    stored = artefacts.StoredPages(core, run)
    some = await stored.some(numbers)
    heading = await heading_page(stored, kind, run.heading, some)
    first, second = readers(core, kind)
    step = payer(run, "extract", pages.name)
    answer, bill = await read_pages(first, run, kind, some, heading, step)
    if kind.policy.second_reading:
        again, cost = await read_pages(second, run, kind, some, heading, step) if second else (NOBODY, Bill())
        await artefacts.save(core, run, f"{AGAIN}/{pages.name}", again)
        bill = bill.plus(cost)
    await artefacts.save(core, run, f"extract/{pages.name}", answer)
    await finish(core, snapshot, TaskDone(stage="extract", name=pages.name, bill=bill))
