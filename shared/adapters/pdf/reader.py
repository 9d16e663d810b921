"""The side of the reader that stays in this process: it never imports PyMuPDF."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import batched

from shared.adapters.pdf.document import RawPage, count_pages, read_pages
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.isolation import Isolation
from shared.ports.reading import SourceFile, SourcePage


class PyMuPDFReader:
    """A Reader of PDFs. `group` pages are read by one call of `pages`: more costs memory, fewer costs messages.

    `isolation` opens the file; `pages`, by default the same, has the time limit of a page.
    """

    def __init__(self, isolation: Isolation, group: int = 4, pages: Isolation | None = None) -> None:
        self._isolation = isolation
        self._pages = pages or isolation
        self._group = group

    async def count(self, file: SourceFile) -> int:
        """Return the number of pages; raises Unreadable (`unreadable`, `password_required`, `no_pages`, `too_slow`)."""
        return await self._isolation.run(count_pages, str(file.path), file.passwords)

    async def pages(
        self, file: SourceFile, numbers: Sequence[int], model: Ceiling, ocr: Ceiling
    ) -> AsyncIterator[SourcePage]:
        """Yield the pages `numbers`, in that order, upright; boxes and sizes in points.

        A page that crashes the child or takes too long has a `problem`; its neighbours are read without it.
        """
        for group in batched(numbers, self._group, strict=False):
            try:
                raw = await self._pages.run(read_pages, str(file.path), file.passwords, group, model, ocr)
            except Unreadable:
                await self.count(file)  # raises when it is the file that cannot be read
                raw = [await self._read_alone(file, number, model, ocr) for number in group]
            for page in raw:
                yield page.to_source_page()
                await asyncio.sleep(0)  # to build a page of many words holds up the loop: one page at a time

    async def _read_alone(self, file: SourceFile, number: int, model: Ceiling, ocr: Ceiling) -> RawPage:
        try:
            (page,) = await self._pages.run(read_pages, str(file.path), file.passwords, (number,), model, ocr)
        except Unreadable as failure:
            return RawPage.of_problem(number, str(failure))
        return page
