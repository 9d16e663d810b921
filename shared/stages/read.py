"""Read: every page becomes lines with places and a picture; no page is dropped in silence."""

from collections.abc import AsyncIterator
from pathlib import Path

from shared.domain.errors import Unreadable
from shared.domain.event import DuplicateFact
from shared.domain.page import Page
from shared.domain.reading import Ceiling
from shared.domain.run import State
from shared.domain.task import PLAN, PageRange, StageMessage, TaskDone, page_ranges, planned_range
from shared.domain.unpacking import Member
from shared.ports.isolation import Caller, calls_for
from shared.ports.reading import Reader, SourceFile, SourcePage
from shared.stages.admit import Admitted, admit, check_size, earlier_copy
from shared.stages.artefacts import save, save_pages, save_picture
from shared.stages.copies import LocalCopy
from shared.stages.core import Core
from shared.stages.current import hold_upload
from shared.stages.due import due
from shared.stages.fan_in import finish, is_repetition, send_tasks
from shared.stages.fan_out import reading_sizes
from shared.stages.ledger import Snapshot, load, move
from shared.stages.outbox import ask_to_publish, base_fact
from shared.stages.part import read_part
from shared.stages.receipts import planned_count
from shared.stages.recognise import completed, model_ceiling
from shared.stages.temporary import temporary_folder
from shared.stages.traffic import Range
from shared.stages.unlock import Opened, open_file, source_file
from shared.stages.unpack import end_as_unpacked, holds_only_files, receive_members, take_out

SECOND_READING = "second-reading"
"""The name of the artefact that holds what the file's own data says."""


async def read(core: Core, message: StageMessage) -> None:
    """Take one step of reading: the plan, or one page range. A message that is no longer due changes nothing.

    Raises Permanent (unreadable, superseded) and Retryable.
    """
    with calls_for(Caller(message.document_id, is_range=message.task != PLAN)):
        await _read(core, message)


async def _read(core: Core, message: StageMessage) -> None:
    snapshot = await due(core, message, State.RECEIVED, State.READING)
    if snapshot is None or await is_repetition(core, snapshot, "read", message.task):
        return
    if snapshot.document.pages is not None:
        await read_part(core, snapshot, message, snapshot.document.pages)
        return
    if message.task == PLAN and planned_count(snapshot.run) > 1:
        await send_tasks(core, snapshot, "read", first_time=False)
        return
    check_size(core, snapshot.document)
    async with hold_upload(core, snapshot) as copy:
        if message.task == PLAN:
            await _plan(core, snapshot, copy)
            return
        pages = planned_range(snapshot.run.pages, snapshot.run.range_size, message.task)
        if pages is not None:
            await _read_range(core, snapshot, copy, pages)


async def _plan(core: Core, snapshot: Snapshot, copy: LocalCopy) -> None:
    if snapshot.run.state is State.RECEIVED:
        async with temporary_folder() as folder:
            begun = await _take_up(core, snapshot, copy, folder / "members")
        if begun is None:
            return
        snapshot = begun
    ranges = page_ranges(snapshot.run.pages, snapshot.run.range_size)
    if len(ranges) == 1:
        await _read_range(core, snapshot, copy, ranges[0])
    else:
        await send_tasks(core, snapshot, "read", first_time=True)


async def _take_up(core: Core, snapshot: Snapshot, copy: LocalCopy, unpacked: Path) -> Snapshot | None:
    """Look into a file, and begin reading it; None when it ended here. Its members go to the new folder `unpacked`."""
    document = snapshot.document
    admitted = await admit(core, document, copy)
    # Before the claim: what cannot be read must not hold one.
    opened = await _open(core, admitted, copy)
    members = await take_out(core, document, admitted.media_type, opened.file, unpacked)
    if opened.refusal and all(member.skipped for member in members):
        raise opened.refusal
    original = None if snapshot.run.forced else await earlier_copy(core, document, admitted)
    if original is not None:
        await _end_as_duplicate(core, snapshot, admitted, original)
        return None
    members = await receive_members(core, snapshot, admitted, members, unpacked)
    if opened.refusal or holds_only_files(core, admitted.media_type, members):
        await end_as_unpacked(core, snapshot, admitted, members)
        return None
    await _read_data(core, snapshot, admitted, opened.file)  # before the state: who validates must find it
    return await _begin(core, snapshot, admitted, opened, members)


async def _open(core: Core, admitted: Admitted, copy: LocalCopy) -> Opened:
    opened = await open_file(core, admitted, copy)
    if opened.pages > core.limits.max_pages:
        code = "too_large"
        text = f"The file has {opened.pages} pages; the limit (INTRAY_MAX_PAGES) is {core.limits.max_pages}."
        raise Unreadable(code, text)
    return opened


async def _read_data(core: Core, snapshot: Snapshot, admitted: Admitted, file: SourceFile) -> None:
    """Keep what the file says of itself as data, if it does: a second reading to compare its pages with."""
    reader = core.second_readers.get(admitted.media_type)
    second = await reader.read(file) if reader else None
    if second is not None:
        await save(core, snapshot.run, SECOND_READING, second)


async def _begin(
    core: Core, snapshot: Snapshot, admitted: Admitted, opened: Opened, members: tuple[Member, ...]
) -> Snapshot:
    size, group = reading_sizes(core)
    chosen = admitted.document_type
    if chosen is not None:
        await core.types.keep(chosen)
    await move(
        core,
        snapshot,
        State.READING,
        content_hash=admitted.content_hash,
        media_type=admitted.media_type,
        configuration=admitted.configuration,
        document_type=chosen.name if chosen else None,
        type_version=chosen.version if chosen else "",
        encrypted=opened.encrypted,
        pages=opened.pages,
        page_group=group,
        members=len(members),
        children=sum(member.document_id is not None for member in members),
        range_size=size,
        tasks_left=len(page_ranges(opened.pages, size)),
    )
    fresh = await load(core, snapshot.document.id, snapshot.run.number)
    return fresh or snapshot


async def _end_as_duplicate(core: Core, snapshot: Snapshot, admitted: Admitted, original: str) -> None:
    fact = DuplicateFact.model_validate(base_fact(snapshot.document, snapshot.run) | {"duplicate_of": original})
    await move(
        core,
        snapshot,
        State.DUPLICATE,
        event="duplicate",
        fact=fact,
        duplicate_of=original,
        content_hash=admitted.content_hash,
        configuration=admitted.configuration,
    )
    await ask_to_publish(core, snapshot.document.id)


async def _read_range(core: Core, snapshot: Snapshot, copy: LocalCopy, pages: PageRange) -> None:
    run = snapshot.run
    on_its_way = Range(core.traffic) if planned_count(run) > 1 else None
    file = await source_file(core, copy, run.document_type, encrypted=run.encrypted)
    kept = list[Page]()
    async for source in _sources(core, core.readers[run.media_type or ""], file, pages.numbers):
        if on_its_way is not None:
            await on_its_way.give_way()
        page, picture = await completed(core, run, source)
        if picture is not None:
            await save_picture(core, run, page.number, picture.data)
        kept.append(page)
    await save_pages(core, run, kept)
    await finish(core, snapshot, TaskDone(stage="read", name=pages.name))


async def _sources(core: Core, reader: Reader, file: SourceFile, numbers: range) -> AsyncIterator[SourcePage]:
    """The pages of a file as it gives them, those beyond `pictured_pages` with a picture only where OCR wants one.

    A picture costs five times what its text does: to draw, to keep, to send, and in tokens.
    """
    model = model_ceiling(core)
    ocr = core.limits.ocr_ceiling if core.recognizer else model
    beyond = core.limits.pictured_pages + 1
    shown = range(numbers.start, min(numbers.stop, beyond))
    unseen = range(max(numbers.start, beyond), numbers.stop)
    for some, ceiling in ((shown, model), (unseen, Ceiling(0))):
        if some:
            async for source in reader.pages(file, list(some), ceiling, ocr):
                yield source
