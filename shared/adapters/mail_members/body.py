"""The document that a mail's head and text make: one HTML file in UTF-8, marked as such by its first bytes.

Plain text becomes HTML too: lines like `From: ...` at the head of a text file would make a mail of it again.
"""

import codecs
import html
import re

from shared.adapters.mail_members.parts import Mail, Part, content, header

_HEAD = ("Subject", "From", "To", "Cc", "Date")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_BODY_TAG = re.compile(r"<body[^>]{0,2000}>", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_HEAD_BYTES = 4096


def body_document(mail: Mail, texts: list[Part]) -> bytes:
    """The document: subject, from, to, copies and date, a rule, and the text."""
    head = "".join(f"<p><b>{name}:</b> {html.escape(value)}</p>\n" for name in _HEAD if (value := header(mail, name)))
    return codecs.BOM_UTF8 + _CONTROL.sub("", _page(head, texts)).encode("utf-8", "replace")


def decoded(part: Mail) -> str:
    """The text of a part by the character set that it names, else UTF-8, else Windows-1252."""
    data = content(part)
    named = part.get_content_charset() or ""
    if not named and (found := _CHARSET.search(data[:_HEAD_BYTES])):
        named = found[1].decode("ascii")
    for charset in (named, "utf-8"):
        try:
            return data.decode(charset) if charset else data.decode("utf-8")
        except (LookupError, UnicodeError):
            continue
    return data.decode("cp1252", "replace")


def _page(head: str, texts: list[Part]) -> str:
    """The first HTML part with the head put into its body, and the other parts around it."""
    pieces = [
        decoded(part.message) if part.kind == "text/html" else f"<pre>{html.escape(decoded(part.message))}</pre>"
        for part in texts
    ]
    first = next((place for place, part in enumerate(texts) if part.kind == "text/html"), 0)
    before, page, after = "".join(pieces[:first]), "".join(pieces[first : first + 1]), "".join(pieces[first + 1 :])
    tag = _BODY_TAG.search(page)
    if tag is None:
        return f"<!DOCTYPE html>\n<html><body>\n{head}<hr>\n{before}{page}{after}"
    return f"<!DOCTYPE html>\n{page[: tag.end()]}\n{head}<hr>\n{before}{page[tag.end() :]}{after}"
