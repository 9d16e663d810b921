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
    """A leaf of a mail, or a mail inside it: text to be read where `kind` says so, a file otherwise.

    `repeats_text`: it says again what the mail's own text says, if the mail has one: it comes out of TNEF.
    """

    message: Mail
    kind: str | None = None
    skipped: Reason | None = None
    repeats_text: bool = False


def parts(mail: Mail) -> Iterator[Part]:
    """Yield the leaves in their order; of several forms of one text the HTML form, else the plain one, is read.

    What is signed as a whole (S/MIME) or packed by Outlook (TNEF) counts as if it stood there itself.
    """
    found = list(_walk(mail))
    has_own_text = any(part.kind and not part.repeats_text for part in found)
    for part in found:
        yield Part(part.message, skipped=ALTERNATIVE) if part.repeats_text and has_own_text else part


def _walk(mail: Mail) -> Iterator[Part]:
    kind = mail.get_content_type()
    if not _is_multipart(mail):
        yield from _open(mail, kind)
        return
    inner = _inner(mail)
    chosen = _best(inner) if kind == "multipart/alternative" else None
    for one in inner:
        for part in _walk(one):
            other_form = chosen is not None and one is not chosen and part.message.get_content_maintype() == "text"
            yield Part(part.message, skipped=ALTERNATIVE) if other_form else part


def _open(mail: Mail, kind: str) -> Iterator[Part]:
    """The leaf, or the leaves of the mail that it wraps; one that cannot be opened is a file, and fails as such."""
    try:
        if kind in _SIGNED and has_mime_header(signed := signed_content(content(mail))):
            yield from _walk(parse_bytes(signed))
            return
        if mail.get_content_maintype() == "application" and content(mail).startswith(TNEF_SIGNATURE):
            yield from map(_repeating, _walk(tnef_mail(content(mail))))
            return
    except Unreadable:  # the file that it becomes says why
        pass
    yield _leaf(mail, kind)


def _repeating(part: Part) -> Part:
    """Return a part of a TNEF file, marked when it is the message's text: Outlook sends that beside the file, too."""
    return part._replace(repeats_text=part.kind is not None or part.message.get_content_disposition() == "inline")


def _leaf(mail: Mail, kind: str) -> Part:
    if kind in _SKIPPED:
        return Part(mail, skipped=_SKIPPED[kind])
    is_text = kind in ("text/plain", "text/html")
    if is_text and mail.get_content_disposition() != "attachment" and not name_of(mail):
        return Part(mail, kind)
    return Part(mail)


def _is_multipart(mail: Mail) -> bool:
    return mail.get_content_maintype() == "multipart" and isinstance(mail.get_payload(), list)


def _inner(mail: Mail) -> list[Mail]:
    payload = mail.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _best(forms: list[Mail]) -> Mail | None:
    """Return the form to read: the one with HTML in it, else the one with plain text."""
    for wanted in ("text/html", "text/plain"):
        for form in forms:
            if any(part.get_content_type() == wanted for part in form.walk()):
                return form
    return None
