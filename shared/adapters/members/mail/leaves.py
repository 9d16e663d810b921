"""The leaves of a mail: which of them a person reads as its text, which are files, and which are left out."""

from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple

from shared.adapters.members.mail.formats.parsing import has_mime_header, parse_bytes
from shared.adapters.members.mail.formats.parts import Mail, content, name_of
from shared.adapters.members.mail.formats.smime import signed_content
from shared.adapters.members.mail.formats.tnef import SIGNATURE as TNEF_SIGNATURE
from shared.adapters.members.mail.formats.tnef import tnef_mail
from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import Reason

ALTERNATIVE = Reason(code="alternative", message="It says what the mail's text says, in another form.")
SIGNATURE = Reason(code="signature", message="It is the mail's electronic signature.")
STYLE = Reason(code="style", message="It is a style sheet or a program of the mail's text.")
CONTROL = Reason(code="control_part", message="It only says how another part is encrypted.")
DELIVERY_REPORT = Reason(code="delivery_report", message="It says for mail servers whether a mail was delivered.")
EXTERNAL = Reason(
    code="external", message="The mail only says where this file is kept: fetch it from there, and upload it."
)
PARTIAL = Reason(code="partial", message="It is one piece of a mail that was sent in several: have it sent in one.")
_SKIPPED = {
    "application/pgp-signature": SIGNATURE,
    "application/pkcs7-signature": SIGNATURE,
    "application/x-pkcs7-signature": SIGNATURE,
    "application/pgp-encrypted": CONTROL,
    "text/css": STYLE,
    "text/javascript": STYLE,
    "application/javascript": STYLE,
    "message/delivery-status": DELIVERY_REPORT,
    "message/disposition-notification": DELIVERY_REPORT,
    "message/external-body": EXTERNAL,
    "message/partial": PARTIAL,
}
_SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


class Part(NamedTuple):
    """A leaf of a mail, or a mail inside it: text of the media type `text_type`, or a file where that is None.

    `repeats_text`: it comes out of TNEF and repeats the mail's own text, if the mail has one.
    """

    message: Mail
    text_type: str | None = None
    skipped: Reason | None = None
    repeats_text: bool = False


def parts(mail: Mail) -> Iterator[Part]:
    """Yield the leaves in their order; of several forms of one text the HTML form, else the plain one, is read.

    What is signed as a whole (S/MIME) or packed by Outlook (TNEF) counts as if it stood there itself.
    """
    leaves = list(_walk(mail))
    has_own_text = any(part.text_type and not part.repeats_text for part in leaves)
    for part in leaves:
        yield Part(part.message, skipped=ALTERNATIVE) if part.repeats_text and has_own_text else part


def _walk(mail: Mail) -> Iterator[Part]:
    content_type = mail.get_content_type()
    if not _is_multipart(mail):
        yield from _open(mail, content_type)
        return
    inner = _inner(mail)
    chosen = _best(inner) if content_type == "multipart/alternative" else None
    for form in inner:
        for part in _walk(form):
            other_form = chosen is not None and form is not chosen and part.message.get_content_maintype() == "text"
            yield Part(part.message, skipped=ALTERNATIVE) if other_form else part


def _open(mail: Mail, content_type: str) -> Iterator[Part]:
    """Yield the leaf, or the leaves of the mail that it wraps; one that cannot be opened is yielded as a file."""
    try:
        if content_type in _SIGNED and has_mime_header(signed := signed_content(content(mail))):
            yield from _walk(parse_bytes(signed))
            return
        if mail.get_content_maintype() == "application" and content(mail).startswith(TNEF_SIGNATURE):
            yield from map(_repeating, _walk(tnef_mail(content(mail))))
            return
    except Unreadable:  # the file that it becomes says why
        pass
    yield _leaf(mail, content_type)


def _repeating(part: Part) -> Part:
    """Return a part of a TNEF file, marked when it is the message's text: Outlook sends that outside the file, too."""
    return part._replace(repeats_text=part.text_type is not None or part.message.get_content_disposition() == "inline")


def _leaf(mail: Mail, content_type: str) -> Part:
    if content_type in _SKIPPED:
        return Part(mail, skipped=_SKIPPED[content_type])
    is_text = content_type in ("text/plain", "text/html")
    if is_text and mail.get_content_disposition() != "attachment" and not name_of(mail):
        return Part(mail, content_type)
    return Part(mail)


def _is_multipart(mail: Mail) -> bool:
    return mail.get_content_maintype() == "multipart" and isinstance(mail.get_payload(), list)


def _inner(mail: Mail) -> list[Mail]:
    payload = mail.get_payload()
    return [item for item in payload if isinstance(item, Message)] if isinstance(payload, list) else []


def _best(forms: list[Mail]) -> Mail | None:
    """Return the form to read: the one with HTML in it, else the one with plain text."""
    for content_type in ("text/html", "text/plain"):
        for form in forms:
            if any(part.get_content_type() == content_type for part in form.walk()):
                return form
    return None
