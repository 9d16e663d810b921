"""The members of EML and MBOX files."""

import mailbox
import mimetypes
import re
from collections.abc import Iterator
from contextlib import closing
from email import message_from_binary_file, policy
from email.errors import MessageError
from email.message import Message

from shared.adapters.mail_members.body import body_document, decoded
from shared.adapters.mail_members.parts import INLINE, SMALL_PICTURE, Mail, Part, content, header, name_of, parts
from shared.domain.errors import Unreadable
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry

_MESSAGE = "message/rfc822"
_CID = re.compile(r"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)


def mail_entries(file: SourceFile) -> Iterator[Entry]:
    """A mail's head and text as one document, then its files in their order; raises Unreadable.

    The lenient policy of Python's email is used: the newer one parses headers strictly, and raises on hostile ones. A
    file that begins like a mailbox and holds more than one mail is a mailbox.
    """
    with file.path.open("rb") as source:
        is_box = source.read(5) == b"From "
    if is_box and _mails(file) > 1:
        yield from mbox_entries(file)
        return
    try:
        with file.path.open("rb") as source:
            mail = message_from_binary_file(source, policy=policy.compat32)
    except (MessageError, ValueError, LookupError, TypeError, IndexError):
        raise Unreadable("unreadable", "The mail is damaged: save and upload it again.") from None
    yield from entries_of(mail)


def mbox_entries(file: SourceFile) -> Iterator[Entry]:
    """Each mail of a mailbox, as a mail of its own; raises Unreadable."""
    with closing(mailbox.mbox(file.path, create=False)) as box:
        for number, key in enumerate(box.iterkeys(), 1):
            yield Entry(f"mail {number}.eml", [box.get_bytes(key)])


def entries_of(mail: Mail) -> Iterator[Entry]:
    """The entries of a parsed mail."""
    found = list(parts(mail))
    texts = [part for part in found if part.kind]
    yield Entry("body.html", [body_document(mail, texts)])
    shown = {cid for part in texts if part.kind == "text/html" for cid in _CID.findall(decoded(part.message))}
    for part in found:
        if not part.kind:
            yield _file(part, shown)


def _file(part: Part, shown: set[str]) -> Entry:
    message = part.message
    kind = message.get_content_type()
    name = name_of(message)
    inner = _inside(message) if kind == _MESSAGE else None
    if inner is not None:
        return Entry(name or f"{header(inner, 'Subject') or 'mail'}.eml", [_mail_inside(message, inner)])
    data = content(message)
    skipped = part.skipped
    cid = str(message.get("Content-ID", "")).strip().strip("<>")
    if cid in shown and message.get_content_maintype() == "image" and len(data) < SMALL_PICTURE:
        skipped = INLINE
    ending = mimetypes.guess_extension(kind) or ""
    return Entry(name or f"{'text' if part.skipped else 'attachment'}{ending}", [data], skipped)


def _inside(message: Mail) -> Mail | None:
    payload = message.get_payload()
    first = payload[0] if isinstance(payload, list) and payload else None
    return first if isinstance(first, Message) else None


def _mail_inside(around: Mail, mail: Mail) -> bytes:
    """A mail that is attached to another; some programs encode it, which they should not (RFC 2046, 5.2.1)."""
    encoding = around.get("Content-Transfer-Encoding", "").lower()
    if not mail.keys() and encoding in ("base64", "quoted-printable"):
        mail["Content-Transfer-Encoding"] = encoding
        return content(mail)
    try:
        return mail.as_bytes()
    except (UnicodeError, LookupError, ValueError, TypeError, KeyError):  # what cannot be written as it was parsed
        return mail.as_string().encode("utf-8", "replace")


def _mails(file: SourceFile) -> int:
    """How many mails a mailbox holds."""
    with closing(mailbox.mbox(file.path, create=False)) as box:
        return len(box)
