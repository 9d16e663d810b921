"""The document that a mail's head and text make: one HTML file in UTF-8, marked as such by its first bytes.

Plain text becomes HTML too: lines like `From: ...` at the head of a text file would make a mail of it again.
"""

import codecs
import html
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.adapters.base.charsets import DecodedText, decode_text
from shared.adapters.members.mail.formats.flowed import join_flowed_lines
from shared.adapters.members.mail.formats.parts import Mail, content, header
from shared.adapters.members.mail.formats.uuencoded import split_uuencoded
from shared.adapters.members.mail.leaves import Part
from shared.domain.content.blocks import NOT_READ_MARK
from shared.ports.unpacking import Entry

_HEAD = ("Subject", "From", "To", "Cc", "Date")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_BODY_TAG = re.compile(r"<body[^>]{0,2000}>", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PGP_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----$.*?^-----END PGP MESSAGE-----$", re.MULTILINE | re.DOTALL)
_HEAD_BYTES = 4096


class BodyText(NamedTuple):
    """A text of a mail, plain or HTML; `files`: what stands in it, but is a file of its own (uuencoded, PGP)."""

    is_html: bool
    text: str
    doubtful: bool = False
    files: tuple[Entry, ...] = ()


def read_body_text(part: Part) -> BodyText:
    """Return a text of a mail, without the files that stand in it."""
    text, doubtful = read_text(part.message)
    if part.text_type == "text/html":
        return BodyText(is_html=True, text=text, doubtful=doubtful)
    plain, files = split_uuencoded(text)
    encrypted = _PGP_MESSAGE.findall(plain)
    files += tuple(Entry("message.asc", [block.encode("ascii", "replace")]) for block in encrypted)
    return BodyText(is_html=False, text=_PGP_MESSAGE.sub("", plain), doubtful=doubtful, files=files)


def body_document(mail: Mail, texts: Sequence[BodyText], not_read: Iterable[str] = ()) -> bytes:
    """Return the document: subject, from, to, copies and date, a rule, and the text; `not_read`: codes of UNREAD_PARTS.

    A document says so itself when the encoding of its text is uncertain.
    """
    head = "".join(f"<p><b>{name}:</b> {html.escape(value)}</p>\n" for name in _HEAD if (value := header(mail, name)))
    codes = [*not_read, *(["uncertain_encoding"] if any(text.doubtful for text in texts) else [])]
    marks = "".join(f'<meta name="{NOT_READ_MARK}" content="{code}">\n' for code in dict.fromkeys(codes))
    return codecs.BOM_UTF8 + _CONTROL.sub("", _page(marks + head, texts)).encode("utf-8", "replace")


def read_text(part: Mail) -> DecodedText:
    """Return the text of a part: in the character set that it names, else that its HTML names, else a likely one."""
    data = content(part)
    label = part.get_content_charset() or ""
    if not label and (declared := _CHARSET.search(data[:_HEAD_BYTES])):
        label = declared[1].decode("ascii")
    text = decode_text(data, label)
    if part.get_content_type() == "text/plain" and str(part.get_param("format", "")).lower() == "flowed":
        return text._replace(
            text=join_flowed_lines(text.text, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
        )
    return text


def _page(head: str, texts: Sequence[BodyText]) -> str:
    """Return the first HTML text with the head put into its body, and the other texts around it."""
    pieces = [part.text if part.is_html else f"<pre>{html.escape(part.text)}</pre>" for part in texts]
    first = next((place for place, part in enumerate(texts) if part.is_html), 0)
    before, page, after = "".join(pieces[:first]), "".join(pieces[first : first + 1]), "".join(pieces[first + 1 :])
    tag = _BODY_TAG.search(page)
    if tag is None:
        return f"<!DOCTYPE html>\n<html><body>\n{head}<hr>\n{before}{page}{after}"
    return f"<!DOCTYPE html>\n{page[: tag.end()]}\n{head}<hr>\n{before}{page[tag.end() :]}{after}"
