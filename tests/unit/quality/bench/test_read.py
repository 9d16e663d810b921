"""What `intray bench read` makes of its measurements."""

from pathlib import Path

import pymupdf
import pytest

from quality.bench.read import NO_PICTURE, Findings, Scale, _beside, _memory, _ms, _part, _payload, _round_share, _text
from quality.bench.rivals import Rival
from quality.bench.subjects import scan_pdf, text_pdf
from quality.measure import Figure
from shared.adapters.pdf.document import read_pages


def by_name(figures: list[Figure]) -> dict[str, Figure]:
    """The figures by what they are called."""
    return {figure.name: figure for figure in figures}


def test_a_figure_is_the_median_in_milliseconds_or_of_ratios() -> None:
    """One page that took long, because the machine was busy, changes nothing."""
    assert 2.0 == _ms([0.002, 0.001, 0.9])
    assert 1.13 == _round_share([1.0, 1.126, 7.0])


def test_memory_is_compared_between_a_long_text_and_a_short_one() -> None:
    """The ratio is what shows that memory does not grow with the pages."""
    figures = by_name(_memory([150.0, 165.0], Scale(text=10, long_text=50)))
    assert 150.0 == figures["peak memory, 10 pages"].value
    assert 165.0 == figures["peak memory, 50 pages"].value
    assert 1.1 == figures["peak memory, long to short"].value


def test_our_lines_are_measured_beside_bare_words_on_the_same_pages(tmp_path: Path) -> None:
    """Both are CPU a page, and every page is read: the ratio would mean nothing for a page that failed."""
    path = text_pdf(tmp_path / "text.pdf", 3)
    figures = by_name(_text("tiny", [path], block=2))
    assert figures["tiny: PyMuPDF words"].value > 0
    assert figures["tiny: our lines and boxes"].value > 0
    assert (1.3, "times") == (figures["tiny: ours to PyMuPDF"].goal, figures["tiny: ours to PyMuPDF"].unit)
    assert [None] * 3 == [page.page.get("problem") for page in read_pages(str(path), (), (1, 2, 3), *[NO_PICTURE] * 2)]


@pytest.mark.parametrize(("first", "expected"), [(0, 1), (10, 3), (40, 3)])
def test_each_round_reads_another_ten_pages_as_long_as_there_are_some(
    tmp_path: Path, first: int, expected: int
) -> None:
    """Beyond the end it is the last ten, never fewer: a figure is for ten pages."""
    part = _part(text_pdf(tmp_path / "text.pdf", 12), tmp_path / "part.pdf", first)
    with pymupdf.open(part) as document:
        assert 10 == document.page_count
        assert f"Page {expected} of 12" in document[0].get_text()


def test_every_library_has_a_figure_or_a_reason(tmp_path: Path) -> None:
    """One that is not installed is told as not measured; one that is reads the ten pages of each round once.

    The libraries are twins: the real ones take a minute, and whether they are installed must not matter here.
    """
    read: list[str] = []

    def reads(path: Path) -> int:
        read.append(path.name)
        return 0

    twins = [
        Rival("present", "zlib", places=False, read=reads),
        Rival("absent", "intray_has_no_such_module", places=True, read=reads),
    ]
    found = Findings()
    _beside(text_pdf(tmp_path / "text.pdf", 20), tmp_path, 2, twins, found)
    expected = [
        "ten pages, words and places: PyMuPDF words",
        "ten pages, words and places: ours",
        "ten pages, text only: present",
    ]
    assert expected == [figure.name for figure in found.figures]
    assert ["absent"] == list(found.skipped)
    assert ["part0.pdf", "part1.pdf"] == read


def test_a_scans_picture_is_smaller_than_a_png(tmp_path: Path) -> None:
    """By a factor above one, of which a higher one is better."""
    figures = by_name(_payload(scan_pdf(tmp_path / "scan.pdf", 1, dpi=150), 1))
    ratio = figures["scan: bytes, PNG to ours"]
    assert (True, "higher") == (ratio.value > 1, ratio.better)
