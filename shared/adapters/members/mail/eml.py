"""The members of EML, MBOX and TNEF files."""

import mimetypes
import re
from collections.abc import Iterator, Sequence
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message
from mmap import ACCESS_READ, mmap

from shared.adapters.members.mail.body import body_document, read_body_text
from shared.adapters.members.mail.formats.parsing import mails_of_box, parse_mail, write_mail
from shared.adapters.members.mail.formats.parts import Mail, content, header, name_of
from shared.adapters.members.mail.formats.tnef import tnef_mail
from shared.adapters.members.mail.leaves import Part, parts
from shared.domain.documents.run import Reason
from shared.domain.documents.unpacking import LOST
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry

MAX_LOGO_BYTES = 30_000
"""Bytes under which a picture that stands in the text is a logo or an icon, not a document that somebody pasted."""
INLINE = Reason(code="inline", message="It is a small picture in the mail's text, such as a logo.")
_MESSAGE = "message/rfc822"
_CID = re.compile(r"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)


def mail_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield a mail's head and text as one document, then its files in their order; raises Unreadable.

    The lenient policy of Python's email is used: the newer one parses headers strictly, and raises on hostile ones. A
    file that begins like a mailbox and holds more than one mail is a mailbox.
    """
    with file.path.open("rb") as source:
        is_box = source.read(5) == b"From "
    if is_box and len(mails_of_box(file.path)) > 1:
        yield from mbox_entries(file)
        return
    yield from entries_of(parse_mail(file.path))


def mbox_entries(file: SourceFile) -> Iterator[Entry]:
    """Each mail of a mailbox, as a mail of its own; raises Unreadable."""
    mails = mails_of_box(file.path)
    if not mails:
        yield from entries_of(parse_mail(file.path))
        return
    with file.path.open("rb") as source, mmap(source.fileno(), 0, access=ACCESS_READ) as box:
        for number, place in enumerate(mails, 1):
            yield Entry(f"mail {number}.eml", [box[place]])


def tnef_entries(file: SourceFile) -> Iterator[Entry]:
    """Head and text of a TNEF file as one document, then each attachment; raises Unreadable (`unreadable`)."""
    yield from entries_of(tnef_mail(file.path.read_bytes()))


def entries_of(mail: Mail) -> Iterator[Entry]:
    """Yield the entries of a parsed mail."""
    leaves = list(parts(mail))
    texts = [read_body_text(part) for part in leaves if part.text_type]
    pages = [text.text for text in texts if text.is_html]
    files = [_file(part, pages) for part in leaves if not part.text_type]
    files += [file for text in texts for file in text.files]
    yield Entry("body.html", [body_document(mail, texts, _find_unread(mail, files))])
    yield from files


def _find_unread(mail: Mail, files: Sequence[Entry]) -> Iterator[str]:
    """Codes of what is missing of a mail: a part that is not in it, or its end."""
    if any(file.skipped and file.skipped.code in LOST for file in files):
        yield "mail_part"
    if any(isinstance(defect, CloseBoundaryNotFoundDefect) for part in mail.walk() for defect in part.defects):
        yield "mail_cut_off"


def _file(part: Part, pages: Sequence[str]) -> Entry:
    message = part.message
    content_type = message.get_content_type()
    name = name_of(message)
    inner = _inside(message) if content_type == _MESSAGE else None
    if inner is not None:
        return Entry(name or f"{header(inner, 'Subject') or 'mail'}.eml", [_mail_inside(message, inner)])
    data = content(message)
    is_small_picture = message.get_content_maintype() == "image" and len(data) < MAX_LOGO_BYTES
    skipped = INLINE if is_small_picture and _is_shown(message, pages) else part.skipped
    ending = mimetypes.guess_extension(content_type) or ""
    stem = "text" if message.get_content_maintype() == "text" else "attachment"
    return Entry(name or f"{stem}{ending}", [data], skipped)


def _is_shown(picture: Mail, pages: Sequence[str]) -> bool:
    """Return whether an HTML text shows a picture: by its Content-ID, or (in MHT) the place that it came from."""
    cid = str(picture.get("Content-ID", "")).strip().strip("<>")
    location = str(picture.get("Content-Location", "")).strip()
    return any((cid and cid in _CID.findall(page)) or (location and location in page) for page in pages)


def _inside(message: Mail) -> Mail | None:
    payload = message.get_payload()
    first = payload[0] if isinstance(payload, list) and payload else None
    return first if isinstance(first, Message) else None


def _mail_inside(around: Mail, mail: Mail) -> bytes:
    """Return a mail that is attached to another; some programs encode it, which they should not (RFC 2046, 5.2.1)."""
    encoding = around.get("Content-Transfer-Encoding", "").lower()
    if not mail.keys() and encoding in ("base64", "quoted-printable"):
        mail["Content-Transfer-Encoding"] = encoding
        return content(mail)
    return write_mail(mail)
