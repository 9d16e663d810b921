"""Documents that Word inserts at a place of the text (w:altChunk)."""

import io
from pathlib import Path

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from shared.adapters.formats.docx import chunks, parse_docx
from shared.bootstrap_formats import _parsers
from shared.domain.content.blocks import Block, NotRead
from shared.ports.reading import SourceFile
from shared.settings import Settings
from tests.unit.adapters.formats.test_office_parsers import said

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{OFFICE}"'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = "<html><body><p>Amount due: 900.00</p></body></html>"
MAIL = f"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{PAGE}"


def make_docx(*inserted: tuple[str, bytes]) -> bytes:
    """A document with chunks (media type, bytes) between its first and its last paragraph."""
    made = docx.Document()
    made.add_paragraph("Before")
    for number, (media_type, data) in enumerate(inserted):
        part = Part(PackURI(f"/word/chunk{number}.bin"), media_type, data, made.part.package)
        reference = made.part.relate_to(part, f"{OFFICE}/aFChunk")
        made.element.body.insert(1 + number, parse_xml(f'<w:altChunk {NAMES} r:id="{reference}"/>'))
    made.add_paragraph("After")
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def parse(path: Path, data: bytes) -> list[Block]:
    """The blocks of a DOCX, read with the parsers of the program."""
    path.write_bytes(data)
    return list(_parsers(Settings.model_construct(unpacked_bytes=10_000_000))[WORD](SourceFile(path)))


def unread(blocks: list[Block]) -> list[str]:
    """The codes of what was not read."""
    return [block.code for block in blocks if isinstance(block, NotRead)]


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("text/html", PAGE.encode()),
        ("application/xhtml+xml", PAGE.encode()),
        ("text/html; charset=utf-8", PAGE.encode()),
        ("application/rtf", rb"{\rtf1\ansi Amount due: 900.00\par}"),
        ("text/plain", b"Amount due: 900.00"),
        ("message/rfc822", MAIL.encode()),
    ],
)
def test_a_chunk_is_read_where_it_stands(tmp_path: Path, media_type: str, data: bytes) -> None:
    """In any format that Word inserts."""
    blocks = parse(tmp_path / "x", make_docx((media_type, data)))
    assert (["Before", "Amount due: 900.00", "After"], []) == (said(blocks), unread(blocks))


@pytest.mark.parametrize("media_type", [WORD, f"{WORD}.main+xml"])
def test_a_document_in_a_document_is_read(tmp_path: Path, media_type: str) -> None:
    """With its own chunks; one level deeper it is reported."""
    inner = make_docx(("text/plain", b"Inside"))
    blocks = parse(tmp_path / "x", make_docx((media_type, inner)))
    assert (["Before", "Before", "Inside", "After", "After"], []) == (said(blocks), unread(blocks))
    deep = parse(tmp_path / "y", make_docx((media_type, make_docx((media_type, inner)))))
    assert ["inserted_document"] == unread(deep)


@pytest.mark.parametrize(
    ("media_type", "data"),
    [("application/msword", b"?"), ("text/html", b""), ("application/rtf", b"no RTF"), (WORD, b"no ZIP")],
)
def test_a_chunk_that_is_not_read_is_reported(tmp_path: Path, media_type: str, data: bytes) -> None:
    """What stands around it is read."""
    blocks = parse(tmp_path / "x", make_docx((media_type, data)))
    assert (["Before", "After"], ["inserted_document"]) == (said(blocks), unread(blocks))


def test_a_chunk_without_its_part_is_reported(tmp_path: Path) -> None:
    """It is linked, or lost."""
    made = docx.Document()
    made.element.body.insert(0, parse_xml(f'<w:altChunk {NAMES} r:id="rId99"/>'))
    made.save(str(tmp_path / "x"))
    assert ["linked_part"] == unread(list(parse_docx(SourceFile(tmp_path / "x"))))


def test_chunks_beyond_the_bounds_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many, only as many are read as is allowed."""
    monkeypatch.setattr(chunks, "MAX_CHUNKS", 2)
    blocks = parse(tmp_path / "x", make_docx(*[("text/plain", b"part")] * 3))
    assert (["Before", "part", "part", "After"], ["inserted_document"]) == (said(blocks), unread(blocks))
