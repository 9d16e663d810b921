"""The headers and the bytes of a part of a mail."""

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from shared.adapters.base.charsets import decode_text
from shared.domain.documents.unpacking import plain_name

_LINE_BREAK = re.compile(r"[\r\n]+[ \t]*")

type Mail = Message[str, str]


def header(mail: Mail, name: str) -> str:
    """Return a header in readable letters, on one line; empty when there is none."""
    return readable(mail.get(name, ""))


def readable(value: object) -> str:
    """Return a header's value with its encoded words decoded, as far as they can be."""
    text = _LINE_BREAK.sub(" ", str(value))
    try:
        return _on_one_line("".join(_decode_piece(data, label) for data, label in decode_header(text)))
    except (HeaderParseError, ValueError):
        return _on_one_line(text)


def name_of(part: Mail) -> str:
    """Return the file name that a part gives itself; empty when it has none."""
    for name, field in (("filename", "content-disposition"), ("name", "content-type")):
        value = part.get_param(name, None, field)
        if isinstance(value, tuple):  # RFC 2231: character set, language, text as Latin-1
            label, _, text = value
            raw = text.encode("latin-1", "replace") if label else text.encode("utf-8", "replace")
            return _on_one_line(decode_text(raw, label or "").text)
        if value:
            return readable(value)
    return ""


def _decode_piece(data: bytes | str, label: str | None) -> str:
    """Decode a piece of a header: an encoded word, or (without a label) what stands around encoded words."""
    if isinstance(data, str):
        return data
    return decode_text(data, label).text if label else data.decode("raw-unicode-escape")


def _on_one_line(text: str) -> str:
    return plain_name(" ".join(text.split()))


def content(part: Mail) -> bytes:
    """Return the bytes of a leaf, its transfer encoding undone."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
