"""Pages are counted by the page tree, whatever its /Count claims."""

import re
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from shared.adapters.pdf import PyMuPDFReader
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.reading import SourceFile, SourcePage
from shared.testing.isolation import InlineIsolation

TEXTS = ("First sheet", "Second sheet", "Third sheet")


def sound_file() -> tuple[bytes, list[bytes]]:
    """Return a PDF with a page for each of TEXTS, and the references to its pages."""
    document: Any = pymupdf.open()
    for text in TEXTS:
        document.new_page(width=300, height=200).insert_text((50, 100), text)
    data: bytes = document.tobytes(garbage=0)
    return data, re.findall(rb"\d+ 0 R", kids_of(data))


def kids_of(data: bytes) -> bytes:
    """Return the /Kids of a PDF with one node in its page tree."""
    found = re.search(rb"/Kids ?\[[^\]]*\]", data)
    assert found
    return found.group()


def with_tree(kids: bytes, count: bytes) -> bytes:
    """Return the PDF of `sound_file` with another tree; its table of objects no longer fits."""
    data, _ = sound_file()
    return data.replace(kids_of(data), b"/Kids[" + kids + b"]").replace(b"/Count 3", count)


async def read_all(path: Path) -> list[SourcePage]:
    """Read as many pages as the reader counts."""
    reader, file = PyMuPDFReader(InlineIsolation()), SourceFile(path)
    numbers = range(1, await reader.count(file) + 1)
    return [source async for source in reader.pages(file, numbers, Ceiling(200), Ceiling(200))]


def texts_of(sources: list[SourcePage]) -> list[str]:
    """Return the text of each page."""
    return [" ".join(line.text for line in source.page.lines) for source in sources]


@pytest.mark.parametrize("count", [b"/Count 3", b"/Count 1", b"/Count 0", b"/Count -1", b"/Count (x)", b""])
async def test_every_page_is_read_whatever_the_count_says(tmp_path: Path, count: bytes) -> None:
    """The count that is right is among them: nothing is missing, so nothing is reported."""
    _, references = sound_file()
    (tmp_path / "x").write_bytes(with_tree(b" ".join(references), count))
    sources = await read_all(tmp_path / "x")
    assert list(TEXTS) == texts_of(sources)
    assert [((), None)] * 3 == [(source.page.unread, source.page.problem) for source in sources]


async def test_pages_that_the_tree_claims_and_does_not_hold_are_reported(tmp_path: Path) -> None:
    """Its end may have been lost: a person must know, on the last page that there is."""
    _, references = sound_file()
    (tmp_path / "x").write_bytes(with_tree(b" ".join(references), b"/Count 7"))
    sources = await read_all(tmp_path / "x")
    assert list(TEXTS) == texts_of(sources)
    assert [(), (), ("missing_pages",)] == [source.page.unread for source in sources]


@pytest.mark.parametrize("counts", [(b"2", b"1", b"9"), (b"3", b"1", b"1"), (b"1", b"2", b"2")])
async def test_counts_of_nested_nodes_do_not_matter(tmp_path: Path, counts: tuple[bytes, bytes, bytes]) -> None:
    """A node between root and pages may be wrong by itself."""
    _, (first, second, third) = sound_file()
    root, outer, inner = counts
    nested = b"<</Type/Pages/Count %b/Kids[%b]>>" % (inner, third)
    kids = b"%b <</Type/Pages/Count %b/Kids[%b %b]>>" % (first, outer, second, nested)
    (tmp_path / "x").write_bytes(with_tree(kids, b"/Count " + root))
    assert list(TEXTS) == texts_of(await read_all(tmp_path / "x"))


@pytest.mark.parametrize("intruder", [b"null", b"17", b"<</Type/Pages/Kids[]>>", b"<</Type/Font>>"])
async def test_what_is_no_page_is_passed_over(tmp_path: Path, intruder: bytes) -> None:
    """Viewers show the pages around it."""
    _, (first, second, third) = sound_file()
    (tmp_path / "x").write_bytes(with_tree(b" ".join((first, intruder, second, third)), b"/Count 3"))
    sources = await read_all(tmp_path / "x")
    assert (list(TEXTS), [()] * 3) == (texts_of(sources), [source.page.unread for source in sources])


async def test_a_tree_that_contains_itself_ends(tmp_path: Path) -> None:
    """Its root among its kids is not entered again."""
    data, (first, second, third) = sound_file()
    root = re.findall(rb"(\d+) 0 obj\s*<<\s*/Type\s*/Pages", data)[0] + b" 0 R"
    (tmp_path / "x").write_bytes(with_tree(b" ".join((first, root, second, third)), b"/Count 3"))
    assert list(TEXTS) == texts_of(await read_all(tmp_path / "x"))


async def test_a_page_whose_object_is_lost_is_reported_and_the_others_come(tmp_path: Path) -> None:
    """MuPDF would show an empty page in its place."""
    _, (first, _, third) = sound_file()
    (tmp_path / "x").write_bytes(with_tree(b" ".join((first, b"999 0 R", third)), b"/Count 3"))
    sources = await read_all(tmp_path / "x")
    assert [TEXTS[0], "", TEXTS[2]] == texts_of(sources)
    assert [False, True, False] == ["does not hold it" in (source.page.problem or "") for source in sources]
