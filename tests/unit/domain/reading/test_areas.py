"""Which pictures on a page with text are read by OCR."""

from shared.domain.reading.ocr_need import areas_for_ocr
from shared.domain.reading.page import Box

PAGE = 600.0 * 800.0
WHOLE: Box = (0, 0, 600, 800)
HALF: Box = (0, 400, 600, 800)


def words(count: int, top: float = 100) -> list[tuple[Box, int]]:
    """So many words of five letters on one line."""
    return [((10.0 + index, top, 40.0 + index, top + 10), 5) for index in range(count)]


def test_a_scan_pasted_into_a_report_is_read() -> None:
    """The text around it says nothing about what it shows."""
    assert (HALF,) == areas_for_ocr([HALF], words(200), PAGE)


def test_a_logo_is_not_read() -> None:
    """OCR costs a thousand times a text layer, and nearly every letter has a logo."""
    assert () == areas_for_ocr([(0, 0, 300, 120)], words(200), PAGE)


def test_a_picture_with_its_own_text_layer_is_not_read() -> None:
    """A searchable scan, or a letter printed on a coloured ground: the text layer speaks for it."""
    assert () == areas_for_ocr([WHOLE], words(200), PAGE)


def test_a_stamp_does_not_speak_for_the_scan_below_it() -> None:
    """`Received on ... by ...` over a scanned page is more than a few characters, and still not the page."""
    assert (WHOLE,) == areas_for_ocr([WHOLE], words(12), PAGE)
