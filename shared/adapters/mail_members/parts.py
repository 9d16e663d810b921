"""The parts of a mail: which of them a person reads as its text, and which are files."""

from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import NamedTuple

from shared.domain.run import Reason
from shared.domain.unpacking import plain_name

SMALL_PICTURE = 30_000
"""Bytes under which a picture that stands in the text is a logo or an icon, not a document that somebody pasted."""
ALTERNATIVE = Reason(code="alternative", message="It says what the mail's text says, in another form.")
INLINE = Reason(code="inline", message="It is a small picture in the mail's text, such as a logo.")
SIGNATURE = Reason(code="signature", message="It is the mail's electronic signature.")
_SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"},
)

type Mail = Message[str, str]


class Part(NamedTuple):
    """A leaf of a mail, or a mail inside it: text to be read where `kind` says so, a file otherwise."""

    message: Mail
    kind: str | None = None
    skipped: Reason | None = None


def parts(mail: Mail) -> Iterator[Part]:
    """The leaves in their order; of several forms of one text the HTML form, else the plain one, is read."""
    kind = mail.get_content_type()
    if not _is_container(mail):
        yield _leaf(mail, kind)
        return
    inner = _inner(mail)
    chosen = _best(inner) if kind == "multipart/alternative" else None
    for one in inner:
        for part in parts(one):
            other_form = chosen is not None and one is not chosen and part.message.get_content_maintype() == "text"
            yield Part(part.message, skipped=ALTERNATIVE) if other_form else part


def header(mail: Mail, name: str) -> str:
    """A header in readable letters, on one line; empty when there is none."""
    return readable(mail.get(name, ""))


def readable(value: object) -> str:
    """A header's value with its encoded words decoded, as far as they can be."""
    try:
        text = str(make_header(decode_header(str(value))))
    except (HeaderParseError, LookupError, ValueError):
        text = str(value)
    return plain_name(" ".join(text.split()))


def name_of(part: Mail) -> str:
    """The file name that a part gives itself; empty when it has none."""
    given = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
    try:
        return readable(collapse_rfc2231_value(given)) if given else ""
    except (LookupError, ValueError):
        return ""


def content(part: Mail) -> bytes:
    """The bytes of a leaf, its transfer encoding undone."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _leaf(mail: Mail, kind: str) -> Part:
    if kind in _SIGNATURES:
        return Part(mail, skipped=SIGNATURE)
    is_text = kind in ("text/plain", "text/html")
    if is_text and mail.get_content_disposition() != "attachment" and not name_of(mail):
        return Part(mail, kind)
    return Part(mail)


def _is_container(mail: Mail) -> bool:
    return mail.get_content_maintype() == "multipart" and isinstance(mail.get_payload(), list)


def _inner(mail: Mail) -> list[Mail]:
    payload = mail.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _best(forms: list[Mail]) -> Mail | None:
    """The form to read: the one with HTML in it, else the one with plain text."""
    for wanted in ("text/html", "text/plain"):
        for form in forms:
            if any(part.get_content_type() == wanted for part in form.walk()):
                return form
    return None
