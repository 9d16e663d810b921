"""Read TNEF ([MS-OXTNEF]), the `winmail.dat` of Outlook and Exchange, as the mail that it stands for.

There is no maintained library for it under a permissive licence.
"""

import codecs
import struct
from collections.abc import Iterator
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import NamedTuple

from shared.adapters.base.charsets import decode_text, find_codec
from shared.adapters.members.mail.formats.mapi import MapiValues, read_properties
from shared.adapters.members.mail.formats.parts import Mail, readable
from shared.domain.base.errors import Unreadable

SIGNATURE = b"\x78\x9f\x3e\x22"
_HEADER = 6
_ATTRIBUTE = struct.Struct("<BII")
_CHECKSUM = struct.Struct("<H")
_SUBJECT, _BODY, _CODE_PAGE, _MESSAGE_PROPERTIES = 0x8004, 0x800C, 0x9007, 0x9003
_NEW_ATTACHMENT, _ATTACHED_DATA, _TITLE, _ATTACHMENT_PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005
_TEXT, _HTML, _RTF, _LONG_SUBJECT = 0x1000, 0x1013, 0x1009, 0x0037
_SENDER, _TO, _CC = 0x0C1A, 0x0E04, 0x0E03
_OBJECT, _CONTENT_ID = 0x3701, 0x3712
_NAMES = (0x3707, 0x3704, 0x3001)
_IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")
_GUID = 16
_MAX_DEPTH = 20


class _Attribute(NamedTuple):
    number: int
    data: bytes


class _Attachment(NamedTuple):
    """The attributes of one attachment, by number, and its MAPI properties."""

    attributes: dict[int, bytes]
    properties: MapiValues


def tnef_mail(data: bytes, depth: int = 1) -> Mail:
    """Return the message, its text and its attachments as a mail; raises Unreadable (`unreadable`)."""
    if not data.startswith(SIGNATURE):
        raise _damaged_error()
    try:
        return _mail(list(_attributes(data)), depth)
    except (struct.error, IndexError, ValueError, OverflowError):
        raise _damaged_error() from None


def _mail(attributes: list[_Attribute], depth: int) -> Mail:
    code_page = next(
        (_code_page(attribute.data) for attribute in attributes if attribute.number == _CODE_PAGE), "cp1252"
    )
    fields: dict[int, bytes] = {}
    properties: MapiValues = {}
    attachments: list[_Attachment] = []
    for number, data in attributes:
        if number == _NEW_ATTACHMENT:
            attachments.append(_Attachment({}, {}))
        elif number == _MESSAGE_PROPERTIES:
            properties |= read_properties(data, code_page)
        elif number == _ATTACHMENT_PROPERTIES and attachments:
            attachments[-1].properties.update(read_properties(data, code_page))
        else:
            (attachments[-1].attributes if attachments else fields)[number] = data
    mail = MIMEMultipart("mixed")
    for name, value in _head(fields, properties, code_page):
        if value:
            mail[name] = readable(value)
    body = _body(fields, properties, code_page)
    if body is not None:
        mail.attach(body)
    for attachment in attachments:
        mail.attach(_attached_part(attachment, code_page, depth))
    return mail


def _attributes(data: bytes) -> Iterator[_Attribute]:
    """Yield the attributes of a stream; raises Unreadable where one is cut off, or its checksum is wrong."""
    place = _HEADER
    while place < len(data):
        _, number, size = _ATTRIBUTE.unpack_from(data, place)
        start = place + _ATTRIBUTE.size
        (checksum,) = _CHECKSUM.unpack_from(data, start + size)
        value = data[start : start + size]
        if sum(value) & 0xFFFF != checksum:
            raise _damaged_error()
        yield _Attribute(number & 0xFFFF, value)
        place = start + size + _CHECKSUM.size


def _head(fields: dict[int, bytes], properties: MapiValues, code_page: str) -> Iterator[tuple[str, str]]:
    yield "Subject", _letters(properties.get(_LONG_SUBJECT) or fields.get(_SUBJECT, b""), code_page)
    for name, number in (("From", _SENDER), ("To", _TO), ("Cc", _CC)):
        yield name, _letters(properties.get(number, b""), code_page)


def _body(fields: dict[int, bytes], properties: MapiValues, code_page: str) -> Mail | None:
    """Return the text of the message: HTML, else plain, else the RTF, as a file of its own."""
    if page := properties.get(_HTML):
        return MIMEText(page, "html", "utf-8") if isinstance(page, str) else _html_part(page)
    plain = _letters(properties.get(_TEXT) or fields.get(_BODY, b""), code_page)
    if plain.strip():
        return MIMEText(plain, "plain", "utf-8")
    packed = properties.get(_RTF)
    if not isinstance(packed, bytes) or not packed:
        return None
    from compressed_rtf import decompress

    return _file(decompress(packed), "body.rtf", "inline")


def _html_part(page: bytes) -> Mail:
    """HTML in whatever encoding it declares itself."""
    part: Message[str, str] = Message()
    part["Content-Type"] = "text/html"
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(codecs.encode(page, "base64").decode("ascii"))
    return part


def _attached_part(attachment: _Attachment, code_page: str, depth: int) -> Mail:
    properties = attachment.properties
    names = (_letters(properties.get(number, b""), code_page) for number in _NAMES)
    title = _letters(attachment.attributes.get(_TITLE, b""), code_page)
    name = readable(next((name for name in names if name), "") or title or "attachment")
    embedded = properties.get(_OBJECT)
    data = attachment.attributes.get(_ATTACHED_DATA)
    part: Mail
    if isinstance(embedded, bytes) and embedded.startswith(_IMESSAGE) and depth < _MAX_DEPTH:
        part = MIMEMessage(tnef_mail(embedded[_GUID:], depth + 1))
        part.add_header("Content-Disposition", "attachment", filename=f"{name.removesuffix('.msg')}.eml")
    else:
        if data is None:
            data = embedded[_GUID:] if isinstance(embedded, bytes) else b""
        part = _file(data, name)
    if cid := _letters(properties.get(_CONTENT_ID, b""), code_page):
        part["Content-ID"] = f"<{readable(cid)}>"
    return part


def _file(data: bytes, name: str, disposition: str = "attachment") -> Mail:
    part = MIMEApplication(data)
    part.add_header("Content-Disposition", disposition, filename=name)
    return part


def _letters(value: bytes | str, code_page: str) -> str:
    text = value if isinstance(value, str) else decode_text(value, code_page).text
    return text.rstrip("\0").strip()


def _code_page(data: bytes) -> str:
    """Return the codec of a code page number; windows-1252 for one that Python does not know."""
    return find_codec(f"cp{int.from_bytes(data[:4], 'little')}") or "cp1252"


def _damaged_error() -> Unreadable:
    return Unreadable("unreadable", "The TNEF file (winmail.dat) is damaged or cut off: have the mail sent again.")
