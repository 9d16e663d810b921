"""Take uuencoded files out of texts: blocks of lines between `begin 644 name` and `end`."""

import binascii
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.adapters.base.charsets import decode_text
from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import Reason
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry

_BEGIN = re.compile(
    r"^begin(?P<base64>-base64)? [0-7]{3,4} (?P<name>\S[^\r\n]*)\r?\n(?=[!-`][ -~]{4,}\r?$)", re.MULTILINE
)
_END = re.compile(r"^(?:end|====)[ \t]*\r?$\n?", re.MULTILINE)
_CUT_OFF = Reason(code="unreadable", message="The uuencoded file is damaged or cut off: have it sent again.")


class UuencodedParts(NamedTuple):
    """A text without its uuencoded files, and the files; one that is damaged is left out with the reason."""

    text: str
    files: tuple[Entry, ...] = ()


def uuencoded_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the text around the files, when there is any, and the files; raises Unreadable (`unreadable`)."""
    parts = split_uuencoded(decode_text(file.path.read_bytes()).text)
    if not parts.files:
        raise Unreadable("unreadable", _CUT_OFF.message)
    if parts.text.strip():
        yield Entry("text.txt", [parts.text.encode("utf-8", "replace")])
    yield from parts.files


def split_uuencoded(text: str) -> UuencodedParts:
    """Take the uuencoded files out of a text."""
    around, files, place = list[str](), list[Entry](), 0
    while begin := _BEGIN.search(text, place):
        end = _END.search(text, begin.end())
        stop = end.end() if end else len(text)
        name = begin["name"].strip().strip('"')
        data = _decode(text[begin.end() : end.start()].splitlines(), base64=bool(begin["base64"])) if end else None
        files.append(Entry(name, skipped=_CUT_OFF) if data is None else Entry(name, [data]))
        around.append(text[place : begin.start()])
        place = stop
    return UuencodedParts("".join([*around, text[place:]]), tuple(files))


def _decode(lines: Sequence[str], *, base64: bool) -> bytes | None:
    try:
        if base64:
            return binascii.a2b_base64("".join(lines))
        return b"".join(_decode_line(line.encode("ascii")) for line in lines if line.strip())
    except (binascii.Error, UnicodeEncodeError):
        return None


def _decode_line(line: bytes) -> bytes:
    """Decode a line; programs strip its trailing blanks, or put a checksum behind it."""
    size = ((line[0] - 32) & 63) * 4
    length = (size + 5) // 3 if size else 1
    return binascii.a2b_uu(line[:length].ljust(length)) if size else b""
