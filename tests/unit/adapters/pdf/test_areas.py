"""PDF pages of text that also hold pictures, and those that must cost no OCR."""

import io
from pathlib import Path
from typing import Any

import pymupdf
from PIL import Image

from shared.adapters.pdf import PyMuPDFReader
from shared.adapters.pdf.pictures.areas import picture_areas
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import Box
from shared.ports.reading import SourceFile, SourcePage
from shared.testing.isolation import InlineIsolation

MODEL, OCR = Ceiling(400), Ceiling(600)
ROOT = Path(__file__).resolve().parents[4]


def photo(width: int, height: int) -> bytes:
    """A grey picture as a file."""
    buffer = io.BytesIO()
    Image.new("L", (width, height), 128).save(buffer, "JPEG")
    return buffer.getvalue()


def page_with(*pictures: Box, rotation: int = 0, pixels: tuple[int, int] = (600, 400)) -> Any:
    """A page of 400 x 500 points with a few lines of text and these pictures."""
    document: Any = pymupdf.open()
    page = document.new_page(width=400, height=500)
    for row in range(6):
        page.insert_text((50, 60 + 14 * row), "A line of text that says what the annex shows")
    for box in pictures:
        page.insert_image(pymupdf.Rect(box), stream=photo(*pixels), keep_proportion=False)
    page.set_rotation(rotation)
    return page


def test_pictures_that_touch_are_one() -> None:
    """Some scanners write a page in strips: none of them alone is large."""
    strips = [(50.0, 200.0 + 20 * row, 350.0, 220.0 + 20 * row) for row in range(12)]
    assert [(50, 200, 350, 440)] == picture_areas(page_with(*strips))


def test_areas_stand_where_they_are_seen() -> None:
    """A turned page shows its picture elsewhere than its content says, and never off the page."""
    assert [(500 - 600 + 100, 50, 300, 350)] == picture_areas(page_with((50, 200, 350, 600), rotation=90))


def test_small_pictures_are_not_looked_at() -> None:
    """Pictures of few pixels are told from the page's resources, without interpreting the page."""
    assert [] == picture_areas(page_with((0, 0, 400, 500), pixels=(300, 300)))


async def read(path: Path, *numbers: int, model: Ceiling = MODEL) -> list[SourcePage]:
    """The pages, read in this process."""
    return [source async for source in PyMuPDFReader(InlineIsolation()).pages(SourceFile(path), numbers, model, OCR)]


async def test_a_scan_on_a_page_of_text_is_an_area_for_ocr(tmp_path: Path) -> None:
    """Its picture is as fine as OCR needs it; the page keeps its text layer."""
    page_with((50, 200, 350, 450)).parent.save(tmp_path / "x")
    (source,) = await read(tmp_path / "x", 1)
    assert (False, ((50, 200, 350, 450),), "text") == (source.wants_ocr, source.areas, source.page.source)
    assert source.picture is not None
    assert 600 == max(source.picture.width, source.picture.height)


async def test_a_logo_costs_nothing(tmp_path: Path) -> None:
    """Nearly every letter has one."""
    page_with((50, 10, 200, 50)).parent.save(tmp_path / "x")
    (source,) = await read(tmp_path / "x", 1)
    assert (False, ()) == (source.wants_ocr, source.areas)


async def test_printed_samples_ask_for_no_ocr() -> None:
    """Every sample with a text layer is read from it; the two that are scans ask for OCR."""
    asked = set()
    for file in sorted((ROOT / "samples" / "files").glob("*.pdf")):
        pages = await PyMuPDFReader(InlineIsolation()).count(SourceFile(file))
        sources = await read(file, *range(1, pages + 1), model=Ceiling(32))
        asked |= {file.name for source in sources if source.wants_ocr or source.areas}
    assert {"factura-es-scan.pdf", "receipt-us-scan.pdf"} == asked
