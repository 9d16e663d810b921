"""Take the content out of S/MIME messages and P7M files (CMS, RFC 5652): what is signed, not what is encrypted."""

import binascii
import re
import zlib
from collections.abc import Iterator
from typing import Any

from shared.adapters.members.mail.formats.parsing import has_mime_header
from shared.domain.base.errors import Unreadable
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry

_MARKERS = re.compile(rb"-----(?:BEGIN|END) [A-Z0-9 #]+-----")
_DER = b"\x30"
_MAX_BYTES = 500_000_000
"""What compressed content may unpack to here; the bounds of the upload are checked as it is written."""


def smime_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the signed content: a mail where it is one, else a file; raises Unreadable (`unsupported` if encrypted)."""
    data = signed_content(file.path.read_bytes())
    if has_mime_header(data):
        yield Entry("mail.eml", [b"MIME-Version: 1.0\r\n", data])
    else:
        yield Entry("content", [data])


def signed_content(data: bytes) -> bytes:
    """Return what a message signs, unchanged; the signature is not checked.

    Raises Unreadable: `unsupported` for a message that is encrypted, `empty` for one that holds only certificates or a
    signature of something else, `unreadable`.
    """
    from asn1crypto import cms

    try:
        info = cms.ContentInfo.load(data if data.startswith(_DER) else _undo_base64(data))
        content_type = str(info["content_type"].native)
        content: Any = info["content"]
        if content_type == "signed_data":
            return _bytes_of(content["encap_content_info"]["content"])
        if content_type == "compressed_data":
            return _decompress(content["encap_content_info"]["content"])
        if content_type == "data":
            return _bytes_of(content)
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error, binascii.Error):
        raise Unreadable("unreadable", "The S/MIME message is damaged: save and upload it again.") from None
    text = "It is encrypted with S/MIME for its receiver: decrypt it in the mail program, and upload what it holds."
    raise Unreadable("unsupported", text)


def _bytes_of(content: Any) -> bytes:  # noqa: ANN401 - asn1crypto is published without types
    """Return the bytes of an octet string, or of any other value that is signed as it stands (PKCS #7)."""
    value = content.native if content is not None else None
    if value is None:
        raise Unreadable("empty", "It holds certificates or a signature only, and no document.")
    return value if isinstance(value, bytes) else bytes(content.parsed.contents)


def _decompress(content: Any) -> bytes:  # noqa: ANN401 - asn1crypto is published without types
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(_bytes_of(content), _MAX_BYTES)
    if unpacker.unconsumed_tail:
        raise Unreadable("too_large", "The compressed S/MIME message unpacks to more than 500 MB.")
    return data


def _undo_base64(data: bytes) -> bytes:
    return binascii.a2b_base64(_MARKERS.sub(b"", data))
