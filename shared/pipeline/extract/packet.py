"""Packets: split a file that holds several documents; each Part becomes a child Document."""

from collections.abc import Sequence
from copy import replace
from itertools import batched
from typing import NamedTuple

from shared.domain.base.finding import Finding
from shared.domain.documents.document import Document, document_id
from shared.domain.documents.run import Run
from shared.domain.documents.unpacking import Member
from shared.domain.models.model_call import Bill
from shared.domain.reading.packet import SignReader, judge_pages, parts
from shared.domain.reading.page_range import PageRange
from shared.domain.types.document_type import DocumentType
from shared.pipeline.context import Context
from shared.pipeline.intake.admission import Admitted
from shared.pipeline.intake.ingest import ingest
from shared.pipeline.intake.unpacked import end_as_unpacked
from shared.pipeline.models.fallback import ask_with_fallback
from shared.pipeline.models.gateway.gateway import payer_of
from shared.pipeline.models.prompting.prompts import split_call
from shared.pipeline.store import artifacts
from shared.pipeline.store.members import load_members, save_members
from shared.pipeline.store.runs import Snapshot

MAX_UNSURE_PAGES = 100
"""Unsure pages of a file that a model is asked about; a file with more of them is a book, not a packet."""
PAGES_PER_REQUEST = 40


class Split(NamedTuple):
    """The page ranges of the documents in a file, and the cost of finding them."""

    ranges: tuple[PageRange, ...]
    bill: Bill


async def find_parts(context: Context, snapshot: Snapshot) -> Split:
    """Return where the documents of a file begin; one range when it is a single document, or is not to be taken apart.

    A file whose type is known already is taken apart only where its pages leave no doubt, and its type allows it.
    """
    run, document = snapshot.run, snapshot.document
    whole_file = (PageRange(first=1, last=run.pages),)
    if run.pages == 1 or document.pages or document.depth >= context.limits.max_nesting:
        return Split(whole_file, Bill())
    known_types = await context.types.current_types()
    document_type = known_types.get(run.document_type or "")
    if document_type is not None and not document_type.policy.packets:
        return Split(whole_file, Bill())
    types = [document_type] if document_type else list(known_types.values())
    stored = artifacts.StoredPages(context, run)
    reader = SignReader(types)
    page_verdicts = list(judge_pages([reader.read(page) async for page in stored.all()]))
    open_pages = [number for number, verdict in enumerate(page_verdicts, 1) if verdict == "unsure"]
    bill = Bill()
    if document_type is None and len(open_pages) <= MAX_UNSURE_PAGES:
        for batch in batched(open_pages, PAGES_PER_REQUEST, strict=False):
            firsts, cost = await _ask_for_first_pages(context, run, types, stored, batch)
            bill = bill.plus(cost)
            for number in firsts:
                page_verdicts[number - 1] = "starts"
    return Split(parts(page_verdicts), bill)


async def end_as_packet(context: Context, snapshot: Snapshot, split: Split) -> None:
    """Make a Document of each Part, start it, and end the Run of the file as unpacked; safe to repeat.

    Raises Conflict when somebody moved the Run first.
    """
    run, document = snapshot.run, snapshot.document
    document_type = (await context.types.current_types()).get(run.document_type or "")
    attached = await load_members(context, run) if run.members else ()
    attached = tuple(member for member in attached if not member.pages)
    children = [_part_document(context, document, pages) for pages in split.ranges]
    part_members = tuple(
        Member(index=index, name=f"pages {pages.first}-{pages.last}", document_id=child.id, pages=pages)
        for index, (pages, child) in enumerate(zip(split.ranges, children, strict=True), len(attached) + 1)
    )
    members = attached + part_members
    await save_members(context, document, run, run.content_hash or "", members)
    for child in children:
        await ingest(context, child)
    admitted = Admitted(run.content_hash or "", run.media_type or "", run.configuration, document_type)
    await end_as_unpacked(context, snapshot, admitted, members, run.bill.plus(split.bill))


async def _ask_for_first_pages(
    context: Context, run: Run, types: Sequence[DocumentType], stored: artifacts.StoredPages, doubtful: Sequence[int]
) -> tuple[list[int], Bill]:
    """Return which of the `doubtful` pages a model considers first pages, and the cost; none when it has no answer."""
    shown = sorted({*doubtful, *(number - 1 for number in doubtful)})
    pages = [page for number in shown for page in await stored.load(range(number, number + 1))]
    call = split_call(context, types, pages, doubtful)
    body, bill = await ask_with_fallback(context, call, "vision", payer_of(run, "extract", f"split-{doubtful[0]}"))
    if isinstance(body, Finding):
        return [], bill
    return [number for number in body["first_pages"] if number in doubtful], bill


def _part_document(context: Context, file: Document, pages: PageRange) -> Document:
    return replace(
        file,
        id=document_id(file.container, file.name, file.etag, pages),
        received=context.clock.now(),
        parent=file.id,
        depth=file.depth + 1,
        pages=pages,
    )
