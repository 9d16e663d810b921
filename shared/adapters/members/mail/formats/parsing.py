"""Parse mails from bytes and write them again, without changing a byte of what they hold.

Python's parser for files translates line ends, and its writer does it again: both damage attachments that are not
encoded (`Content-Transfer-Encoding: binary`, RFC 3030).
"""

import re
from base64 import encodebytes
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.parser import BytesFeedParser
from mmap import ACCESS_READ, mmap
from pathlib import Path

from shared.adapters.base.charsets import decode_text
from shared.adapters.members.mail.formats.parts import Mail, content
from shared.domain.base.errors import Unreadable

_PIECE = 1 << 20
_WIDE_WITHIN = 4
_ENCODED = ("base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue")
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:>?From [^\r\n]*\r?\n)?")
"""What programs write before the first header field: a byte order mark, blank lines, the separator of a mailbox."""
_MIME_HEADER = re.compile(rb"\s*(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n")
_EMPTY_LINE = re.compile(rb"(?:(?<=\n)\r?\n)?\Z")
_SEPARATOR = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]*\d\d:\d\d[^\r\n]*\d{4}[^\r\n]*\r?\n(?=(?:>?From |[!-9;-~]+:|\r?\n))"
)
"""The line before each mail of a mailbox (RFC 4155): behind an empty line, with a time and a year, before a header."""


def parse_mail(path: Path) -> Mail:
    """Parse the mail in a file; raises Unreadable (`unreadable`)."""
    with path.open("rb") as source:
        head = source.read(_PIECE)
        if b"\0" in head[:_WIDE_WITHIN]:  # UTF-16, which some programs save mails in
            head = decode_text(head + source.read()).text.encode()
        leading = _LEADING.match(head)
        return _parse(head[leading.end() if leading else 0 :], iter(lambda: source.read(_PIECE), b""))


def parse_bytes(data: bytes) -> Mail:
    """Parse a mail; raises Unreadable (`unreadable`)."""
    return _parse(data, iter(()))


def has_mime_header(data: bytes) -> bool:
    """Return whether bytes begin with header fields that say of what type they are."""
    header = _MIME_HEADER.match(data)
    return header is not None and b"content-type:" in header[0].lower()


def mails_of_box(path: Path) -> list[slice]:
    """Return where the mails of a mailbox stand in its file, without the lines between them."""
    with path.open("rb") as source, mmap(source.fileno(), 0, access=ACCESS_READ) as box:
        places = [(match.start(), match.end()) for match in _SEPARATOR.finditer(box)]
        ends = [start for start, _ in places[1:]] + [len(box)]
        return [
            slice(start, end - len(_EMPTY_LINE.findall(box[max(start, end - 4) : end])[0]))
            for (_, start), end in zip(places, ends[: len(places)], strict=True)
        ]


def write_mail(mail: Mail) -> bytes:
    """Return a mail as bytes; attachments that were not encoded are, in base64."""
    for part in mail.walk():
        _encode_binary(part)
    try:
        return mail.as_bytes()
    except (UnicodeError, LookupError, ValueError, TypeError, KeyError):  # what cannot be written as it was parsed
        return mail.as_string().encode("utf-8", "replace")


def _parse(head: bytes, rest: Iterator[bytes]) -> Mail:
    parser = BytesFeedParser(policy=policy.compat32)
    try:
        parser.feed(head)
        for piece in rest:
            parser.feed(piece)
        mail = parser.close()
    except (MessageError, ValueError, LookupError, TypeError, IndexError):
        raise Unreadable("unreadable", "The mail is damaged: save and upload it again.") from None
    for part in mail.walk():
        _decode_raw_headers(part)
    return mail


def _decode_raw_headers(part: Mail) -> None:
    """Make letters of header bytes beyond ASCII, which Python leaves as surrogates and then drops."""
    items = list(part.raw_items())
    if all(str(value).isascii() for _, value in items):
        return
    for name in {name for name, _ in items}:
        del part[name]
    for name, value in items:
        part.set_raw(name, decode_text(str(value).encode("utf-8", "surrogateescape")).text)


def _encode_binary(part: Mail) -> None:
    """Encode a leaf in base64 unless it is text or encoded already."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if part.is_multipart() or encoding in _ENCODED or part.get_content_maintype() in ("text", "multipart", "message"):
        return
    data = content(part)
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(data).decode("ascii"))
