"""Which pictures are spared OCR: those on which nobody can read a letter, and no other."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pymupdf
import pytest
from PIL import Image

from shared.adapters.ocr.blank_check import BlankCheckingRecognizer
from shared.adapters.ocr.blank_check.content import may_hold_text
from shared.adapters.pdf.pictures.picture import render
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import PageImage, Recognised
from shared.testing.isolation import InlineIsolation

type Draw = Callable[[Any], object]
type Colour = tuple[float, float, float]
BLACK, WHITE, GREY = (0, 0, 0), (1, 1, 1), (0.7, 0.7, 0.7)
A4 = (595, 842)


def page_picture(*draws: Draw) -> PageImage:
    """An A4 page as OCR gets it."""
    document: Any = pymupdf.open()
    page = document.new_page(width=A4[0], height=A4[1])
    for draw in draws:
        draw(page)
    picture = render(page, Ceiling(2000))
    assert picture is not None
    return picture


def text(words: str, size: float, colour: Colour = BLACK, at: tuple[float, float] = (60, 98)) -> Draw:
    return lambda page: page.insert_text(at, words, fontsize=size, color=colour)


def bar(colour: Colour, top: float = 90, height: float = 11, left: float = 50, right: float = 500) -> Draw:
    return lambda page: page.draw_rect((left, top, right, top + height), fill=colour, color=None)


def form(page: Any) -> None:
    """A table without a word, a box to write into, and two to tick."""
    for y in range(60, 800, 40):
        page.draw_line((40, y), (550, y))
    for x in (40, 150, 300, 550):
        page.draw_line((x, 60), (x, 780))
    for box in ((60, 800, 75, 815), (100, 800, 110, 810), (200, 795, 300, 815)):
        page.draw_rect(box)
    bar((0.8, 0.8, 0.9), top=20, height=30)(page)


def tilted_stroke(page: Any) -> None:
    """A line of handwriting."""
    page.draw_bezier((100, 400), (130, 360), (150, 440), (180, 400), width=1.2)


def round_stamp(page: Any) -> None:
    page.draw_circle((300, 400), 40, color=(0.6, 0.2, 0.2), width=2)


def photo(mean: float, grain: float, specks: float = 0.0) -> bytes:
    """A sheet of paper with the grain of a scan and a share of black specks, as a JPEG."""
    dice = np.random.default_rng(1)
    sheet = mean + dice.normal(0, grain, (2000, 1414))
    sheet[dice.random(sheet.shape) < specks] = 0
    buffer = io.BytesIO()
    Image.fromarray(sheet.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=75)
    return buffer.getvalue()


def is_read(data: bytes) -> bool:
    """Whether OCR gets a picture; a call of its own, so that a failing test does not print the picture."""
    __tracebackhide__ = True
    return may_hold_text(data)


@pytest.mark.parametrize(
    "draws",
    [
        pytest.param((), id="empty"),
        pytest.param((form,), id="empty form"),
        pytest.param((lambda page: page.draw_rect(page.rect, fill=(0.2, 0.3, 0.4), color=None),), id="dark sheet"),
        pytest.param(tuple(bar(GREY, top=y, height=20) for y in range(50, 700, 40)), id="filled bars"),
        pytest.param((bar(BLACK),), id="black bar"),
        pytest.param((lambda page: page.draw_line((50, 100), (500, 100), dashes="[1 2]"),), id="dotted line"),
    ],
)
def test_a_page_without_letters_is_spared(draws: tuple[Draw, ...]) -> None:
    """Rules, boxes and bars say nothing that OCR could read."""
    assert not is_read(page_picture(*draws).data)


@pytest.mark.parametrize(("grain", "specks"), [(0, 0), (1, 0), (3, 0), (12, 0), (3, 0.0005)])
def test_a_scan_of_empty_paper_is_spared(grain: float, specks: float) -> None:
    """Grain and dirt are no letters."""
    assert not is_read(photo(235, grain, specks))


def test_a_shaded_sheet_is_spared() -> None:
    """A photo of empty paper is darker on the side away from the lamp."""
    shades = np.tile(np.linspace(120, 255, 1414), (2000, 1)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(shades).save(buffer, "JPEG", quality=75)
    assert not is_read(buffer.getvalue())


@pytest.mark.parametrize("size", [4, 6, 9, 20, 60, 150, 300])
def test_text_of_any_size_is_read(size: int) -> None:
    """From a footnote to a poster."""
    assert is_read(page_picture(text("total 12", size, at=(50, 400))).data)


@pytest.mark.parametrize(("level", "size"), [(0.97, 9), (0.95, 9), (0.9, 5), (0.8, 9)])
def test_faint_text_is_read(level: float, size: int) -> None:
    """Eight grey levels of 255 from white are enough."""
    assert is_read(page_picture(text("Amount due 120.00", size, (level, level, level))).data)


@pytest.mark.parametrize("level", [0.35, 0.6])
@pytest.mark.parametrize("grain", [3, 6])
def test_faint_text_on_grained_paper_is_read(level: float, grain: float) -> None:
    """A pale copy of a receipt."""
    picture = page_picture(text("Amount due 120.00", 9, (level, level, level)))
    with Image.open(io.BytesIO(picture.data)) as image:
        sheet = np.asarray(image.convert("L")) * 0.9
    noisy = sheet + np.random.default_rng(2).normal(0, grain, sheet.shape)
    buffer = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=75)
    assert is_read(buffer.getvalue())


@pytest.mark.parametrize(
    "draws",
    [
        pytest.param((bar(BLACK), text("PAID", 7, WHITE)), id="white on a black bar"),
        pytest.param((bar(BLACK, top=60, height=60), text("paid in full", 5, WHITE)), id="tiny white on black"),
        pytest.param((bar(GREY), text("Name of applicant", 8)), id="black on a grey bar"),
        pytest.param((bar(GREY), text("Name", 8, (0.8, 0.8, 0.8))), id="light grey on a grey bar"),
        pytest.param((bar(BLACK, top=0, height=842, left=0, right=595), text("note", 9, WHITE)), id="white on black"),
        pytest.param((text("7", 9),), id="one digit"),
        pytest.param((text("HELL", 80, at=(100, 400)),), id="level and upright strokes"),
        pytest.param((tilted_stroke,), id="handwriting"),
        pytest.param((round_stamp,), id="stamp"),
    ],
)
def test_whatever_may_be_a_letter_is_read(draws: tuple[Draw, ...]) -> None:
    """When in doubt, OCR is asked."""
    assert is_read(page_picture(*draws).data)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(text("12.00", 8, (0.9, 0.9, 0.9), at=(45, 95)), id="faint, in a cell"),
        pytest.param(text("12.00", 8, at=(45, 100.5)), id="on a rule"),
        pytest.param(text("1", 8, at=(70, 90)), id="one digit"),
        pytest.param(text("l", 8, at=(70, 90)), id="one straight letter"),
        pytest.param(text("X", 10, at=(64, 811)), id="a ticked box"),
        pytest.param(text("Ltd", 6, at=(205, 808)), id="in a box"),
        pytest.param(tilted_stroke, id="handwriting over rules"),
        pytest.param(text("Form 12", 9, (0.3, 0.3, 0.5), at=(60, 40)), id="on the filled bar"),
    ],
)
def test_a_form_with_an_entry_is_read(entry: Draw) -> None:
    """The least entry makes a form one that must be read."""
    assert is_read(page_picture(form, entry).data)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_is_judged_alike(turns: int) -> None:
    """Text that runs upwards is text, and rules are rules on a page on its side."""
    for draws, expected in (((form, text("12.00", 8, at=(45, 95))), True), ((form,), False)):
        with Image.open(io.BytesIO(page_picture(*draws).data)) as image:
            turned = image.rotate(90 * turns, expand=True)
        buffer = io.BytesIO()
        turned.save(buffer, "JPEG", quality=75)
        assert expected is is_read(buffer.getvalue())


class Engine:
    """An engine that counts the pictures it was given."""

    name = "engine"

    def __init__(self) -> None:
        self.pictures = 0

    async def recognise(self, picture: PageImage, page: int) -> Recognised:
        """Read nothing."""
        self.pictures += 1
        return Recognised(turns=1)


class BrokenIsolation:
    """An isolation in which every picture breaks the check."""

    async def run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Refuse."""
        raise Unreadable("too_slow", "too slow")


async def test_the_engine_gets_only_what_may_hold_text() -> None:
    """An empty page costs no OCR, one with text is read as ever."""
    engine = Engine()
    reader = BlankCheckingRecognizer(engine, InlineIsolation())
    assert Recognised() == await reader.recognise(page_picture(form), 1)
    assert 0 == engine.pictures
    assert Recognised(turns=1) == await reader.recognise(page_picture(text("total", 9)), 1)
    assert "engine" == reader.name


@pytest.mark.parametrize("isolation", [InlineIsolation(), BrokenIsolation()])
async def test_a_picture_that_cannot_be_checked_goes_to_the_engine(isolation: Any) -> None:
    """It says what is wrong with it."""
    engine = Engine()
    broken = PageImage(media_type="image/jpeg", data=b"no picture", width=1, height=1)
    await BlankCheckingRecognizer(engine, isolation).recognise(broken, 1)
    assert 1 == engine.pictures
