"""Pictures for a model: small, grey where that loses nothing; and scans made straight."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw

from shared.adapters.images.deskew import measure_tilt, straighten
from shared.adapters.images.pictures import PillowPictures
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import PageImage


def text_page(colour: str = "black", paper: str = "white") -> Image.Image:
    """A page with thirty lines of text."""
    image = Image.new("RGB", (700, 900), paper)
    draw = ImageDraw.Draw(image)
    for row in range(30):
        draw.text((60, 60 + 26 * row), f"Article {row} and what it is good for", fill="black", font_size=18)
        draw.text((560, 60 + 26 * row), f"{row},99", fill=colour if row == 29 else "black", font_size=18)
    return image


def as_picture(image: Image.Image, kind: str = "PNG") -> PageImage:
    """The image as a page's picture."""
    buffer = io.BytesIO()
    image.save(buffer, kind)
    media_type = "image/png" if kind == "PNG" else "image/jpeg"
    return PageImage.model_validate(
        {"media_type": media_type, "data": buffer.getvalue(), "width": image.width, "height": image.height}
    )


def decoded(picture: PageImage) -> Image.Image:
    """What a picture shows."""
    image = Image.open(io.BytesIO(picture.data))
    assert (picture.width, picture.height) == image.size
    return image


async def test_a_picture_is_brought_under_its_ceiling() -> None:
    """Pixels over it cost upload and show the model nothing."""
    for ceiling, size in ((Ceiling(450), (350, 450)), (Ceiling(900, 157_500), (350, 450)), (Ceiling(2000), (700, 900))):
        shrunk = await PillowPictures().shrink(as_picture(text_page()), ceiling)
        assert ("image/jpeg", size) == (shrunk.media_type, (shrunk.width, shrunk.height))
        assert "JPEG" == decoded(shrunk).format


async def test_a_fitting_jpeg_stays_as_it_is() -> None:
    """Encoding it again would only cost time and quality."""
    picture = as_picture(text_page(), "JPEG")
    assert picture == await PillowPictures().shrink(picture, Ceiling(900))


@pytest.mark.parametrize(
    ("colour", "paper", "mode"), [("black", "white", "L"), ("black", "#f5f0dc", "L"), ("red", "white", "RGB")]
)
async def test_colour_is_kept_where_it_says_something(colour: str, paper: str, mode: str) -> None:
    """A red amount is a credit; yellowed paper is only old."""
    shrunk = await PillowPictures().shrink(as_picture(text_page(colour, paper)), Ceiling(450))
    assert mode == decoded(shrunk).mode


@pytest.mark.parametrize("angle", [-6.0, -1.3, 0.7, 4.0])
def test_a_tilt_is_measured_to_a_tenth_of_a_degree(angle: float) -> None:
    """At one degree a row of a page drops by the height of a line from one edge to the other."""
    tilted = text_page().rotate(angle, Image.Resampling.BICUBIC, fillcolor="white")
    assert angle == pytest.approx(measure_tilt(tilted), abs=0.11)


def test_a_tilted_page_is_made_straight() -> None:
    """Turned the other way, rows would be twice as far off."""
    tilted = text_page().rotate(-2.5, Image.Resampling.BICUBIC, fillcolor="white")
    assert 0.0 == pytest.approx(measure_tilt(decoded(straighten(as_picture(tilted)))), abs=0.11)


def test_a_page_on_its_side_keeps_its_straight_lines() -> None:
    """Which way is up is for the recogniser to tell."""
    assert 0.0 == measure_tilt(text_page().rotate(90, expand=True))


def test_a_straight_or_blank_page_is_left_alone() -> None:
    """What needs no turning is not encoded again."""
    for image in (text_page(), Image.new("L", (700, 900), 255), Image.new("L", (1, 1), 0)):
        picture = as_picture(image)
        assert picture is straighten(picture)


def test_a_straightened_picture_keeps_its_size() -> None:
    """Places on it are places on the page."""
    made = straighten(as_picture(text_page().rotate(3, fillcolor="white")))
    assert ("image/jpeg", 700, 900) == (made.media_type, made.width, made.height)


@pytest.mark.parametrize(("turns", "dark"), [(0, (0, 0)), (1, (0, 1)), (2, (1, 1)), (3, (1, 0))])
async def test_a_picture_is_turned_upright_anticlockwise(turns: int, dark: tuple[int, int]) -> None:
    """A page that was scanned upside down is kept as it is read."""
    image = Image.new("L", (400, 300), "white")
    image.paste(0, (0, 0, 200, 150))
    turned = await PillowPictures().shrink(as_picture(image, "JPEG"), Ceiling(400), turns)
    assert ((300, 400) if turns % 2 else (400, 300)) == (turned.width, turned.height)
    shown: Any = Image.open(io.BytesIO(turned.data)).convert("L")
    corners = {
        (x, y): shown.getpixel((x * (turned.width - 1), y * (turned.height - 1))) for x in (0, 1) for y in (0, 1)
    }
    assert [dark] == [corner for corner, value in corners.items() if value < 60]


async def test_a_part_of_a_picture_is_cut_out_within_its_edges() -> None:
    """Boxes of a PDF may reach over the page; what is cut out is told in whole pixels."""
    image = Image.new("L", (400, 300), "white")
    image.paste(0, (200, 150, 400, 300))
    part = await PillowPictures().crop(as_picture(image, "PNG"), (199.6, 149.7, 500.0, 310.2))
    assert ("image/jpeg", 201, 151) == (part.media_type, part.width, part.height)
    shown: Any = Image.open(io.BytesIO(part.data)).convert("L")
    assert shown.getpixel((150, 100)) < 60
