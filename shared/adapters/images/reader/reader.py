"""The side of the reader that stays in this process: it never imports Pillow."""

from collections.abc import AsyncIterator, Sequence
from itertools import batched

from shared.adapters.images.reader.frames import Frame, count_frames, read_frames
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import Page
from shared.ports.isolation import Isolation
from shared.ports.reading import SourceFile, SourcePage

MEDIA_TYPES = (
    "image/jpeg",
    "image/png",
    "image/tiff",
    "image/webp",
    "image/bmp",
    "image/gif",
    "image/heif",
    "image/avif",
    "image/jp2",
)
"""What it reads. Each frame is a page: of a fax in TIFF, a scan of several sheets in HEIC, and of animations too."""


class PillowReader:
    """A Reader of MEDIA_TYPES. A page of more than `max_pixels` is refused by its header, before decoding.

    Decoding runs in `pages`, by default `isolation`, which opens files: `group` pages a call.
    """

    def __init__(
        self, isolation: Isolation, max_pixels: int = 80_000_000, group: int = 4, pages: Isolation | None = None
    ) -> None:
        self._isolation = isolation
        self._pages = pages or isolation
        self._max_pixels = max_pixels
        self._group = group

    async def count(self, file: SourceFile) -> int:
        """Return how many frames the file has; raises Unreadable (`unreadable`, `too_large`)."""
        return await self._isolation.run(count_frames, str(file.path), self._max_pixels)

    async def pages(
        self,
        file: SourceFile,
        numbers: Sequence[int],
        model: Ceiling,  # noqa: ARG002 - the port's; a page without text layer gets a picture for OCR
        ocr: Ceiling,
    ) -> AsyncIterator[SourcePage]:
        """Yield the pages `numbers`, in that order, upright; sizes in pixels of the original. All of them want OCR."""
        for group in batched(numbers, self._group, strict=False):
            for frame in await self._frames(str(file.path), group, ocr):
                page = Page(
                    number=frame.number,
                    width=frame.width,
                    height=frame.height,
                    unit="px",
                    source="none",
                    has_image=frame.picture is not None,
                    problem=frame.problem,
                )
                yield SourcePage(page, wants_ocr=frame.picture is not None, picture=frame.picture)

    async def _frames(self, path: str, numbers: tuple[int, ...], ocr: Ceiling) -> list[Frame]:
        """Read the frames of a group; one that takes too long has a `problem`, and its neighbours are read without it.

        Raises Unreadable for a file of one frame, and where the file itself cannot be read.
        """
        try:
            return await self._pages.run(read_frames, path, numbers, ocr, self._max_pixels)
        except Unreadable as failure:
            if await self._isolation.run(count_frames, path, self._max_pixels) == 1:
                raise
            if len(numbers) == 1:
                return [Frame(numbers[0], 0, 0, problem=str(failure))]
        return [frame for number in numbers for frame in await self._frames(path, (number,), ocr)]
