"""What a file is, by its first bytes."""

import io
from pathlib import Path

import pytest
from PIL import Image

from shared.adapters.puremagic_sniffer import PuremagicSniffer
from shared.domain.errors import Unreadable


def sniffed(path: Path, content: bytes) -> str:
    """The media type of a file with this content."""
    path.write_bytes(content)
    return PuremagicSniffer().media_type(path)


def refusal(path: Path, content: bytes) -> tuple[str, str]:
    """The code and message with which a file is refused."""
    with pytest.raises(Unreadable) as caught:
        sniffed(path, content)
    return caught.value.code, str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_an_image_is_known_by_its_content(tmp_path: Path, kind: str) -> None:
    """Scanners and mail programs name files as they like."""
    buffer = io.BytesIO()
    Image.new("L", (8, 8)).save(buffer, kind)
    assert f"image/{kind.lower()}" == sniffed(tmp_path / "invoice.pdf", buffer.getvalue())


def test_a_pdf_may_begin_with_something_else(tmp_path: Path) -> None:
    """Mail gateways and printers put lines before the header; readers look for it in the first 1,024 bytes."""
    assert "application/pdf" == sniffed(tmp_path / "x", b"%PDF-1.7\n")
    assert "application/pdf" == sniffed(tmp_path / "x", b"\x1b%-12345X@PJL\r\n" * 60 + b"%PDF-1.4")
    assert "unsupported" == refusal(tmp_path / "x", b"." * 1025 + b"%PDF-1.4")[0]


def test_an_empty_file_says_what_to_do(tmp_path: Path) -> None:
    """It is the most common broken upload."""
    assert ("empty", "The file has 0 bytes: upload it again.") == refusal(tmp_path / "x.pdf", b"")


def test_text_named_pdf_is_unsupported(tmp_path: Path) -> None:
    """And the message names what it looks like, and what would do."""
    code, message = refusal(tmp_path / "x.pdf", b"Invoice 4711\nTotal 9.99\n")
    assert ("unsupported", True) == (code, message.endswith(": upload a PDF, JPEG, PNG or TIFF."))
    assert "text/plain" in message


def test_a_zip_is_named_in_the_message(tmp_path: Path) -> None:
    """The sender learns why."""
    assert "zip" in refusal(tmp_path / "x", b"PK\x05\x06" + b"\0" * 18)[1]


def test_bytes_of_no_known_type_are_unsupported(tmp_path: Path) -> None:
    """Not being able to tell is no reason to fail otherwise."""
    code, message = refusal(tmp_path / "x", b"\x00\x01\x02\x03" * 20)
    assert ("unsupported", True) == (code, message.startswith("The file "))
