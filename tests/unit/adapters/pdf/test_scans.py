"""Pages that are one scan: their own JPEG is taken, but only where it is just what the page shows."""

import io
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image, ImageChops, ImageDraw

from shared.adapters.pdf.document import read_pages
from shared.adapters.pdf.pictures.picture import render
from shared.adapters.pdf.pictures.scan import find_scan, scan_picture
from shared.domain.reading.ocr_need import Ceiling
from shared.domain.reading.page import PageImage

CEILING = Ceiling(400)
WIDTH, HEIGHT = 800, 1000


def sheet(mode: str = "L", size: tuple[int, int] = (WIDTH, HEIGHT), **options: Any) -> bytes:
    """A scan on which every corner looks different."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 40, 300, 120), fill="black")
    pen.ellipse((size[0] - 200, 60, size[0] - 60, 200), fill="gray")
    pen.line((60, size[1] - 60, 300, size[1] - 300), fill="red" if mode == "RGB" else "black", width=20)
    buffer = io.BytesIO()
    image.convert(mode).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def scan_page(rotation: int = 0, turned: int = 0, jpeg: bytes | None = None) -> Any:
    """A page that shows a scan: the page turned by /Rotate, the image by its matrix (degrees)."""
    document: Any = pymupdf.open()
    page = document.new_page(width=500 if turned % 180 else 400, height=400 if turned % 180 else 500)
    page.insert_image(page.rect, stream=jpeg or sheet(), rotate=turned)
    page.set_rotation(rotation)
    return reopened(page)


def reopened(page: Any) -> Any:
    """The page as it is in a file."""
    return pymupdf.open(stream=page.parent.tobytes(), filetype="pdf")[0]


def decoded(picture: PageImage | None) -> Image.Image:
    assert picture is not None
    image = Image.open(io.BytesIO(picture.data))
    assert (picture.width, picture.height) == image.size
    return image.convert("L")


def difference(picture: PageImage | None, page: Any) -> float:
    """The mean difference (0..255) between a picture and the page as MuPDF draws it."""
    drawn = decoded(render(page, CEILING))
    one = decoded(picture).resize(drawn.size)
    histogram = ImageChops.difference(one, drawn).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / (one.width * one.height)


def taken(page: Any) -> PageImage | None:
    """The picture by the short way; the page must be a scan."""
    scan = find_scan(page)
    assert scan is not None
    return scan_picture(scan, CEILING, 75)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_scan_comes_upright_however_it_lies_in_the_page(rotation: int, turned: int) -> None:
    """Scanners turn the page, or the image in it, or both; it must look as a person sees it."""
    page = scan_page(rotation, turned)
    picture = taken(page)
    assert difference(picture, page) < 4
    assert max(decoded(picture).size) <= 400


def test_colour_stays_where_it_says_something() -> None:
    """A red stroke on a scan; a grey one is grey in the file too."""
    modes = []
    for mode in ("RGB", "L"):
        picture = taken(scan_page(jpeg=sheet(mode)))
        assert picture is not None
        modes.append(Image.open(io.BytesIO(picture.data)).mode)
    assert ["RGB", "L"] == modes


def test_a_colour_scan_of_black_on_white_turns_grey() -> None:
    """Office scanners send colour by habit; it costs twice the bytes."""
    grey = io.BytesIO()
    Image.open(io.BytesIO(sheet())).convert("RGB").save(grey, "JPEG")
    picture = taken(scan_page(jpeg=grey.getvalue()))
    assert picture is not None
    assert "L" == Image.open(io.BytesIO(picture.data)).mode


def test_a_fitting_scan_is_passed_through() -> None:
    """Neither decoded nor encoded, it loses nothing and costs next to nothing."""
    jpeg = sheet(size=(320, 400))
    picture = taken(scan_page(jpeg=jpeg))
    assert jpeg == (picture and picture.data)


def test_a_fitting_scan_with_an_orientation_of_its_own_is_not_passed_through() -> None:
    """A PDF ignores EXIF, a reader of JPEGs may not: it would turn the page."""
    exif = Image.Exif()
    exif[0x0112] = 6
    jpeg = sheet(size=(320, 400), exif=exif)
    picture = taken(scan_page(jpeg=jpeg))
    assert picture is not None
    assert (False, (320, 400)) == (jpeg == picture.data, decoded(picture).size)


def test_a_searchable_scan_is_a_scan() -> None:
    """Invisible text paints nothing."""
    page = scan_page()
    page.insert_text((50, 100), "what an engine read", render_mode=3)
    assert find_scan(reopened(page)) is not None


def visible_text(page: Any) -> None:
    page.insert_text((50, 200), "PAID")


def an_annotation(page: Any) -> None:
    page.add_rect_annot((50, 50, 200, 200))


def a_covering(page: Any) -> None:
    page.draw_rect((20, 20, 150, 60), fill=(1, 1, 1), color=(1, 1, 1))


def a_second_image(page: Any) -> None:
    page.insert_image((50, 300, 150, 400), stream=sheet("RGB"))


def a_clip(page: Any) -> None:
    put_content(page, b"q 0 0 100 100 re W n 400 0 0 500 0 0 cm /I Do Q")


def a_soft_state(page: Any) -> None:
    put_content(page, b"q /G gs 400 0 0 500 0 0 cm /I Do Q", "/ExtGState <</G <</ca 0.1>>>>")


def a_mirror(page: Any) -> None:
    put_content(page, b"q -400 0 0 500 400 0 cm /I Do Q")


def a_margin(page: Any) -> None:
    put_content(page, b"q 300 0 0 375 50 60 cm /I Do Q")


def a_squeeze(page: Any) -> None:
    page.set_mediabox(pymupdf.Rect(0, 0, 400, 400))
    put_content(page, b"q 400 0 0 400 0 0 cm /I Do Q")


def a_crop(page: Any) -> None:
    page.set_cropbox(pymupdf.Rect(0, 0, 400, 300))


def a_decode_array(page: Any) -> None:
    page.parent.xref_set_key(page.get_images()[0][0], "Decode", "[1 0]")


def a_mask(page: Any) -> None:
    page.parent.xref_set_key(page.get_images()[0][0], "Mask", "[0 10]")


def another_size(page: Any) -> None:
    page.parent.xref_set_key(page.get_images()[0][0], "Width", "400")


def put_content(page: Any, content: bytes, resources: str = "") -> None:
    """Replace what a page paints; /I is its image."""
    document, image = page.parent, page.get_images()[0][0]
    document.xref_set_key(page.xref, "Resources", f"<</XObject <</I {image} 0 R>>{resources}>>")
    document.update_stream(page.get_contents()[0], content)


@pytest.mark.parametrize(
    "changed",
    [
        visible_text, an_annotation, a_covering, a_second_image, a_clip, a_soft_state, a_mirror, a_margin, a_squeeze,
        a_crop, a_decode_array, a_mask, another_size,
    ],
)  # fmt: skip
def test_a_page_that_shows_anything_else_is_drawn(changed: Any) -> None:
    """What a model sees must be what a person sees: no more, and no less."""
    page = scan_page()
    changed(page)
    assert find_scan(reopened(page)) is None


def test_a_damaged_scan_is_left_to_mupdf() -> None:
    """It draws what is left of it."""
    scan = find_scan(scan_page())
    assert scan is not None
    assert scan_picture(scan._replace(jpeg=scan.jpeg[: len(scan.jpeg) // 2]), CEILING, 75) is None


def test_for_ocr_a_sharp_scan_is_decoded_at_a_fraction(tmp_path: Path) -> None:
    """A 300-dpi A4 page at half its size has 150 dpi, which is enough: nothing is decoded in full."""
    document: Any = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.insert_image(page.rect, stream=sheet(size=(2480, 3508)))
    scan = find_scan(reopened(page))
    assert scan is not None
    sizes = [scan_picture(scan, ceiling, 75) for ceiling in (Ceiling(2000), Ceiling(1408, 1088 * 1408))]
    assert [(1240, 1754), (995, 1408)] == [picture and (picture.width, picture.height) for picture in sizes]


def test_a_scan_may_be_read_without_a_picture(tmp_path: Path) -> None:
    """Whoever asks for no picture, by a ceiling of 0, gets none of a scan either."""
    file = tmp_path / "scan.pdf"
    scan_page().parent.save(file)
    (page,) = read_pages(str(file), (), (1,), Ceiling(0), Ceiling(0))
    assert (True, None) == (page.wants_ocr, page.picture)
