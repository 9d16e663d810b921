"""Files inside PDFs."""

from pathlib import Path

import pymupdf
import pytest

from shared.adapters.pdf import pdf_entries
from shared.domain.base.errors import Unreadable
from shared.domain.documents.unpacking import COVER
from tests.unit.adapters.members.unpacked import Unpacked


def pdf(
    path: Path, *files: tuple[str, bytes], pinned: tuple[tuple[str, bytes], ...] = (), portfolio: bool = False
) -> Path:
    """A PDF of one page with embedded files, and files pinned to its page."""
    with pymupdf.open() as document:
        page = document.new_page()
        for place, (name, data) in enumerate(files):
            document.embfile_add(f"{place}-{name}", data, filename=name, ufilename=name)
        for name, data in pinned:
            page.add_file_annot((50, 50), data, name)
        if portfolio:
            document.xref_set_key(document.pdf_catalog(), "Collection", "<</Type/Collection/View/D>>")
        document.save(path)
    return path


def test_embedded_and_pinned_files_come_out(tmp_path: Path) -> None:
    """First those of the whole file, then those of its pages; one attached twice is told, not taken twice."""
    file = pdf(tmp_path / "a", ("ä.txt", b"one"), ("b.txt", b"two"), pinned=(("c.txt", b"three"), ("ä.txt", b"one")))
    found = Unpacked(pdf_entries, file)
    assert {"ä.txt": b"one", "b.txt": b"two", "c.txt": b"three"} == found.contents
    assert ["ä.txt", "b.txt", "c.txt", "ä.txt"] == [member.name for member in found.members]
    assert {"ä.txt": "repeated"} == found.skipped


def test_an_e_invoice_is_the_document_itself(tmp_path: Path) -> None:
    """It is read as a second reading of the pages, not as a document of its own."""
    found = Unpacked(pdf_entries, pdf(tmp_path / "a", ("factur-x.xml", b"<x/>"), ("terms.txt", b"pay")))
    assert ({"factur-x.xml": "second_reading"}, ["terms.txt"]) == (found.skipped, list(found.contents))


def test_an_e_invoice_of_any_name_is_the_document_itself_unless_there_are_several(tmp_path: Path) -> None:
    """Those are documents of their own, because nobody can tell which one the pages are."""
    root = b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>%d</Invoice>"
    xml = [root % number for number in (1, 2)]
    found = Unpacked(pdf_entries, pdf(tmp_path / "a", ("data.bin", xml[0]), ("terms.txt", b"pay")))
    assert ({"data.bin": "second_reading"}, ["terms.txt"]) == (found.skipped, list(found.contents))
    several = Unpacked(pdf_entries, pdf(tmp_path / "b", ("a.xml", xml[0]), ("b.xml", xml[1])))
    assert ({}, ["a.xml", "b.xml"]) == (several.skipped, list(several.contents))
    named = Unpacked(pdf_entries, pdf(tmp_path / "c", ("factur-x.xml", xml[0]), ("old.xml", xml[1])))
    assert ({"factur-x.xml": "second_reading"}, ["old.xml"]) == (named.skipped, list(named.contents))


def test_a_portfolio_tells_its_cover(tmp_path: Path) -> None:
    """Its pages are a note for readers that cannot show it; without files it is a PDF like any."""
    assert {"cover (1 pages)": COVER} == Unpacked(pdf_entries, pdf(tmp_path / "a", ("b", b"1"), portfolio=True)).skipped
    assert () == Unpacked(pdf_entries, pdf(tmp_path / "c", portfolio=True)).members


def test_a_plain_pdf_holds_nothing_and_a_broken_one_is_told(tmp_path: Path) -> None:
    """No entry at all, so that nothing is written down of it."""
    assert () == Unpacked(pdf_entries, pdf(tmp_path / "a")).members
    (tmp_path / "b").write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(Unreadable):
        Unpacked(pdf_entries, tmp_path / "b")
