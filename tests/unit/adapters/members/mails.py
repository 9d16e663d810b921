"""Mails as bytes, as the tests of mails write them."""

from pathlib import Path

from tests.unit.adapters.members.unpacked import Unpacked

PDF = b"%PDF-1.7\r\n1 0 obj\n<<>>\rendobj\r\r\n\n\x00\xff\x80--Q" + bytes(range(256)) * 4 + b"\r\n%%EOF\r\n"
"""Every byte there is, and line ends of all sorts."""
HEAD = b"From: a@example.org\r\nSubject: Invoices\r\nMIME-Version: 1.0\r\n"


def binary_part(name: str, data: bytes = PDF) -> bytes:
    """A part that is not encoded."""
    head = f"--Q\r\nContent-Type: application/pdf; name={name}\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    return head.encode() + data + b"\r\n"


BINARY = HEAD + b"Content-Type: multipart/mixed; boundary=Q\r\n\r\n" + binary_part("a.pdf")


def write(path: Path, data: bytes) -> Path:
    """The file with these bytes."""
    path.write_bytes(data)
    return path


def body(found: Unpacked) -> str:
    """The document of a mail's text."""
    return found.contents["body.html"].decode("utf-8-sig")
