"""Read a Part (one document of several in a file): copy its pages from the Run of the file."""

import hashlib
from copy import replace

from shared.domain.base.errors import Superseded
from shared.domain.documents.run import Run, State
from shared.domain.documents.task import PLAN, StageMessage, TaskDone
from shared.domain.reading.page import Page, line_id
from shared.domain.reading.page_range import PageRange, page_ranges
from shared.pipeline.context import Context
from shared.pipeline.intake.admission import configuration, load_folder_type
from shared.pipeline.models.range_sizes import reading_sizes
from shared.pipeline.store import artifacts
from shared.pipeline.store.fan_in import finish, send_tasks
from shared.pipeline.store.runs import Snapshot, load, move


async def read_part(context: Context, snapshot: Snapshot, message: StageMessage, part: PageRange) -> None:
    """Take one step of reading a Part: the plan, or copying one range of its pages from the file's Run.

    Raises Superseded when the file is forgotten.
    """
    source = await load(context, snapshot.document.parent or "")
    if source is None or not source.run.pages:
        raise Superseded("gone", "The file that this document is a part of was deleted: upload it again.")
    begins = message.task == PLAN and snapshot.run.state is State.RECEIVED
    if begins:
        snapshot = await _start_reading(context, snapshot, source.run, part)
    ranges = page_ranges(snapshot.run.pages, snapshot.run.range_size)
    if message.task == PLAN and len(ranges) > 1:
        await send_tasks(context, snapshot, "read", first_time=begins)
        return
    for pages in ranges:
        if message.task in (PLAN, pages.name):
            await _copy_pages(context, snapshot, source.run, part, pages)


async def _start_reading(context: Context, snapshot: Snapshot, source: Run, part: PageRange) -> Snapshot:
    document_type = await load_folder_type(context, snapshot.document)
    if document_type is not None:
        await context.types.keep(document_type)
    size, group = reading_sizes(context)
    count = part.last - part.first + 1
    return await move(
        context,
        snapshot,
        State.READING,
        content_hash=hashlib.sha256(f"{source.content_hash} {part.name}".encode()).hexdigest(),
        media_type=source.media_type,
        configuration=configuration(context, document_type, snapshot.document.policy),
        document_type=document_type.name if document_type else None,
        type_version=document_type.version if document_type else "",
        pages=count,
        page_group=group,
        range_size=size,
        tasks_left=len(page_ranges(count, size)),
    )


async def _copy_pages(context: Context, snapshot: Snapshot, source: Run, part: PageRange, pages: PageRange) -> None:
    """Copy a range of pages with their pictures, numbered as in the Part."""
    run, skipped = snapshot.run, part.first - 1
    source_pages = await artifacts.StoredPages(context, source).load(
        range(pages.first + skipped, pages.last + skipped + 1)
    )
    for page in source_pages:
        picture = await artifacts.load_picture(context, source, page.number) if page.has_image else None
        if picture is not None:
            await artifacts.save_picture(context, run, page.number - skipped, picture)
    await artifacts.save_pages(context, run, [_renumber_page(page, page.number - skipped) for page in source_pages])
    await finish(context, snapshot, TaskDone(stage="read", name=pages.name))


def _renumber_page(page: Page, number: int) -> Page:
    lines = tuple(replace(line, id=line_id(number, index)) for index, line in enumerate(page.lines, 1))
    return replace(page, number=number, lines=lines)
