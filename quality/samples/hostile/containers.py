"""Archives, mails and office files that are bombs, nested, encrypted or unsafe to unpack."""

import zipfile
from email.message import EmailMessage
from email.policy import SMTP

from quality.samples.files.bundles import pack_zip

BOMB_BYTES = 60_000_000
"""Zeros: they compress to a thousandth, and 10 MB are where the ratio begins to count."""
OFFICE_BOMB_BYTES = 320_000_000
"""More than an office file's parts may unpack to."""
ZIP_LEVELS = 8
MAIL_LEVELS = 30
ENCRYPTED_FLAG = 0x1
FLAGS_IN_LOCAL_HEADER = 6
FLAGS_IN_DIRECTORY = 8
CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/word/document.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONSHIPS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    b' Target="word/document.xml"/></Relationships>'
)
WORD = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def zip_bomb() -> bytes:
    """Return a ZIP of 60 kB with 60 MB of zeros in it."""
    return pack_zip({"zeros.txt": b"0" * BOMB_BYTES}, zipfile.ZIP_DEFLATED)


def nested_zips() -> bytes:
    """Return a ZIP in a ZIP, 8 levels deep."""
    data = b"The innermost file.\n"
    for level in range(ZIP_LEVELS):
        data = pack_zip({f"{ZIP_LEVELS - level}.zip" if level else "note.txt": data})
    return data


def escaping_names() -> bytes:
    """Return a ZIP whose member names point outside of the folder it is unpacked into."""
    return pack_zip({"../../outside.txt": b"Written next to the folder?\n", "/absolute.txt": b"Written to the root?\n"})


def encrypted_zip() -> bytes:
    """Return a ZIP whose only member is marked as encrypted."""
    data = bytearray(pack_zip({"secret.txt": b"Not readable without a password.\n"}))
    for signature, position in ((b"PK\x03\x04", FLAGS_IN_LOCAL_HEADER), (b"PK\x01\x02", FLAGS_IN_DIRECTORY)):
        data[data.index(signature) + position] |= ENCRYPTED_FLAG
    return bytes(data)


def nested_mails() -> bytes:
    """Return a mail that forwards a mail, 30 levels deep."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "Level 0"
    message.set_content("The innermost mail.\n")
    for level in range(1, MAIL_LEVELS):
        outer = EmailMessage(policy=SMTP)
        outer["Subject"] = f"Level {level}"
        outer.set_content("Please see below.\n")
        outer.add_attachment(message)
        outer.set_boundary(f"level-{level}")
        message = outer
    return message.as_bytes()


def word_bomb() -> bytes:
    """Return a Word document of 320 kB whose text has 320 MB."""
    return _word(b"<w:document " + WORD + b"><w:body>" + b" " * OFFICE_BOMB_BYTES + b"</w:body></w:document>")


def word_entities() -> bytes:
    """Return a Word document whose text expands entities of entities."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10))
    text = b"<w:body><w:p><w:r><w:t>&e9;</w:t></w:r></w:p></w:body>"
    declared = b'<!DOCTYPE w:document [<!ENTITY e0 "intray">' + entities + b"]>"
    return _word(b'<?xml version="1.0"?>' + declared + b"<w:document " + WORD + b">" + text + b"</w:document>")


def _word(document: bytes) -> bytes:
    parts = {"[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": RELATIONSHIPS, "word/document.xml": document}
    return pack_zip(parts, zipfile.ZIP_DEFLATED)
