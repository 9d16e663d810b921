"""Opening files and reading pages and pictures."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from shared.domain.content.blocks import Flow
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import Box, Page, PageImage, Recognised
from shared.domain.types.einvoice import SecondReading


@dataclass(frozen=True)
class SourceFile:
    """A file to be read, and the passwords to try when it is encrypted; they never show in a message or a log."""

    path: Path
    passwords: tuple[str, ...] = field(default=(), repr=False)


class SourcePage(NamedTuple):
    """A page as the file gives it: its text layer, whether that needs OCR instead, and its picture.

    `areas` are boxes in page units of pictures on a page whose text layer is sound, but silent about what they show:
    they want OCR beside it. `picture` is within the OCR ceiling when anything wants OCR, else within the model ceiling;
    None when it cannot be made.
    """

    page: Page
    wants_ocr: bool
    picture: PageImage | None
    areas: tuple[Box, ...] = ()


class Reader(Protocol):
    """Reads one family of file formats. Bad files raise Unreadable; one bad page is a Page with a `problem`."""

    async def count(self, file: SourceFile) -> int:
        """Return how many pages the file has (at least 1).

        Raises Unreadable with code `unreadable`, `password_required` (none of the passwords opens it), `no_pages` or
        `too_large`.
        """

    def pages(
        self, file: SourceFile, numbers: Sequence[int], model: Ceiling, ocr: Ceiling
    ) -> AsyncIterator[SourcePage]:
        """Return the pages `numbers` (from 1), in that order, upright."""


class Attachment(NamedTuple):
    """A file inside a file: its name, and its bytes."""

    name: str
    data: bytes


class EInvoiceSource(Protocol):
    """Finds the e-invoice of a file."""

    async def einvoice(self, file: SourceFile) -> Attachment | None:
        """Return the e-invoice's XML, or None; raises Unreadable when there is one that cannot be had."""


class EmbeddedDataReader(Protocol):
    """Reads what a file says of itself as data, beside its pages."""

    async def read(self, file: SourceFile) -> SecondReading | None:
        """Return what the data says; data that cannot be read has a `problem`; None when the file carries none."""


class Pictures(Protocol):
    """Work on pictures."""

    async def shrink(self, picture: PageImage, ceiling: Ceiling, turns: int = 0) -> PageImage:
        """Return the picture within `ceiling`, as a JPEG, after quarter `turns` anticlockwise.

        It is grey where colour carries nothing.
        """

    async def crop(self, picture: PageImage, box: Box) -> PageImage:
        """Return the part of the picture in `box` (pixels, cut off at its edges), as a JPEG."""


class TextRecognizer(Protocol):
    """An OCR engine. `name` is part of the configuration: another engine may read something else."""

    @property
    def name(self) -> str:
        """The engine, and what else decides how it reads."""

    async def recognise(self, picture: PageImage, page: int) -> Recognised:
        """Read a picture, whichever way up it lies; the lines get ids of page `page`.

        Raises Unreadable when this picture cannot be read, Retryable when the engine is busy or away.
        """


class Sniffer(Protocol):
    """Tells a file's type by its content."""

    async def media_type(self, path: Path) -> str:
        """Return the media type, one of `domain.formats.FORMATS` if known; raises Unreadable with code `empty`."""


class Parser(Protocol):
    """Parses one format that has no pages of its own into a flow.

    Runs in a child process, so it must pickle: a module's function, or a partial.
    """

    def __call__(self, file: SourceFile) -> Flow:
        """Return what the file says, in order.

        Raises Unreadable (`unreadable`, `password_required`, `too_large`), at the call or while it is iterated.
        """
