"""The members of Outlook's MSG files, by way of the mail that they stand for."""

import codecs
import struct
from collections.abc import Iterator
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from shared.adapters.members.mail.eml import entries_of
from shared.adapters.members.mail.formats.parts import Mail, readable
from shared.domain.base.errors import Unreadable
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry

if TYPE_CHECKING:
    from oxmsg import Message as OutlookMessage
    from oxmsg.attachment import Attachment

_RTF = 0x1009
_DISPLAY_TO, _DISPLAY_CC = 0x0E04, 0x0E03
_SHORT_NAME, _DISPLAY_NAME, _CONTENT_ID = 0x3704, 0x3001, 0x3712
_EMBEDDED = "__substg1.0_3701000D"
_EMBEDDED_HEADER = 24
"""Bytes before the properties of a message inside a message ([MS-OXMSG] 2.4.1.2); 32 at the top level."""
_MAX_DEPTH = 20
_DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError, struct.error)
"""What oxmsg and olefile raise on damaged bytes."""


def msg_entries(file: SourceFile) -> Iterator[Entry]:
    """Head and text as one document, then each attachment; a message inside is a mail of its own. Raises Unreadable."""
    from oxmsg import Message as OutlookMessage

    codecs.register(_windows_codec)
    try:
        mail = _mail(OutlookMessage.load(str(file.path)), 1)
    except _DAMAGE:
        raise Unreadable("unreadable", "The MSG file is damaged: save a new copy and upload it.") from None
    yield from entries_of(mail)


def _windows_codec(name: str) -> codecs.CodecInfo | None:
    """Return the codec of a Windows code page by oxmsg's name for it (`windows-950`), which Python calls by another."""
    try:
        return codecs.lookup(f"cp{name.removeprefix('windows_')}") if name.startswith("windows_") else None
    except LookupError:
        return None


def _mail(message: "OutlookMessage", depth: int) -> Mail:
    mail = MIMEMultipart("mixed")
    for name, value in _head(message):
        if value:
            mail[name] = readable(value)
    body = _body(message)
    if body is not None:
        mail.attach(body)
    for attachment in message.attachments:
        mail.attach(_attachment(attachment, depth))
    return mail


def _head(message: "OutlookMessage") -> Iterator[tuple[str, str | None]]:
    properties = message.properties
    yield "Subject", message.subject
    yield "From", message.sender
    yield "To", properties.str_prop_value(_DISPLAY_TO)
    yield "Cc", properties.str_prop_value(_DISPLAY_CC)
    yield "Date", format_datetime(message.sent_date) if message.sent_date else message.message_headers.get("Date")


def _body(message: "OutlookMessage") -> Mail | None:
    """Return the text of a message: HTML, else plain, else the RTF that Outlook keeps packed, as a file of its own."""
    for subtype, text in (("html", message.html_body), ("plain", message.body)):
        if text and text.strip("\0 \r\n\t"):
            return MIMEText(text.encode("utf-8", "replace").decode(), subtype, "utf-8")
    packed = message.properties.binary_prop_value(_RTF)
    if not packed:
        return None
    from compressed_rtf import decompress

    part = MIMEApplication(decompress(packed), "rtf")
    part.add_header("Content-Disposition", "attachment", filename="body.rtf")
    return part


def _attachment(attachment: "Attachment", depth: int) -> Mail:
    properties = attachment.properties
    text = properties.str_prop_value
    name = attachment.file_name or text(_SHORT_NAME) or text(_DISPLAY_NAME) or "attachment"
    embedded = _open_embedded(attachment) if depth < _MAX_DEPTH else None
    part: Message[str, str]
    if embedded is not None:
        part = MIMEMessage(_mail(embedded, depth + 1))
        name = f"{name.removesuffix('.msg')}.eml"
    else:
        main, _, minor = (attachment.mime_type or "").partition("/")
        part = MIMEApplication(attachment.file_bytes or b"")
        if main == "image" and minor.isalnum():
            part.replace_header("Content-Type", f"image/{minor}")
    part.add_header("Content-Disposition", "attachment", filename=readable(name).replace("\0", ""))
    if cid := text(_CONTENT_ID):
        part["Content-ID"] = f"<{readable(cid)}>"
    return part


def _open_embedded(attachment: "Attachment") -> "OutlookMessage | None":
    from oxmsg import Message as OutlookMessage
    from oxmsg.properties import Properties

    class Embedded(OutlookMessage):
        """A message inside a message: its properties begin earlier."""

        @property
        def properties(self) -> Any:  # noqa: ANN401 - oxmsg's Properties, which it does not type for mypy
            return Properties(self._storage, properties_header_offset=_EMBEDDED_HEADER)

    storage: Any = attachment._storage  # noqa: SLF001 - oxmsg gives no other way to a message inside
    storages = [child for child in storage.storages if child.name == _EMBEDDED]
    return Embedded(storages[0]) if storages else None
