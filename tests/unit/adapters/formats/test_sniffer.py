"""What a file is, by its content and never by its name."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from shared.adapters.formats.sniffer import PuremagicSniffer
from shared.domain.base.errors import Unreadable
from shared.domain.content.formats import FORMATS
from shared.testing.isolation import InlineIsolation

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORD_TYPES = f'<Types><Override PartName="/word/document.xml" ContentType="{WORD}.main+xml"/></Types>'.encode()


async def sniffed(path: Path, content: bytes) -> str:
    """The media type of a file with this content."""
    path.write_bytes(content)
    return await PuremagicSniffer(InlineIsolation()).media_type(path)


def archive(members: dict[str, bytes]) -> bytes:
    """A ZIP with these members, stored as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, data in members.items():
            target.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("AVIF", "image/avif"),
        ("JPEG2000", "image/jp2"),
    ],
)
async def test_an_image_is_known_by_its_content(tmp_path: Path, kind: str, media_type: str) -> None:
    """Scanners and mail programs name files as they like."""
    buffer = io.BytesIO()
    Image.new("L", (16, 16)).save(buffer, kind)
    assert media_type == await sniffed(tmp_path / "invoice.pdf", buffer.getvalue())


async def test_a_pdf_may_begin_with_something_else(tmp_path: Path) -> None:
    """Mail gateways and printers put lines before the header; readers look for it in the first 1,024 bytes."""
    assert "application/pdf" == await sniffed(tmp_path / "x", b"%PDF-1.7\n")
    assert "application/pdf" == await sniffed(tmp_path / "x", b"\x1b%-12345X@PJL\r\n" * 60 + PDF)
    assert "application/pdf" == await sniffed(tmp_path / "x", b"HTTP/1.1 200 OK\r\nDate: today\r\n\r\n" + PDF)
    assert "application/pdf" != await sniffed(tmp_path / "x", b"." * 1025 + PDF)


def tar(members: dict[str, bytes], form: int) -> bytes:
    """A TAR with these members, in one of tarfile's formats."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as target:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            target.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


MAIL = b"From: a@example.com\r\nSubject: Your\r\n invoice\r\n\r\n"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (tar({"a.pdf": PDF, "b.pdf": PDF}, tarfile.USTAR_FORMAT), "application/x-tar"),
        (tar({"a.pdf": PDF, "b.pdf": PDF}, tarfile.GNU_FORMAT), "application/x-tar"),
        (tar({"a.pdf": PDF, "b.pdf": PDF}, tarfile.PAX_FORMAT), "application/x-tar"),
        (MAIL + b"Your file begins with %PDF-1.4.", "message/rfc822"),
        (MAIL.replace(b"\r\n", b"\n") + PDF, "message/rfc822"),
        (b"Received: by x\n" + MAIL + PDF, "message/rfc822"),
        (b"A note: your file begins with %PDF-1.4 and ends early.\n", "text/plain"),
        (b"name,type\na.pdf,%PDF-1.7\n", "text/csv"),
        (b"\x78\x9f\x3e\x22\x01\x00" + PDF, "application/vnd.ms-tnef"),
        (b"Content-Type: application/pdf\r\n\r\n" + PDF, "application/pdf"),
    ],
)
async def test_a_pdf_inside_something_else_does_not_make_it_one(
    tmp_path: Path, content: bytes, media_type: str
) -> None:
    """A container whose first member is a PDF, and a text that quotes the header, hold it within 1,024 bytes too."""
    assert media_type == await sniffed(tmp_path / "x.pdf", content)


async def test_a_tar_of_before_posix_is_known_by_its_checksum(tmp_path: Path) -> None:
    """It has no magic; a damaged header is no TAR."""
    old = bytearray(tar({"a.pdf": PDF}, tarfile.USTAR_FORMAT))
    old[257:265] = bytes(8)
    old[148:156] = b"%06o\0 " % sum(old[:148] + b" " * 8 + old[156:512])
    assert "application/x-tar" == await sniffed(tmp_path / "x", bytes(old))
    old[148] = ord("7")
    assert "application/x-tar" != await sniffed(tmp_path / "x", bytes(old))


async def test_an_archive_is_known_by_its_members(tmp_path: Path) -> None:
    """An office file, a book and a heap of PDFs are all ZIPs, and the PDF inside does not make it one."""
    container = {"mimetype": b"application/epub+zip", "META-INF/container.xml": b"<container/>"}
    assert "application/zip" == await sniffed(tmp_path / "x", archive({"a.pdf": b"%PDF-1.7 stored"}))
    word = archive({"[Content_Types].xml": WORD_TYPES, "word/document.xml": b"<d/>"})
    assert WORD == await sniffed(tmp_path / "x", word)
    assert "application/vnd.apple.iwork" == await sniffed(tmp_path / "x", archive({"Index/Document.iwa": b"x"}))
    assert "application/epub+zip" == await sniffed(tmp_path / "x", archive(container))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"Invoice 4711\nTotal 9.99\n", "text/plain"),
        ("Rechnung über 9,99 €\n".encode("utf-16"), "text/plain"),
        ("Rechnung über 9,99\n".encode("cp1252"), "text/plain"),
        (b" \n<!DOCTYPE html>\n<html><body>Total</body></html>", "text/html"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<p>He wrote:\nFrom: a@example.com\nSubject: x\n\nhi", "text/html"),
        (b'<?xml version="1.0"?><Invoice/>', "application/xml"),
        (b"{\\rtf1 Total}", "application/rtf"),
        (b"MIME-Version: 1.0\r\nFrom: a@example.com\r\nSubject: Invoice\r\n\r\nTotal", "message/rfc822"),
    ],
)
async def test_text_is_told_from_markup_and_mail(tmp_path: Path, content: bytes, media_type: str) -> None:
    """In the encodings that people still send."""
    assert media_type == await sniffed(tmp_path / "x.pdf", content)


async def test_bytes_of_no_known_type_are_only_bytes(tmp_path: Path) -> None:
    """Nobody has a reader for them, so admission refuses them."""
    assert "application/octet-stream" == await sniffed(tmp_path / "x", b"\x00\x01\x02\x03" * 20)
    assert "application/octet-stream" not in FORMATS


async def test_an_empty_file_says_what_to_do(tmp_path: Path) -> None:
    """It is the most common broken upload."""
    with pytest.raises(Unreadable) as caught:
        await sniffed(tmp_path / "x.pdf", b"")
    assert ("empty", "The file has 0 bytes: upload it again.") == (caught.value.code, str(caught.value))
