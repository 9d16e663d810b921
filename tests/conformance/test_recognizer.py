"""The real OCR engine on a small picture: one reading, since each costs a second or more."""

import asyncio
import io
import os
import socket
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pymupdf
import pytest
from onnxruntime import InferenceSession
from PIL import Image

from quality.bench.ocr import recall
from shared.adapters.images.deskew import straighten
from shared.adapters.isolation import ProcessPool
from shared.adapters.ocr.rapidocr import RapidOcrRecognizer, not_readable
from shared.adapters.pdf.document import read_pages
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import PageImage, Recognised

SIZE = (560, 240)
CELLS = (
    ((30, 50), "Bäckerei Größmann"),
    ((30, 110), "3 Brötchen"),
    ((450, 110), "1,95"),
    ((30, 170), "Summe 12,40 EUR"),
)
"""Where the baseline of each text begins, in pixels."""


def receipt(turns: int = 0) -> PageImage:
    """A small receipt, after quarter turns."""
    document: Any = pymupdf.open()
    page = document.new_page(width=SIZE[0], height=SIZE[1])
    for place, text in CELLS:
        page.insert_text(place, text, fontsize=32)
    page.set_rotation(90 * turns)
    pixmap = page.get_pixmap()
    return PageImage(media_type="image/png", data=pixmap.tobytes(), width=pixmap.width, height=pixmap.height)


class NoSocket(socket.socket):
    """A socket that leads nowhere."""

    def connect(self, address: object) -> None:
        """Refuse, whatever the address."""
        raise ConnectionRefusedError(address)


def cut_the_network() -> None:
    """Let nothing in this process, a child of the test, reach any network."""
    socket.socket = NoSocket  # type: ignore[misc]  # the class itself is what libraries look up


@pytest.fixture(scope="module")
def recognizer() -> Iterator[RapidOcrRecognizer]:
    """The real engine in a child without a network: a download of models would fail."""
    pool = ProcessPool(size=1, seconds=60)
    asyncio.run(pool.run(cut_the_network))
    yield RapidOcrRecognizer(pool)
    pool.close()


@pytest.fixture(scope="module")
def characters() -> frozenset[str]:
    """What the model that reads lines can write."""
    model = files("rapidocr") / "models" / "PP-OCRv6_rec_small.onnx"
    session = InferenceSession(str(model), providers=["CPUExecutionProvider"])
    return frozenset(session.get_modelmeta().custom_metadata_map["character"].splitlines())


async def test_lines_have_text_places_and_certainty(recognizer: RapidOcrRecognizer) -> None:
    """Umlauts included, with models that come inside the package; cells of a row are lines of their own."""
    found = await recognizer.recognise(receipt(), page=3)
    lines = found.lines
    assert 0 == found.turns
    assert [text for _, text in CELLS] == [line.text for line in lines]
    assert ["p3.l1", "p3.l2", "p3.l3", "p3.l4"] == [line.id for line in lines]
    for line, ((x, y), _) in zip(lines, CELLS, strict=True):
        assert (x, y) == pytest.approx((line.box[0], line.box[3]), abs=14)
    assert all(0.8 < word.certainty <= 1.0 for line in lines for word in line.words)
    total, amount, currency = lines[3].words
    assert total.box[2] < amount.box[0] < amount.box[2] < currency.box[0]


async def test_a_picture_upside_down_is_read_as_if_it_stood_upright(recognizer: RapidOcrRecognizer) -> None:
    """The engine says how to turn the picture; text and places are those of the turned one."""
    found = await recognizer.recognise(receipt(turns=2), page=1)
    assert ([text for _, text in CELLS], 2) == ([line.text for line in found.lines], found.turns)
    assert CELLS[0][0] == pytest.approx((found.lines[0].box[0], found.lines[0].box[3]), abs=14)


async def test_a_blank_picture_has_no_lines(recognizer: RapidOcrRecognizer) -> None:
    """The back of a sheet is no error."""
    blank = Image.new("L", (200, 200), 255)
    buffer = io.BytesIO()
    blank.save(buffer, "JPEG")
    picture = PageImage(media_type="image/jpeg", data=buffer.getvalue(), width=200, height=200)
    assert Recognised() == await recognizer.recognise(picture, page=1)


async def test_what_is_no_picture_is_unreadable(recognizer: RapidOcrRecognizer) -> None:
    """A stored picture that was damaged is told as such, not as an empty page."""
    with pytest.raises(Unreadable) as caught:
        await recognizer.recognise(PageImage(media_type="image/png", data=b"no picture", width=9, height=9), page=1)
    assert "unreadable" == caught.value.code


@pytest.mark.parametrize(
    ("language", "letters"),
    [
        ("cs", "áčďéěíňóřšťúůýž"),
        ("de", "äöüÄÖÜß§€"),
        ("es", "áéíñóúü¿º"),
        ("fr", "àâæçéèêëîïôœùûüÿ"),
        ("hu", "áéíóöőúüű"),
        ("is", "áðéíóúýþæö"),
        ("lt", "ąčęėįšųūž"),
        ("lv", "āčēģīķļņšūž"),
        ("mt", "ċġħż"),
        ("pl", "ąćęłńóśźżŁŚŻ"),
        ("ro", "ăâîșț"),
        ("sv", "åäöÅ"),
        ("tr", "çğıİöşü"),
        ("cy", "ŵŷ"),
        ("ja", "あアン請求書"),
        ("zh", "发票發票合计"),
    ],
)
def test_the_model_knows_the_letters_of_the_languages_it_is_said_to_read(
    characters: frozenset[str], language: str, letters: str
) -> None:
    """A letter that is not in the model's set can never be read, whatever the picture."""
    assert () == not_readable([language])
    assert set() == set(letters) - characters


@pytest.mark.parametrize(
    ("language", "letters"), [("ru", "жщ"), ("ar", "ع"), ("he", "ש"), ("ko", "한"), ("th", "ก"), ("vi", "ậ")]
)
def test_other_letters_are_not_in_the_model(characters: frozenset[str], language: str, letters: str) -> None:
    """When a release brings them, the list of languages may grow."""
    assert (language,) == not_readable([language])
    assert set(letters) == set(letters) - characters


WORDS = ("invoice", "delivery", "quantity", "amount", "payable", "within", "thirty", "days", "4711", "19.00", "EUR")
MODEL = Ceiling(1408, 1088 * 1408)
"""What a model that counts patches looks at (FACTS)."""


@pytest.fixture(scope="module")
def small_print(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], PageImage]:
    """The words of an A4 page of 8-point text, and the picture of it that a model is sent."""
    lines = [" ".join(WORDS[(row + at) % len(WORDS)] for at in range(9)) for row in range(12)]
    document: Any = pymupdf.open()
    page = document.new_page(width=595, height=842)
    for row, line in enumerate(lines):
        page.insert_text((60, 80 + 40 * row), line, fontsize=8)
    file = tmp_path_factory.mktemp("small") / "print.pdf"
    document.save(file)
    picture = read_pages(str(file), (), (1,), MODEL, MODEL)[0].picture
    assert picture is not None
    return " ".join(lines).split(), picture


async def test_eight_point_text_is_legible_within_a_models_ceiling(
    recognizer: RapidOcrRecognizer, small_print: tuple[list[str], PageImage]
) -> None:
    """What OCR cannot read in the picture, no model can either: nearly every word of 8 points is still there."""
    wanted, picture = small_print
    found = await recognizer.recognise(picture, page=1)
    assert recalled(wanted, found) >= 0.97


async def test_a_page_that_was_pulled_in_tilted_is_read_as_well(
    recognizer: RapidOcrRecognizer, small_print: tuple[list[str], PageImage]
) -> None:
    """Three degrees are taken out before OCR looks: rows stay rows."""
    wanted, picture = small_print
    with Image.open(io.BytesIO(picture.data)) as image:
        tilted = image.convert("L").rotate(3, Image.Resampling.BICUBIC, fillcolor="white")
    buffer = io.BytesIO()
    tilted.save(buffer, "JPEG", quality=90)
    scan = picture.model_copy(update={"data": buffer.getvalue()})
    found = await recognizer.recognise(straighten(scan), page=1)
    assert recalled(wanted, found) >= 0.95
    assert 12 == len({round(line.box[1] / 20) for line in found.lines})


def recalled(wanted: list[str], found: Recognised) -> float:
    """The share of the words that were read."""
    hits, count = recall(wanted, [word.text for line in found.lines for word in line.words])
    return hits / count


async def test_a_picture_that_needs_too_much_memory_is_refused_and_the_process_lives() -> None:
    """The page gets a problem; neither the worker nor the next page is harmed."""
    document: Any = pymupdf.open()
    page = document.new_page()
    for row in range(55):
        page.insert_text((40, 40 + row * 14), f"Position {row} of the blue kind {row * 1.5:.2f} EUR", fontsize=10)
    pixmap = page.get_pixmap(dpi=180)
    picture = PageImage(media_type="image/png", data=pixmap.tobytes(), width=pixmap.width, height=pixmap.height)
    pool = ProcessPool(size=1, seconds=120, memory_bytes=900 << 20)
    try:
        before = await pool.run(os.getpid)
        with pytest.raises(Unreadable) as caught:
            await RapidOcrRecognizer(pool, 2).recognise(picture, 1)
        assert ("too_large", before) == (caught.value.code, await pool.run(os.getpid))
    finally:
        pool.close()
