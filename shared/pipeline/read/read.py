"""Read: turn every page into lines with coordinates and a picture; a page that cannot be read has a problem."""

from collections.abc import AsyncIterator
from pathlib import Path

from shared.domain.base.errors import Unreadable
from shared.domain.documents.artifact_names import SECOND_READING
from shared.domain.documents.event import DuplicateFact
from shared.domain.documents.run import State
from shared.domain.documents.task import PLAN, StageMessage, TaskDone
from shared.domain.documents.unpacking import Member
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import Page
from shared.domain.reading.page_range import PageRange, page_ranges, planned_range
from shared.pipeline.context import Context
from shared.pipeline.intake.admission import Admitted, admit, check_size, claim_content
from shared.pipeline.intake.current_upload import hold_upload
from shared.pipeline.intake.malware import NotClean, hold_unclean
from shared.pipeline.intake.unpacked import end_as_unpacked
from shared.pipeline.local_files.copies import LocalCopy
from shared.pipeline.local_files.temporary import temporary_folder
from shared.pipeline.models.range_sizes import reading_sizes
from shared.pipeline.models.zones import within_zone
from shared.pipeline.priority import Range
from shared.pipeline.read.part import read_part
from shared.pipeline.read.recognize import model_ceiling, recognize_page
from shared.pipeline.read.unlock import OpenedFile, open_file, source_file
from shared.pipeline.read.unpack import extract_members, holds_only_files, receive_members
from shared.pipeline.store.artifacts import save, save_pages, save_picture
from shared.pipeline.store.current_step import load_if_current
from shared.pipeline.store.fan_in import finish, is_repetition, send_tasks
from shared.pipeline.store.messages import ask_to_publish
from shared.pipeline.store.rows.outbox import base_fact
from shared.pipeline.store.rows.receipts import planned_count
from shared.pipeline.store.runs import Snapshot, move
from shared.ports.isolation import Caller, calls_for
from shared.ports.reading import Reader, SourceFile, SourcePage


async def read(context: Context, message: StageMessage) -> None:
    """Take one step of reading: the plan, or one page range. A message that is no longer due changes nothing.

    Raises Permanent (unreadable, superseded) and Retryable.
    """
    with calls_for(Caller(message.document_id, is_range=message.task != PLAN)):
        await _read(context, message)


async def _read(context: Context, message: StageMessage) -> None:
    snapshot = await load_if_current(context, message, State.RECEIVED, State.READING)
    if snapshot is None or await is_repetition(context, snapshot, "read", message.task):
        return
    context = within_zone(context, snapshot.document)
    if snapshot.document.pages is not None:
        await read_part(context, snapshot, message, snapshot.document.pages)
        return
    if message.task == PLAN and planned_count(snapshot.run) > 1:
        await send_tasks(context, snapshot, "read", first_time=False)
        return
    check_size(context, snapshot.document)
    try:
        await _read_upload(context, snapshot, message)
    except NotClean as refusal:
        await hold_unclean(context, snapshot, refusal)


async def _read_upload(context: Context, snapshot: Snapshot, message: StageMessage) -> None:
    """Take the step with a copy of the upload; raises NotClean before anything is read."""
    async with hold_upload(context, snapshot) as copy:
        if message.task == PLAN:
            await _plan_ranges(context, snapshot, copy)
            return
        pages = planned_range(snapshot.run.pages, snapshot.run.range_size, message.task)
        if pages is not None:
            await _read_range(context, snapshot, copy, pages)


async def _plan_ranges(context: Context, snapshot: Snapshot, copy: LocalCopy) -> None:
    if snapshot.run.state is State.RECEIVED:
        async with temporary_folder() as folder:
            started = await _start_reading(context, snapshot, copy, folder / "members")
        if started is None:
            return
        snapshot = started
    ranges = page_ranges(snapshot.run.pages, snapshot.run.range_size)
    if len(ranges) == 1:
        await _read_range(context, snapshot, copy, ranges[0])
    else:
        await send_tasks(context, snapshot, "read", first_time=True)


async def _start_reading(context: Context, snapshot: Snapshot, copy: LocalCopy, unpacked: Path) -> Snapshot | None:
    """Open a file and start reading it; None when its Run ended. Members are written to the new folder `unpacked`."""
    document = snapshot.document
    admitted = await admit(context, document, copy)
    # Before the claim: what cannot be read must not hold one.
    opened = await _open(context, admitted, copy)
    members = await extract_members(context, document, admitted.media_type, opened.file, unpacked)
    if opened.refusal and all(member.skipped for member in members):
        raise opened.refusal
    original = None if snapshot.run.forced else await claim_content(context, document, admitted)
    if original is not None:
        await _end_as_duplicate(context, snapshot, admitted, original)
        return None
    members = await receive_members(context, snapshot, admitted, members, unpacked)
    if opened.refusal or holds_only_files(context, admitted.media_type, members):
        await end_as_unpacked(context, snapshot, admitted, members)
        return None
    await _save_embedded_data(context, snapshot, admitted, opened.file)  # before the state: who validates must find it
    return await _move_to_reading(context, snapshot, admitted, opened, members)


async def _open(context: Context, admitted: Admitted, copy: LocalCopy) -> OpenedFile:
    opened = await open_file(context, admitted, copy)
    if opened.pages > context.limits.max_pages:
        code = "too_large"
        text = f"The file has {opened.pages} pages; the limit (INTRAY_MAX_PAGES) is {context.limits.max_pages}."
        raise Unreadable(code, text)
    return opened


async def _save_embedded_data(context: Context, snapshot: Snapshot, admitted: Admitted, file: SourceFile) -> None:
    """Save the data embedded in the file, if any: a second reading to compare the pages with."""
    reader = context.embedded_data_readers.get(admitted.media_type)
    second = await reader.read(file) if reader else None
    if second is not None:
        await save(context, snapshot.run, SECOND_READING, second)


async def _move_to_reading(
    context: Context, snapshot: Snapshot, admitted: Admitted, opened: OpenedFile, members: tuple[Member, ...]
) -> Snapshot:
    size, group = reading_sizes(context)
    document_type = admitted.document_type
    if document_type is not None:
        await context.types.keep(document_type)
    return await move(
        context,
        snapshot,
        State.READING,
        content_hash=admitted.content_hash,
        media_type=admitted.media_type,
        configuration=admitted.configuration,
        document_type=document_type.name if document_type else None,
        type_version=document_type.version if document_type else "",
        encrypted=opened.encrypted,
        pages=opened.pages,
        page_group=group,
        members=len(members),
        children=sum(member.document_id is not None for member in members),
        range_size=size,
        tasks_left=len(page_ranges(opened.pages, size)),
    )


async def _end_as_duplicate(context: Context, snapshot: Snapshot, admitted: Admitted, original: str) -> None:
    fact = DuplicateFact.model_validate(base_fact(snapshot.document, snapshot.run) | {"duplicate_of": original})
    await move(
        context,
        snapshot,
        State.DUPLICATE,
        event="duplicate",
        fact=fact,
        duplicate_of=original,
        content_hash=admitted.content_hash,
        configuration=admitted.configuration,
    )
    await ask_to_publish(context, snapshot.document.id, snapshot.run.number)


async def _read_range(context: Context, snapshot: Snapshot, copy: LocalCopy, pages: PageRange) -> None:
    run = snapshot.run
    on_its_way = Range(context.traffic) if planned_count(run) > 1 else None
    file = await source_file(context, copy, run.document_type, encrypted=run.encrypted)
    finished_pages = list[Page]()
    async for source in _read_source_pages(context, context.readers[run.media_type or ""], file, pages.numbers):
        if on_its_way is not None:
            await on_its_way.give_way()
        page, picture = await recognize_page(context, run, source)
        if picture is not None:
            await save_picture(context, run, page.number, picture.data)
        finished_pages.append(page)
    await save_pages(context, run, finished_pages)
    await finish(context, snapshot, TaskDone(stage="read", name=pages.name))


async def _read_source_pages(
    context: Context, reader: Reader, file: SourceFile, numbers: range
) -> AsyncIterator[SourcePage]:
    """Yield the pages of a file; those after `pictured_pages` have a picture only where OCR needs one.

    A picture costs about five times as much as text: to render, to store, to send, and in tokens.
    """
    model = model_ceiling(context)
    ocr = context.limits.ocr_ceiling if context.recognizer else model
    first_without_picture = context.limits.pictured_pages + 1
    with_picture = range(numbers.start, min(numbers.stop, first_without_picture))
    without_picture = range(max(numbers.start, first_without_picture), numbers.stop)
    for batch, ceiling in ((with_picture, model), (without_picture, Ceiling(0))):
        if batch:
            async for source in reader.pages(file, list(batch), ceiling, ocr):
                yield source
