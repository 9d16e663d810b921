"""Extract: classify the file if its folder did not, then ask a vision model for the fields, range by range."""

from collections.abc import Mapping, Sequence

from shared.domain.document_type import DocumentType, FieldSpec
from shared.domain.finding import Finding
from shared.domain.model_call import Bill
from shared.domain.page import Page
from shared.domain.run import Run, State
from shared.domain.task import PLAN, PageRange, StageMessage, TaskDone, page_ranges, planned_range
from shared.stages import artefacts
from shared.stages.answers import RangeAnswer, merged, range_answer
from shared.stages.asking import asked, readers
from shared.stages.core import Core
from shared.stages.due import due
from shared.stages.fan_out import extraction_size, send_ranges
from shared.stages.gateway import payer
from shared.stages.ledger import Snapshot, finish_task, plan, reload
from shared.stages.packet import end_as_packet, find_parts
from shared.stages.prompts import classify_call, extract_call
from shared.stages.schema import groups
from shared.stages.untyped import hold_untyped

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
    if snapshot is None:
        return
    if message.task == PLAN:
        await _plan(core, snapshot)
        return
    size = snapshot.run.range_size or core.limits.extract_range
    pages = planned_range(snapshot.run.pages, size, message.task)
    if pages is not None:
        await _extract_range(core, snapshot, pages)


async def _plan(core: Core, snapshot: Snapshot) -> None:
    if not snapshot.run.range_size:
        split = await find_parts(core, snapshot)
        if len(split.ranges) > 1:
            await end_as_packet(core, snapshot, split)
            return
        name, version = snapshot.run.document_type, snapshot.run.type_version
        bill = snapshot.run.bill.plus(split.bill)
        if name is None:
            known = await core.types.known()
            kind, asked = await _classify(core, snapshot.run, known)
            bill = bill.plus(asked)
            if kind is None:
                await hold_untyped(core, snapshot, known, bill)
                return
            await core.types.keep(kind)
            name, version = kind.name, kind.version
        size = extraction_size(core)
        tasks = len(page_ranges(snapshot.run.pages, size))
        changes = {"document_type": name, "type_version": version, "bill": bill}
        await plan(core, snapshot, **changes, range_size=size, tasks_left=tasks)
        snapshot = await reload(core, snapshot)
    ranges = page_ranges(snapshot.run.pages, snapshot.run.range_size)
    if len(ranges) == 1:
        await _extract_range(core, snapshot, ranges[0])
    else:
        await send_ranges(core, snapshot.run, "extract", ranges)


async def _classify(core: Core, run: Run, known: Mapping[str, DocumentType]) -> tuple[DocumentType | None, Bill]:
    """The document type that a model sees in the first pages, or None; and what asking cost."""
    numbers = range(1, min(run.pages, core.limits.classify_pages) + 1)
    pages = await artefacts.StoredPages(core, run).some(numbers)
    call = classify_call(core, known, pages, await _pictures(core, run, pages[:1]))
    body, bill = await asked(core, call, "vision", payer(run, "extract", PLAN))
    return None if isinstance(body, Finding) else known.get(str(body["document_type"])), bill


async def _extract_range(core: Core, snapshot: Snapshot, pages: PageRange) -> None:
    run = snapshot.run
    kind = await core.types.kept(run.document_type or "", run.type_version)
    stored = await artefacts.StoredPages(core, run).some(pages.numbers)
    first, second = readers(core, kind)
    answer, bill = await _read_pages(first, run, kind, stored)
    if kind.policy.second_reading:
        again, cost = await _read_pages(second, run, kind, stored) if second else (NOBODY, Bill())
        await artefacts.save(core, run, f"{AGAIN}/{pages.name}", again)
        bill = bill.plus(cost)
    await artefacts.save(core, run, f"extract/{pages.name}", answer)
    done = TaskDone(stage="extract", name=pages.name, bill=bill)
    moved = await finish_task(core, snapshot, done, State.VALIDATING)
    if moved is not None:
        message = StageMessage(document_id=run.document_id, run=run.number)
        await core.queues.send("validate", message.model_dump_json())


async def _read_pages(core: Core, run: Run, kind: DocumentType, pages: Sequence[Page]) -> tuple[RangeAnswer, Bill]:
    """What models read from `pages`: a request for each group of fields, because one schema takes only so many."""
    answers, bill = [], Bill()
    for specs in groups(kind):
        answer, cost = await _read_fields(core, run, kind, specs, pages)
        answers.append(answer)
        bill = bill.plus(cost)
    return merged(kind, answers), bill


async def _read_fields(
    core: Core, run: Run, kind: DocumentType, specs: Sequence[FieldSpec], pages: Sequence[Page]
) -> tuple[RangeAnswer, Bill]:
    """What a model reads of `specs` from `pages`; an answer that was cut off is asked again in halves.

    Halves of the pages first, then of the fields.
    """
    call = extract_call(core, kind, specs, pages, await _pictures(core, run, pages))
    body, bill = await asked(core, call, "vision", payer(run, "extract", f"p{pages[0].number}-{pages[-1].number}"))
    if not isinstance(body, Finding):
        return range_answer(specs, body, pages), bill
    half_pages, half_specs = len(pages) // 2, len(specs) // 2
    if body.rule == "length" and half_pages:
        halves = [(specs, pages[:half_pages]), (specs, pages[half_pages:])]
    elif body.rule == "length" and half_specs:
        halves = [(specs[:half_specs], pages), (specs[half_specs:], pages)]
    else:
        where = f" (pages {pages[0].number} to {pages[-1].number})"
        told = body.model_copy(update={"message": body.message + where, "fields": tuple(spec.name for spec in specs)})
        return RangeAnswer(findings=(told,)), bill
    answers = []
    for some, few in halves:
        answer, cost = await _read_fields(core, run, kind, some, few)
        answers.append(answer)
        bill = bill.plus(cost)
    return merged(kind, answers), bill


async def _pictures(core: Core, run: Run, pages: Sequence[Page]) -> list[tuple[int, bytes]]:
    if not core.gateway.catalogue.for_task("vision").images:
        return []
    found = [(page.number, await artefacts.picture(core, run, page.number)) for page in pages if page.has_image]
    return [(number, data) for number, data in found if data is not None]
