"""What `intray bench ocr` measures by."""

from pathlib import Path

import pytest
from PIL import Image

from quality.bench.degraded import DEGRADATIONS, Degradation, scans
from quality.bench.ocr import Subjects, measure, recall
from shared.domain.base.errors import IntrayError
from shared.settings import Settings

SAMPLES = Path(__file__).parents[4] / "samples" / "files"


def test_recall_counts_each_word_as_often_as_it_stands_there() -> None:
    """A word that was read once does not answer for its second place; signs and case do not matter."""
    assert (3, 4) == recall(["Total:", "12.50", "EUR", "EUR"], ["TOTAL", "12,50", "eur", "12.50"])
    assert (0, 0) == recall(["--"], ["x"])


def test_a_scan_is_the_same_every_time_and_its_words_are_known(tmp_path: Path) -> None:
    """Else figures of two runs could not be compared."""
    how = next(how for how in DEGRADATIONS if how.name == "hard")._replace(dpi=40)
    first, again = (next(scans([SAMPLES / "invoice-en.pdf"], how)) for _ in range(2))
    assert first == again
    assert "Invoice" in first.words
    (tmp_path / "x").write_bytes(first.picture.data)
    with Image.open(tmp_path / "x") as image:
        assert ("JPEG", first.picture.width, first.picture.height) == (image.format, *image.size)


def test_pages_without_text_are_not_measured() -> None:
    """Nobody knows what stands on them."""
    assert [] == list(scans([SAMPLES / "receipt-us-scan.pdf"], Degradation("plain", 40)))


async def test_nothing_is_measured_without_an_engine() -> None:
    """The message names the setting."""
    with pytest.raises(IntrayError, match="INTRAY_OCR_ENGINE"):
        await measure(Settings(ocr_engine="none"), Subjects(SAMPLES), 1, print)
