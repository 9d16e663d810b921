"""Damage that MuPDF passes over with a warning: the page says what may be missing."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image, ImageDraw

from shared.adapters.pdf import PyMuPDFReader
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import UNREAD_PARTS, Page
from shared.ports.reading import SourceFile
from shared.testing.isolation import InlineIsolation

SENTENCE = "Delivery of item {} was agreed for the price of {} EUR"


async def read_page(data: bytes, folder: Path, model: int = 400) -> Page:
    """Return the first page of a PDF."""
    (folder / "x.pdf").write_bytes(data)
    reader, file = PyMuPDFReader(InlineIsolation()), SourceFile(folder / "x.pdf")
    (source,) = [source async for source in reader.pages(file, [1], Ceiling(model), Ceiling(800))]
    return source.page


def text_page() -> Any:
    """Return a document with a page of text, its content compressed."""
    document: Any = pymupdf.open()
    page = document.new_page()
    page.insert_text((50, 60), [SENTENCE.format(row, row * 37) for row in range(30)], lineheight=1.8)
    return pymupdf.open("pdf", document.tobytes(deflate=True, garbage=3))


def overwrite(share: float) -> Callable[[bytes], bytes]:
    """Return a change of coded content: forty bytes from this share of it on."""

    def change(coded: bytes) -> bytes:
        at = int(len(coded) * share)
        return coded[:at] + bytes(range(7, 47)) + coded[at + 40 :]

    return change


@pytest.mark.parametrize(
    "change",
    [
        overwrite(0.02),
        overwrite(0.5),
        overwrite(0.8),
        lambda coded: coded[: len(coded) // 2],
        lambda coded: coded[:-1] + b"\0",
    ],
    ids=["head", "middle", "end", "cut", "checksum"],
)
async def test_damaged_content_is_reported(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    """Lines may be missing, or read something else than was written."""
    document = text_page()
    (content,) = document[0].get_contents()
    coded = document.xref_stream_raw(content)
    document.update_stream(content, change(coded), compress=False)
    document.xref_set_key(content, "Filter", "/FlateDecode")
    page = await read_page(document.tobytes(), tmp_path)
    assert page.problem or "damaged_content" in page.unread


def lose_part(document: Any, content: int) -> None:
    """The second part of the content is not in the file."""
    document.xref_set_key(document.page_xref(0), "Contents", f"[{content} 0 R 999 0 R]")


def lose_all(document: Any, content: int) -> None:
    """The content is not in the file."""
    assert content
    document.xref_set_key(document.page_xref(0), "Contents", "999 0 R")


def code_strangely(document: Any, content: int) -> None:
    """Nobody knows the filter."""
    document.xref_set_key(content, "Filter", "/PlateDecode")


def name_lost_form(document: Any, content: int) -> None:
    """The content draws a form that its resources do not name."""
    document.update_stream(content, document.xref_stream(content) + b"\nq /Fm9 Do Q")


def break_inline_image(document: Any, content: int) -> None:
    """An inline image has fewer bytes than its size says, so that what follows is taken for pixels."""
    image = b"q 10 0 0 10 0 0 cm BI /W 10 /H 10 /BPC 8 /CS /G ID abc EI Q\n"
    document.update_stream(content, image + document.xref_stream(content))


def open_string(document: Any, content: int) -> None:
    """A string is not closed before the content ends."""
    document.update_stream(content, document.xref_stream(content) + b"\nBT /helv 10 Tf (to be contin")


@pytest.mark.parametrize(
    "damage", [lose_part, lose_all, code_strangely, name_lost_form, break_inline_image, open_string]
)
async def test_lost_parts_are_reported(tmp_path: Path, damage: Callable[[Any, int], None]) -> None:
    """Whatever part of a page cannot be had."""
    document = text_page()
    damage(document, document[0].get_contents()[0])
    page = await read_page(document.tobytes(), tmp_path)
    assert page.problem or "damaged_content" in page.unread


async def test_a_sound_page_reports_nothing(tmp_path: Path) -> None:
    """Nor do states of drawing that do not balance, which many producers leave behind."""
    document = text_page()
    assert () == (await read_page(document.tobytes(), tmp_path)).unread
    (content,) = document[0].get_contents()
    document.update_stream(content, document.xref_stream(content) + b"\nQ Q Q q")
    page = await read_page(document.tobytes(), tmp_path)
    assert ((), 30) == (page.unread, len(page.lines))


def picture(form: str, *, over_all: bool) -> tuple[Any, int]:
    """Return a document with a picture (a scan, or under text), and the number of the picture's object."""
    image, coded = Image.new("RGB", (850, 1100), "white"), io.BytesIO()
    for row in range(35):
        ImageDraw.Draw(image).text((20, 20 + 30 * row), SENTENCE.format(row, row * 13), "black")
    image.save(coded, form)
    document: Any = pymupdf.open()
    page = document.new_page(width=425, height=550)
    if not over_all:
        page.insert_text((30, 40), "A letter with a picture, and with more than a few words of text")
    page.insert_image(page.rect if over_all else pymupdf.Rect(30, 80, 330, 468), stream=coded.getvalue())
    document = pymupdf.open("pdf", document.tobytes())
    return document, document[0].get_images()[0][0]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "JPEG2000"])
@pytest.mark.parametrize("over_all", [True, False], ids=["scan", "picture"])
async def test_a_picture_that_ends_too_early_is_reported(tmp_path: Path, form: str, *, over_all: bool) -> None:
    """Its lower part is grey, and OCR would read nothing there; the whole picture is read without a word."""
    document, number = picture(form, over_all=over_all)
    assert () == (await read_page(document.tobytes(), tmp_path, 800)).unread
    coded, kinds = (
        document.xref_stream_raw(number),
        [document.xref_get_key(number, key) for key in ("Filter", "DecodeParms")],
    )
    document.update_stream(number, coded[: len(coded) * 2 // 3], compress=False)
    for key, (_, value) in zip(("Filter", "DecodeParms"), kinds, strict=True):
        document.xref_set_key(number, key, value)
    page = await read_page(document.tobytes(), tmp_path, 800)
    assert page.problem or {"truncated_image", "damaged_content"} & set(page.unread)


def test_every_code_has_words() -> None:
    """A finding is written for a person."""
    assert {"damaged_content", "truncated_image", "missing_pages"} <= UNREAD_PARTS.keys()
