"""PDFs that are encrypted, empty, broken in places, or need OCR."""

from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from shared.adapters.pdf import PyMuPDFReader
from shared.domain.base.errors import Unreadable
from shared.domain.reading.ocr_need import Ceiling
from shared.ports.reading import SourceFile, SourcePage
from shared.testing.isolation import InlineIsolation

MODEL, OCR = Ceiling(400), Ceiling(600)
AES_256 = 5
"""pymupdf.PDF_ENCRYPT_AES_256, which its stubs lack."""


def made(*texts: str) -> Any:
    """A document with one page a text."""
    document: Any = pymupdf.open()
    for text in texts:
        document.new_page(width=400, height=500).insert_text((50, 100), text)
    return document


async def read(path: Path, *numbers: int, model: Ceiling = MODEL) -> list[SourcePage]:
    """The pages, read in this process."""
    return [source async for source in PyMuPDFReader(InlineIsolation()).pages(SourceFile(path), numbers, model, OCR)]


async def refusal(path: Path) -> Unreadable:
    """How the reader refuses a file."""
    with pytest.raises(Unreadable) as caught:
        await PyMuPDFReader(InlineIsolation()).count(SourceFile(path))
    return caught.value


async def test_a_password_is_asked_for_in_words(tmp_path: Path) -> None:
    """The sender must learn what to do; guessing passwords is not for us."""
    made("secret").save(tmp_path / "x", encryption=AES_256, user_pw="u", owner_pw="o")
    error = await refusal(tmp_path / "x")
    assert ("password_required", True) == (error.code, "upload a copy that opens without one" in str(error))


async def test_any_of_the_known_passwords_opens_a_pdf(tmp_path: Path) -> None:
    """A sender's password is one of several; which is whose need not be known."""
    made("secret but known").save(tmp_path / "x", encryption=AES_256, user_pw="u", owner_pw="o")
    reader, file = PyMuPDFReader(InlineIsolation()), SourceFile(tmp_path / "x", ("wrong", "u"))
    assert 1 == await reader.count(file)
    (source,) = [source async for source in reader.pages(file, [1], MODEL, OCR)]
    assert "secret but known" == source.page.lines[0].text


async def test_a_password_that_is_added_later_opens_the_same_file(tmp_path: Path) -> None:
    """That a file was refused once must not be remembered."""
    made("secret but known").save(tmp_path / "x", encryption=AES_256, user_pw="u", owner_pw="o")
    await refusal(tmp_path / "x")
    assert 1 == await PyMuPDFReader(InlineIsolation()).count(SourceFile(tmp_path / "x", ("u",)))


def test_passwords_do_not_show() -> None:
    """A file may be named in an error or a log; what opens it may not."""
    assert "hunter2" not in repr(SourceFile(Path("x"), ("hunter2",)))


async def test_a_pdf_that_only_its_owner_may_change_opens(tmp_path: Path) -> None:
    """An empty user password is how most protected invoices are sent."""
    made("open to all, printed by none").save(tmp_path / "x", encryption=AES_256, owner_pw="o")
    (source,) = await read(tmp_path / "x", 1)
    assert ["open to all, printed by none"] == [line.text for line in source.page.lines]


async def test_a_pdf_without_pages_says_so(tmp_path: Path) -> None:
    """Zero pages read must never look like a success."""
    objects = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj"
    (tmp_path / "x").write_bytes(b"%PDF-1.4\n" + objects + b"\ntrailer<</Root 1 0 R>>\n%%EOF")
    assert "no_pages" == (await refusal(tmp_path / "x")).code


async def test_another_format_is_not_read_as_a_pdf(tmp_path: Path) -> None:
    """MuPDF opens many formats; what is called a PDF must be one."""
    (tmp_path / "x.pdf").write_text("just text")
    assert "unreadable" == (await refusal(tmp_path / "x.pdf")).code


async def test_a_broken_page_has_a_problem_and_the_others_come(tmp_path: Path) -> None:
    """One bad page must not cost the other 4,999."""
    document = made("the first page of three", "the second page of three", "x")
    xrefs = [page.xref for page in document]
    tree = int(document.xref_get_key(xrefs[0], "Parent")[1].split()[0])
    document.xref_set_key(tree, "Kids", f"[{xrefs[0]} 0 R {xrefs[1]} 0 R {tree} 0 R]")
    document.save(tmp_path / "x")
    third, first, second = await read(tmp_path / "x", 3, 1, 2)
    assert [None, None] == [first.page.problem, second.page.problem]
    assert ("the second page of three", 2) == (second.page.lines[0].text, second.page.number)
    assert (3, (), None, False) == (third.page.number, third.page.lines, third.picture, third.wants_ocr)
    assert str(third.page.problem).startswith("The page is broken")


async def test_a_page_that_is_blank_only_for_us_has_a_problem(tmp_path: Path) -> None:
    """Damaged content must not pass for an empty page."""
    document = made("lost text", "")
    document.xref_set_key(document[0].xref, "Contents", "(nothing to see)")
    document.save(tmp_path / "x")
    damaged, empty = await read(tmp_path / "x", 1, 2)
    assert ["The page came out blank, because its content is damaged.", None] == [
        damaged.page.problem,
        empty.page.problem,
    ]


async def test_a_page_that_does_not_exist_has_a_problem(tmp_path: Path) -> None:
    """A file that was counted otherwise is not read in silence."""
    made("only one page").save(tmp_path / "x")
    (source,) = await read(tmp_path / "x", 2)
    assert source.page.problem is not None


async def test_a_changed_file_is_opened_anew(tmp_path: Path) -> None:
    """The child keeps the last file open; another file under its name is another file."""
    made("the first version").save(tmp_path / "x")
    await read(tmp_path / "x", 1)
    made("the second version of this").save(tmp_path / "x")
    (source,) = await read(tmp_path / "x", 1)
    assert "the second version of this" == source.page.lines[0].text


async def test_garbage_wants_ocr(tmp_path: Path) -> None:
    """A text layer of unmapped characters says nothing, however long it is."""
    document = made()
    page = document.new_page(width=400, height=500)
    page.insert_htmlbox(pymupdf.Rect(20, 20, 380, 480), "\ue001\ue002\ue003 " * 20)
    document.save(tmp_path / "x")
    (source,) = await read(tmp_path / "x", 1)
    assert source.wants_ocr


async def test_a_scan_with_a_stamp_wants_ocr_and_a_letter_with_a_logo_does_not(tmp_path: Path) -> None:
    """A few characters over a page-wide picture are not the page's text."""
    Image.new("L", (40, 50), 200).save(tmp_path / "grey.png")
    document = made("COPY", "Dear Sir or Madam, please find enclosed our invoice")
    document[0].insert_image(document[0].rect, filename=tmp_path / "grey.png", overlay=False)
    document[1].insert_image(pymupdf.Rect(300, 20, 380, 60), filename=tmp_path / "grey.png")
    document.save(tmp_path / "x")
    assert [True, False] == [source.wants_ocr for source in await read(tmp_path / "x", 1, 2)]


async def test_letters_drawn_as_outlines_want_ocr_and_a_blank_page_does_not(tmp_path: Path) -> None:
    """A page without text that is not blank has something to read."""
    document = made("", "")
    document[0].draw_line((50, 50), (200, 60))
    document.save(tmp_path / "x")
    assert [True, False] == [source.wants_ocr for source in await read(tmp_path / "x", 1, 2)]


async def test_no_picture_is_made_for_a_ceiling_of_nothing(tmp_path: Path) -> None:
    """Who sends no pictures to the model need not pay for them."""
    made("a page with a text layer").save(tmp_path / "x")
    (source,) = await read(tmp_path / "x", 1, model=Ceiling(0))
    assert (None, False) == (source.picture, source.page.has_image)


class Crashing(InlineIsolation):
    """Dies of page 2, as a child would."""

    async def run[**P, T](self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """What `function` returns, unless page 2 is among what it is asked for."""
        if len(args) > 2 and 2 in args[2]:
            raise Unreadable("too_slow", "Reading took longer than 60 seconds and was stopped.")
        return function(*args, **kwargs)


async def test_a_page_that_kills_the_child_is_left_out_alone(tmp_path: Path) -> None:
    """The group dies with it; its neighbours are read again without it, and the page says why it is empty."""
    made("the first page of three", "x", "the third page of three").save(tmp_path / "x")
    reader = PyMuPDFReader(Crashing(), group=3)
    pages = [source.page async for source in reader.pages(SourceFile(tmp_path / "x"), [1, 2, 3], MODEL, OCR)]
    problem = "Reading took longer than 60 seconds and was stopped."
    assert [(1, None), (2, problem), (3, None)] == [(page.number, page.problem) for page in pages]
