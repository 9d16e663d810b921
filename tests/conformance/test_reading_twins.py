"""The twins of the reading ports say what they are told; tests of the real ones stand beside those."""

from pathlib import Path

import pytest

from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import PageImage
from shared.domain.types.einvoice import SecondReading
from shared.ports.reading import EmbeddedDataReader, Pictures, Reader, Sniffer, SourceFile, SourcePage, TextRecognizer
from shared.testing.builders.pages import scanned_page, text_lines, text_page
from shared.testing.reading import (
    ScriptedDataReader,
    ScriptedPictures,
    ScriptedReader,
    ScriptedRecognizer,
    ScriptedSniffer,
)

MODEL, OCR = Ceiling(1000), Ceiling(2000)
PICTURE = PageImage(media_type="image/png", data=b"x", width=4000, height=2000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "file"
    target.write_bytes(b"two")
    return target


async def test_pages_come_in_the_order_asked_for(path: Path) -> None:
    """As with a real file, a page may be read again or left out."""
    reader: Reader = ScriptedReader([text_page(1, "one"), text_page(2, "two"), text_page(3, "three")])
    assert 3 == await reader.count(SourceFile(path))
    assert [3, 1, 3] == [source.page.number async for source in reader.pages(SourceFile(path), [3, 1, 3], MODEL, OCR)]


async def test_a_script_may_look_at_the_file(path: Path) -> None:
    """So that several documents of one test differ, and a bad one can be told apart."""

    def script(content: bytes) -> list[SourcePage]:
        if content == b"bad":
            raise Unreadable("password_required", "the file is locked")
        return [text_page(number + 1) for number in range(len(content))]

    reader = ScriptedReader(script)
    assert 3 == await reader.count(SourceFile(path))
    path.write_bytes(b"bad")
    with pytest.raises(Unreadable):
        await reader.count(SourceFile(path))


async def test_a_file_says_of_itself_what_the_script_says(path: Path) -> None:
    """None for a file that carries no data."""

    def script(content: bytes) -> SecondReading | None:
        return SecondReading(source="factur-x.xml", terms={"BT-1": ("7",)}) if content == b"two" else None

    reader: EmbeddedDataReader = ScriptedDataReader(script)
    assert SecondReading(source="factur-x.xml", terms={"BT-1": ("7",)}) == await reader.read(SourceFile(path))
    path.write_bytes(b"another")
    assert await reader.read(SourceFile(path)) is None


async def test_a_file_without_pages_is_unreadable(path: Path) -> None:
    """The port promises at least one page."""
    with pytest.raises(Unreadable) as caught:
        await ScriptedReader([]).count(SourceFile(path))
    assert "no_pages" == caught.value.code


async def test_pictures_are_within_the_ceiling_that_applies(path: Path) -> None:
    """The OCR ceiling for a page that wants OCR, else the model's."""
    reader = ScriptedReader([text_page(1, picture=PICTURE), scanned_page(2, width=4000, height=3000), text_page(3)])
    pictures = [source.picture async for source in reader.pages(SourceFile(path), [1, 2, 3], MODEL, OCR)]
    assert [(1000, 500), (2000, 1500), None] == [picture and (picture.width, picture.height) for picture in pictures]


async def test_a_shrunk_picture_is_a_jpeg_within_its_ceiling() -> None:
    """The twin keeps the bytes and remembers what it was given."""
    twin = ScriptedPictures()
    pictures: Pictures = twin
    shrunk = await pictures.shrink(PICTURE, Ceiling(1000))
    assert PageImage(media_type="image/jpeg", data=b"x", width=1000, height=500) == shrunk
    assert [PICTURE] == twin.shrunk


async def test_recognized_lines_are_those_of_the_page() -> None:
    """A page that the script does not know has none."""
    twin = ScriptedRecognizer({2: text_lines(2, "Total 9.99", "Thank you")})
    recognizer: TextRecognizer = twin
    assert ["Total 9.99", "Thank you"] == [line.text for line in (await recognizer.recognise(PICTURE, 2)).lines]
    assert () == (await recognizer.recognise(PICTURE, 3)).lines
    assert [2, 3] == [page for page, _ in twin.asked]


def test_lines_stand_below_each_other() -> None:
    """Their ids and boxes are as a reader would give them."""
    first, second = text_lines(3, "Invoice no. 7", "Total")
    assert ("p3.l1", "p3.l2") == (first.id, second.id)
    assert (50.0, 20.0, 50.0 + 6 * len("Invoice no. 7"), 32.0) == first.box
    assert first.box[3] < second.box[1]


async def test_a_files_type_is_what_the_script_says(path: Path) -> None:
    """Always the same, or by content; an empty file is refused as by the real one."""

    def script(content: bytes) -> str:
        return "image/png" if content == b"two" else "image/tiff"

    fixed: Sniffer = ScriptedSniffer()
    assert "application/pdf" == await fixed.media_type(path)
    assert "image/png" == await ScriptedSniffer(script).media_type(path)
    path.write_bytes(b"")
    with pytest.raises(Unreadable) as caught:
        await fixed.media_type(path)
    assert "empty" == caught.value.code
