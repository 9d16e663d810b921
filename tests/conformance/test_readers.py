"""What holds for every Reader of real files: PDFs and images made here, read in real child processes."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pymupdf
import pytest
from PIL import Image, ImageDraw

from shared.adapters.images.deskew import DeskewingReader
from shared.adapters.images.reader import PillowReader
from shared.adapters.isolation import ProcessPool
from shared.adapters.pdf import PyMuPDFReader
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.reading import Reader, SourceFile, SourcePage

MODEL, OCR = Ceiling(400, 100_000), Ceiling(600)


class Case(NamedTuple):
    """A reader, and a file of three pages for it; `written`: they have a text layer."""

    reader: Reader
    file: Path
    written: bool = False


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPool]:
    made = ProcessPool(size=1, seconds=30, memory_bytes=2 << 30, preload=["pymupdf"])
    yield made
    made.close()


@pytest.fixture(params=["pdf", "scanned pdf", "tiff", "deskewed tiff"])
def case(request: pytest.FixtureRequest, pool: ProcessPool, tmp_path: Path) -> Case:
    if "pdf" in request.param:
        written = "scanned" not in request.param
        return Case(PyMuPDFReader(pool, group=2), pdf(tmp_path / "file", scanned=not written), written)
    reader = PillowReader(pool, group=2)
    return Case(DeskewingReader(reader) if "deskewed" in request.param else reader, tiff(tmp_path / "file"))


def drawing(text: str, size: tuple[int, int] = (800, 1000)) -> Image.Image:
    """A white image with a few words."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((100, 100), text, fill="black", font_size=60)
    return image


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The image as a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pdf(path: Path, *, scanned: bool = False) -> Path:
    """A PDF of three pages, 400 x 500 points."""
    document: Any = pymupdf.open()
    for number in (1, 2, 3):
        page = document.new_page(width=400, height=500)
        if scanned:
            page.insert_image(page.rect, stream=encoded(drawing(f"Page {number}"), "JPEG"))
        else:
            page.insert_text((50, 100), f"This is the text of page number {number}")
    document.save(path)
    return path


def tiff(path: Path) -> Path:
    """A TIFF of three frames, 800 x 1000 pixels."""
    first, *others = (drawing(f"Page {number}") for number in (1, 2, 3))
    path.write_bytes(encoded(first, "TIFF", save_all=True, append_images=others))
    return path


async def read(case: Case, *numbers: int) -> list[SourcePage]:
    """The pages `numbers`."""
    return [source async for source in case.reader.pages(SourceFile(case.file), numbers, MODEL, OCR)]


async def code(reader: Reader, path: Path) -> str:
    """The code with which the reader refuses a file."""
    with pytest.raises(Unreadable) as caught:
        await reader.count(SourceFile(path))
    return caught.value.code


async def test_pages_are_counted(case: Case) -> None:
    """What is counted is what will be accounted for."""
    assert 3 == await case.reader.count(SourceFile(case.file))


async def test_pages_come_in_the_order_asked_for(case: Case) -> None:
    """A page range is read by itself, and again after a crash."""
    assert [3, 1, 2, 1] == [source.page.number for source in await read(case, 3, 1, 2, 1)]


async def test_a_page_has_its_size_and_a_picture_within_its_ceiling(case: Case) -> None:
    """The picture has the page's proportions: boxes are scaled from one to the other."""
    (source,) = await read(case, 2)
    picture, ceiling = source.picture, OCR if source.wants_ocr else MODEL
    assert picture is not None
    assert (source.page.width / source.page.height) == pytest.approx(picture.width / picture.height, rel=0.01)
    assert max(picture.width, picture.height) <= ceiling.side
    assert not ceiling.pixels or picture.width * picture.height <= ceiling.pixels * 1.01
    with Image.open(io.BytesIO(picture.data)) as image:
        assert (picture.media_type, picture.width, picture.height) == (image.get_format_mimetype(), *image.size)
    assert (None, True) == (source.page.problem, source.page.has_image)


async def test_what_has_no_text_layer_wants_ocr(case: Case) -> None:
    """OCR costs a thousand times a text layer: only pages without one get it."""
    (source,) = await read(case, 1)
    assert (not case.written, "text" if case.written else "none") == (source.wants_ocr, source.page.source)
    assert (["This is the text of page number 1"] if case.written else []) == [line.text for line in source.page.lines]


async def test_a_damaged_file_is_unreadable(case: Case) -> None:
    """Whoever uploaded it is told, in both ways of asking."""
    case.file.write_bytes(case.file.read_bytes()[:20])
    assert "unreadable" == await code(case.reader, case.file)
    with pytest.raises(Unreadable):
        await read(case, 1)
