"""Artifacts: data that stages pass to each other in the work container, by Document, Run and name."""

from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import batched

from pydantic import BaseModel

from shared.domain.base.errors import Unavailable
from shared.domain.base.stored import Stored, dump_stored, load_stored
from shared.domain.documents.run import Run
from shared.domain.reading.page import Page
from shared.domain.reading.page_range import PageRange, range_with
from shared.pipeline.store.context import WORK, StoreContext

JSON = "application/json"
RUNS = "runs"
POISON = "poison"
"""The folder of messages that were given up; infra deletes what is older than 30 days in it."""


def folder(run: Run) -> str:
    """Return the folder of a Run's artifacts."""
    return f"{RUNS}/{run.document_id}/{run.number:04d}"


def artifact_name(run: Run, name: str) -> str:
    """Return the blob name of a JSON artifact of a Run."""
    return f"{folder(run)}/{name}.json"


async def save(context: StoreContext, run: Run, name: str, model: BaseModel) -> None:
    """Save `model` under `name`; safe to repeat."""
    await context.blobs.write(WORK, artifact_name(run, name), dump_stored(model).encode(), JSON)


async def fetch_saved[M: BaseModel](context: StoreContext, run: Run, name: str, model_type: type[M]) -> M:
    """Return the artifact `name`; raises Unavailable when it does not exist (yet)."""
    data = await context.blobs.read(WORK, artifact_name(run, name))
    if data is None:
        message = f"artifact {name} of run {run.number} of {run.document_id} is missing"
        raise Unavailable(message)
    return load_stored(model_type, data)


async def fetch_if_saved[M: BaseModel](context: StoreContext, run: Run, name: str, model_type: type[M]) -> M | None:
    """Return the artifact `name`, or None: for artifacts that not every Run has."""
    data = await context.blobs.read(WORK, artifact_name(run, name))
    return None if data is None else load_stored(model_type, data)


class PageGroup(Stored):
    """Consecutive pages in one artifact: writing a blob for each of 5,000 pages would take minutes."""

    pages: tuple[Page, ...]


async def save_pages(context: StoreContext, run: Run, pages: Sequence[Page]) -> None:
    """Save the pages of a read range in groups. Save their pictures first."""
    for batch in batched(pages, run.page_group, strict=False):
        group = PageRange(first=batch[0].number, last=batch[-1].number)
        await save(context, run, f"pages/{group.name}", PageGroup(pages=batch))


class StoredPages:
    """The pages of a Run as they were read. Only one group is in memory at a time."""

    def __init__(self, context: StoreContext, run: Run) -> None:
        self._context = context
        self._run = run
        self.count = run.pages
        self._open: tuple[PageRange, PageGroup] | None = None

    async def load(self, numbers: Iterable[int]) -> tuple[Page, ...]:
        """Return pages by their numbers, in order; raises Unavailable when one is missing."""
        return tuple([await self._page(number) for number in numbers])

    async def all(self, first: int = 1) -> AsyncIterator[Page]:
        """Yield every page from the `first` on, in order."""
        for number in range(first, self.count + 1):
            yield await self._page(number)

    async def _page(self, number: int) -> Page:
        group = range_with(number, self.count, self._run.page_group)
        if self._open is None or self._open[0] != group:
            self._open = group, await fetch_saved(self._context, self._run, f"pages/{group.name}", PageGroup)
        return self._open[1].pages[number - group.first]


async def save_picture(context: StoreContext, run: Run, number: int, jpeg: bytes) -> None:
    """Save the picture of a page that models and reviewers see."""
    await context.blobs.write(WORK, _picture_name(run, number), jpeg, "image/jpeg")


async def load_picture(context: StoreContext, run: Run, number: int) -> bytes | None:
    """Return the JPEG of a page that models and reviewers see, or None."""
    return await context.blobs.read(WORK, _picture_name(run, number))


def _picture_name(run: Run, number: int) -> str:
    return f"{folder(run)}/pages/{number:05d}.jpg"
