"""Readers, pictures and OCR that say what the test tells them to."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from copy import replace
from pathlib import Path

from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling, scale_to_fit
from shared.domain.reading.page import Box, Line, PageImage, Recognised
from shared.domain.types.einvoice import SecondReading
from shared.ports.reading import SourceFile, SourcePage

type Script[T] = T | Callable[[bytes], T]
"""What a file is taken for: always the same, or what a function of its content says, which may raise Unreadable."""


class ScriptedReader:
    """The Reader port: the pages of a file are what the script says."""

    def __init__(self, pages: Script[Sequence[SourcePage]]) -> None:
        self._pages = pages

    async def count(self, file: SourceFile) -> int:
        """Return how many pages the script has for the file; Unreadable when it has none."""
        pages = _run_script(self._pages, file.path)
        if not pages:
            raise Unreadable("no_pages", "the file has no pages")
        return len(pages)

    async def pages(
        self, file: SourceFile, numbers: Sequence[int], model: Ceiling, ocr: Ceiling
    ) -> AsyncIterator[SourcePage]:
        """Yield the scripted pages `numbers` (from 1), in that order, their pictures within the ceiling."""
        pages = _run_script(self._pages, file.path)
        for number in numbers:
            source = pages[number - 1]
            ceiling = ocr if source.wants_ocr or source.areas else model
            picture = source.picture if ceiling.side else None
            yield source._replace(picture=picture and shrink_to_ceiling(picture, ceiling))


class ScriptedDataReader:
    """The EmbeddedDataReader port: what a file says of itself as data is what the script says."""

    def __init__(self, reading: Script[SecondReading | None]) -> None:
        self._reading = reading

    async def read(self, file: SourceFile) -> SecondReading | None:
        """Return the scripted reading of the file, or None."""
        return _run_script(self._reading, file.path)


class ScriptedPictures:
    """The Pictures port: sizes change, bytes do not. `shrunk` holds what it was given."""

    def __init__(self) -> None:
        self.shrunk: list[PageImage] = []

    async def shrink(self, picture: PageImage, ceiling: Ceiling, turns: int = 0) -> PageImage:
        """Return the same bytes, called a JPEG of a size within `ceiling`, on its side after odd `turns`."""
        self.shrunk.append(picture)
        width, height = (picture.height, picture.width) if turns % 2 else (picture.width, picture.height)
        return shrink_to_ceiling(replace(picture, width=width, height=height), ceiling)

    async def crop(self, picture: PageImage, box: Box) -> PageImage:
        """Return the same bytes, called a picture of the box's size."""
        return replace(picture, width=round(box[2] - box[0]), height=round(box[3] - box[1]))


class ScriptedRecognizer:
    """The TextRecognizer port: the lines of each page by its number, in a picture that needs `turns` to be upright.

    `asked` holds what it was given.
    """

    name = "scripted"

    def __init__(self, lines: Mapping[int, Sequence[Line]], turns: int = 0) -> None:
        self._lines = lines
        self._turns = turns
        self.asked: list[tuple[int, PageImage]] = []

    async def recognise(self, picture: PageImage, page: int) -> Recognised:
        """Return the scripted lines of `page`, none when the script has none."""
        self.asked.append((page, picture))
        return Recognised(lines=tuple(self._lines.get(page, ())), turns=self._turns)


class ScriptedSniffer:
    """The Sniffer port: a file's type is what the script says; an empty file is Unreadable anyway."""

    def __init__(self, media_type: Script[str] = "application/pdf") -> None:
        self._media_type = media_type

    async def media_type(self, path: Path) -> str:
        """Return the scripted media type of the file."""
        if not path.stat().st_size:  # noqa: ASYNC240 - a small file of a test
            raise Unreadable("empty", "the file is empty: upload it again")
        return _run_script(self._media_type, path)


def shrink_to_ceiling(picture: PageImage, ceiling: Ceiling) -> PageImage:
    """Return the picture's bytes, called a JPEG of the size that `ceiling` allows."""
    factor = scale_to_fit(picture.width, picture.height, ceiling)
    width, height = max(1, int(picture.width * factor)), max(1, int(picture.height * factor))
    return replace(picture, media_type="image/jpeg", width=width, height=height)


def _run_script[T](script: Script[T], path: Path) -> T:
    return script(path.read_bytes()) if callable(script) else script
