"""`intray bench pages`: a very long file through a whole cloud, to one outcome with every page in its result."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from local.cloud.api import Api, EventLog, api
from local.cloud.cloud import Cloud
from local.cloud.options import CloudOptions
from local.cloud.storage import uploads
from local.cloud.watch import outcome_event
from quality.bench.process_watch import ProcessWatch
from quality.bench.subjects import text_pdf
from quality.measure import Figure
from shared.pipeline.operations.status import DocumentDetail

FIRST_PAGE = (
    "Fernlicht Optics Ltd",
    "Invoice",
    "Invoice no.: L-5000",
    "Invoice date: 2026-03-09",
    "Due date: 2026-04-08",
    "Bill to: Tern & Petrel Rowing Club",
    "Net total: EUR 100.00",
    "VAT 19 %: EUR 19.00",
    "Grand total: EUR 119.00",
    "Amount due: EUR 119.00",
)
WORKER_GOAL = 700
"""MiB; the smallest instance of the Flex Consumption plan has 512 MB, the usual one 2,048 MB."""
_WORKERS, _READERS = range(2, 3), range(3, 9)
"""Levels of processes below this one: parts, workers of the host, and what reads for a worker or the model server."""
_PAUSE = 2.0


async def measure(folder: Path, pages: int, tell: Callable[[str], None]) -> list[Figure]:
    """Send a text of `pages` pages, which begins as an invoice, through a cloud in the new folder `folder`.

    It waits for the outcome however long that takes. Raises CloudError.
    """
    tell(f"making a file of {pages} pages")
    file = text_pdf(folder / "long.pdf", pages, first=FIRST_PAGE)
    async with Cloud(CloudOptions(folder / "cloud"), tell) as cloud, _watching() as watch:
        began = time.monotonic()
        async with api(cloud.addresses) as client, uploads(cloud.addresses.storage) as storage:
            document = await storage.upload(file, "invoice/long.pdf")
            detail = await settled(client, document, tell)
            seconds = time.monotonic() - began
            told = await _page_report(EventLog(cloud.addresses.events), detail)
    return _figures(pages, detail, told, watch, seconds)


@asynccontextmanager
async def _watching() -> AsyncIterator[ProcessWatch]:
    watch = ProcessWatch(os.getpid())
    watching = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


async def settled(client: Api, document: str, tell: Callable[[str], None]) -> DocumentDetail:
    """Return the Document once nothing moves it on any more; `tell` hears of each state."""
    state = None
    while (detail := await client.detail(document)) is None or not detail.run.is_settled:
        if detail is not None and detail.run.state is not state:
            state = detail.run.state
            tell(state.value)
        await asyncio.sleep(_PAUSE)
    return detail


async def _page_report(log: EventLog, detail: DocumentDetail) -> int:
    """Return how often the subscriber heard of the outcome, once it heard of it."""
    ending = f".document.{outcome_event(detail.run)}.v1"
    while True:
        log.read()
        ids = {event["id"] for event in log.of(detail.document.id) if event["type"].endswith(ending)}
        if ids:
            return len(ids)
        await asyncio.sleep(_PAUSE)


def _figures(pages: int, detail: DocumentDetail, told: int, watch: ProcessWatch, seconds: float) -> list[Figure]:
    result = detail.result
    numbers = [page.number for page in result.pages if not page.problem] if result else []
    accounted = pages if numbers == list(range(1, pages + 1)) else len(set(numbers))
    return [
        Figure(name="outcomes told", value=told, goal=1, better="higher"),
        Figure(name="pages accounted for", value=accounted, goal=pages, better="higher"),
        Figure(name="values found", value=sum(1 for one in (result.fields if result else {}).values() if one.value)),
        Figure(name="model calls", value=detail.run.bill.calls),
        Figure(name="largest worker", value=round(watch.most(_WORKERS)), unit="MiB", goal=WORKER_GOAL),
        Figure(name="largest child that reads", value=round(watch.most(_READERS)), unit="MiB"),
        Figure(name="from upload to outcome", value=round(seconds), unit="s"),
    ]
