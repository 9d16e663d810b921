"""Photos and scans in the odd forms that cameras and scanners give them."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from shared.adapters.images.reader import PillowReader
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import PageImage
from shared.ports.reading import SourceFile, SourcePage
from shared.testing.isolation import InlineIsolation

MODEL, OCR = Ceiling(200), Ceiling(400)
ORIENTATION = 0x0112


async def read(path: Path, *numbers: int, max_pixels: int = 1_000_000) -> list[SourcePage]:
    """The pages, read in this process."""
    reader = PillowReader(InlineIsolation(), max_pixels)
    return [source async for source in reader.pages(SourceFile(path), numbers or (1,), MODEL, OCR)]


async def picture(path: Path) -> tuple[PageImage, Image.Image]:
    """The picture of the first page, and what it shows."""
    (source,) = await read(path)
    assert source.picture is not None
    return source.picture, Image.open(io.BytesIO(source.picture.data))


def corner_marked(width: int, height: int) -> Image.Image:
    """A white image whose top left quarter is black."""
    image = Image.new("RGB", (width, height), "white")
    image.paste("black", (0, 0, width // 2, height // 2))
    return image


@pytest.mark.parametrize(("orientation", "stored"), [(1, None), (3, 180), (6, 90), (8, 270)])
async def test_a_photo_is_turned_upright(tmp_path: Path, orientation: int, stored: int | None) -> None:
    """Cameras store what the sensor saw, and say in EXIF how they were held; sizes are those of the upright page."""
    image, exif = corner_marked(600, 300).rotate(stored or 0, expand=True), Image.Exif()
    exif[ORIENTATION] = orientation
    image.save(tmp_path / "x", "JPEG", exif=exif)
    (source,) = await read(tmp_path / "x")
    _, shown = await picture(tmp_path / "x")
    assert ((600, 300), (400, 200)) == ((source.page.width, source.page.height), shown.size)
    grey: Any = shown.convert("L")
    assert (True, True) == (grey.getpixel((20, 20)) < 60, grey.getpixel((380, 180)) > 200)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "RGBA", "LA", "I;16", "YCbCr"])
async def test_every_mode_becomes_grey_or_colour_of_8_bits(tmp_path: Path, mode: str) -> None:
    """A model takes JPEG in grey or colour: black must stay black and white white."""
    if mode == "I;16":
        image = Image.new("I;16", (100, 100), 65535)
        image.paste(0, (0, 0, 50, 50))
    else:
        image = corner_marked(100, 100).convert(mode)
    image.save(tmp_path / "x", "TIFF")
    made, shown = await picture(tmp_path / "x")
    assert "image/jpeg" == made.media_type
    assert shown.mode in ("L", "RGB")
    grey: Any = shown.convert("L")
    assert (True, True) == (grey.getpixel((20, 20)) < 30, grey.getpixel((80, 80)) > 225)


async def test_transparent_parts_are_paper(tmp_path: Path) -> None:
    """Black text on nothing would be black on black."""
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(tmp_path / "x", "PNG")
    _, shown = await picture(tmp_path / "x")
    assert ((255, 255), "RGB") == (shown.convert("L").getextrema(), shown.mode)


async def test_a_fitting_file_is_passed_through(tmp_path: Path) -> None:
    """Encoding again would cost time and quality."""
    for kind in ("JPEG", "PNG"):
        corner_marked(300, 200).save(tmp_path / kind, kind)
        made, _ = await picture(tmp_path / kind)
        assert (tmp_path / kind).read_bytes() == made.data
        assert (f"image/{kind.lower()}", 300, 200) == (made.media_type, made.width, made.height)


async def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    """A file of kilobytes can unfold to gigabytes; its header tells."""
    Image.new("1", (2000, 2000)).save(tmp_path / "x", "PNG")
    for asked in (PillowReader(InlineIsolation(), 1_000_000).count(SourceFile(tmp_path / "x")), read(tmp_path / "x")):
        with pytest.raises(Unreadable) as caught:
            await asked
        assert ("too_large", True) == (caught.value.code, "2000 x 2000 pixels" in str(caught.value))


async def test_a_cut_off_photo_is_unreadable(tmp_path: Path) -> None:
    """Half a receipt must not pass for a whole one."""
    noise = Image.effect_noise((300, 300), 90)
    noise.save(tmp_path / "x", "JPEG")
    (tmp_path / "x").write_bytes((tmp_path / "x").read_bytes()[:-5000])
    with pytest.raises(Unreadable) as caught:
        await read(tmp_path / "x")
    assert "unreadable" == caught.value.code


async def test_one_bad_frame_does_not_cost_the_others(tmp_path: Path) -> None:
    """A fax of many pages is read without the one that is too large, which says so."""
    small, large = Image.new("L", (90, 90), 255), Image.new("L", (1200, 1200), 255)
    small.save(tmp_path / "x", "TIFF", save_all=True, append_images=[large, small])
    first, second, third = await read(tmp_path / "x", 1, 2, 3)
    assert [None, None] == [first.page.problem, third.page.problem]
    assert (2, None, False) == (second.page.number, second.picture, second.wants_ocr)
    assert "1200 x 1200 pixels" in str(second.page.problem)


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "WEBP", "AVIF", "PNG"])
async def test_every_frame_is_a_page(tmp_path: Path, kind: str) -> None:
    """Nobody can tell a fax from an animation: what is not read is lost in silence."""
    first, second = corner_marked(90, 90), Image.new("RGB", (90, 90), "black")
    first.save(tmp_path / "x", kind, save_all=True, append_images=[second])
    assert 2 == await PillowReader(InlineIsolation()).count(SourceFile(tmp_path / "x"))
    brightest: list[Any] = [
        Image.open(io.BytesIO(source.picture.data)).convert("L").getextrema()[1]
        for source in await read(tmp_path / "x", 2, 1)
        if source.picture is not None
    ]
    assert [True, False] == [value < 60 for value in brightest]


async def test_previews_inside_a_photo_are_no_pages(tmp_path: Path) -> None:
    """The second image inside a phone's JPEG is a preview or a depth map."""
    corner_marked(90, 90).save(tmp_path / "x", "MPO", save_all=True, append_images=[Image.new("RGB", (90, 90))])
    assert 1 == await PillowReader(InlineIsolation()).count(SourceFile(tmp_path / "x"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF", "JPEG2000"])
async def test_every_format_is_read(tmp_path: Path, kind: str) -> None:
    """Scanners and phones save as they please; a picture within the ceiling keeps what it shows."""
    corner_marked(600, 300).save(tmp_path / "x", kind)
    (source,) = await read(tmp_path / "x")
    _, shown = await picture(tmp_path / "x")
    assert ((600, 300), (400, 200)) == ((source.page.width, source.page.height), shown.size)
    grey: Any = shown.convert("L")
    assert (True, True) == (grey.getpixel((20, 20)) < 60, grey.getpixel((380, 180)) > 200)


async def test_a_turned_tiff_is_turned_once(tmp_path: Path) -> None:
    """Decoding a TIFF turns it; turning it again would lay a fax on its side."""
    image, exif = corner_marked(600, 300).rotate(90, expand=True), Image.Exif()
    exif[ORIENTATION] = 6
    image.save(tmp_path / "x", "TIFF", exif=exif)
    (source,) = await read(tmp_path / "x")
    _, shown = await picture(tmp_path / "x")
    assert ((600, 300), (400, 200)) == ((source.page.width, source.page.height), shown.size)
    grey: Any = shown.convert("L")
    assert (True, True) == (grey.getpixel((20, 20)) < 60, grey.getpixel((380, 180)) > 200)


async def test_twelve_bits_in_sixteen_are_not_darkness(tmp_path: Path) -> None:
    """Some scanners count to 4095 only: their white must come out white."""
    image = Image.new("I;16", (100, 100), 4095)
    image.paste(0, (0, 0, 50, 50))
    image.save(tmp_path / "x", "TIFF")
    _, shown = await picture(tmp_path / "x")
    grey: Any = shown
    assert (True, True) == (grey.getpixel((20, 20)) < 30, grey.getpixel((80, 80)) > 225)


async def test_colours_follow_the_profile(tmp_path: Path) -> None:
    """What a profile calls red is red for a reader who knows no profiles; a damaged profile costs nothing else."""
    lab = Image.new("LAB", (100, 100), (136, 208, 195))
    lab.save(tmp_path / "x", "TIFF")
    _, shown = await picture(tmp_path / "x")
    colour: Any = shown.getpixel((50, 50))
    assert (True, True, True) == (colour[0] > 230, colour[1] < 40, colour[2] < 40)
    Image.new("CMYK", (100, 100), (0, 255, 255, 0)).save(tmp_path / "x", "JPEG", icc_profile=b"none")
    _, shown = await picture(tmp_path / "x")
    colour = shown.getpixel((50, 50))
    assert (True, True) == (colour[0] > 200, colour[1] < 60)


async def test_a_strip_is_no_page(tmp_path: Path) -> None:
    """Brought to a size that can be worked with, nothing would be left of it; it must not pass for a blank page."""
    Image.new("1", (8, 20_000)).save(tmp_path / "x", "PNG")
    with pytest.raises(Unreadable) as caught:
        await read(tmp_path / "x")
    assert ("unreadable", True) == (caught.value.code, "8 x 20000 pixels" in str(caught.value))
