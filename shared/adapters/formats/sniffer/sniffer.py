"""Tell a file's type by its content: by first bytes, by puremagic, and text by its letters."""

import re
import zipfile
from pathlib import Path

from shared.adapters.base.charsets import decode_text
from shared.adapters.formats.sniffer.containers import HEAD_BYTES, find_container_type, is_mail
from shared.domain.base.errors import Unreadable
from shared.domain.types.einvoice import is_einvoice_content
from shared.ports.isolation import Isolation

PDF_HEADER_WITHIN = 1024
"""Readers accept a PDF whose header begins within this many bytes (PDF 32000-1, implementation note 13 of Annex H)."""
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),  # BigTIFF
    (b"MM\x00+", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),  # a bare codestream
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"!<arch>\n", "application/x-archive"),
    (b"070701", "application/x-cpio"),
    (b"070702", "application/x-cpio"),
    (b"070707", "application/x-cpio"),
    (b"\xc7\x71", "application/x-cpio"),
    (b"MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),  # [MS-OXTNEF] 2.1.3.1
)
_PDF_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")
"""What a PDF holds behind its header, and a text that only quotes the header does not."""
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_BY_ENDING: dict[str, str] = {
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), f"{_OFFICE}wordprocessingml.document"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xltm"), f"{_OFFICE}spreadsheetml.sheet"),
    **dict.fromkeys((".pptx", ".pptm", ".potx", ".ppsx", ".ppsm"), f"{_OFFICE}presentationml.presentation"),
    **dict.fromkeys((".odt", ".ott"), f"{_ODF}text"),
    **dict.fromkeys((".ods", ".ots"), f"{_ODF}spreadsheet"),
    **dict.fromkeys((".odp", ".otp"), f"{_ODF}presentation"),
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".msg": "application/vnd.ms-outlook",
    ".zip": "application/zip",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".dib": "image/bmp",
    ".heif": "image/heif",
    ".heic": "image/heif",
    ".avif": "image/avif",
    ".xml": "application/xml",
    ".html": "text/html",
    ".eml": "message/rfc822",
    ".mbox": "application/mbox",
    ".csv": "text/csv",
}
"""puremagic's endings are finer than its media types; a template or a macro-enabled file is read like the plain one."""
_MARKUP = (
    (re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE), "text/html"),
    (re.compile(r"\s*<\?xml\s"), "application/xml"),
)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
"""What begins so is a page, whatever puremagic finds in it further on: it takes one that quotes a mail for a mail."""
_IMAGE_BRAND = re.compile(b"avi[fs]|hei[cxms]|hev[cx]|mif1")
_BRANDS = 64
"""The brands of an ISO media file stand within its first bytes: the major one, then those it is compatible with."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class PuremagicSniffer:
    """A Sniffer that never looks at the name. Archives are opened to look inside, so it works in `isolation`."""

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation

    async def media_type(self, path: Path) -> str:
        """Return the media type, one of FORMATS or puremagic's guess; raises Unreadable with code `empty`."""
        return await self._isolation.run(sniff, str(path))


def sniff(path: str) -> str:
    """Return the media type of a file; `application/octet-stream` when unknown. Raises Unreadable (`empty`)."""
    with Path(path).open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise Unreadable("empty", "The file has 0 bytes: upload it again.")
    if media_type := _by_first_bytes(head) or find_container_type(head):
        return media_type
    if head[4:8] == b"ftyp" and (brand := _IMAGE_BRAND.search(head[8:_BRANDS])):
        return "image/avif" if brand[0].startswith(b"av") else "image/heif"
    if not head.startswith((_ZIP, _OLE)) and _has_late_pdf_header(head):
        return "application/pdf"
    guessed_type = _guess(path)
    if head.startswith(_ZIP):
        return _archive(path, guessed_type)
    if head.startswith(_OLE):
        return guessed_type if guessed_type in _BY_ENDING.values() else "application/x-ole-storage"
    return _text(head) if guessed_type in ("text/plain", "application/octet-stream") else guessed_type


def _by_first_bytes(head: bytes) -> str | None:
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    return "text/html" if _PAGE.match(head) else None


def _has_late_pdf_header(head: bytes) -> bool:
    """Return whether a PDF begins behind other bytes."""
    start = head[: PDF_HEADER_WITHIN + 4].find(b"%PDF-")
    return start >= 0 and _PDF_OBJECT.search(head, start) is not None


def _guess(path: str) -> str:
    import puremagic

    try:
        guess = puremagic.magic_file(path)[0]
    except (ValueError, OSError, LookupError):  # among them puremagic's own errors, and no guess at all
        return "application/octet-stream"
    binary_or_text = guess.mime_type if guess.mime_type and not guess.mime_type.startswith("text/") else "text/plain"
    return _BY_ENDING.get(guess.extension, binary_or_text if guess.mime_type else "application/octet-stream")


def _archive(path: str, guessed_type: str) -> str:
    """Return what a ZIP is: puremagic knows office files, not books and Apple's documents."""
    if guessed_type != "application/zip":
        return guessed_type
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return guessed_type
    if any(name.endswith(".iwa") for name in names):
        return "application/vnd.apple.iwork"
    return "application/epub+zip" if "META-INF/container.xml" in names else guessed_type


def _text(head: bytes) -> str:
    """Return `text/plain`, or the markup that it is, when the bytes are letters of some encoding."""
    text, _ = decode_text(_cut_whole(head))
    if _CONTROL.search(text):
        return "application/octet-stream"
    if b"\0" in head and is_mail(text.encode("utf-8", "replace")):  # in UTF-16
        return "message/rfc822"
    media_type = next((media_type for pattern, media_type in _MARKUP if pattern.search(text)), "text/plain")
    return "application/xml" if media_type == "text/plain" and is_einvoice_content(text.encode()) else media_type


def _cut_whole(head: bytes) -> bytes:
    """Return a head that ends with a line where it was cut off, so that no letter is cut in two."""
    return head[: head.rfind(b"\n") + 1] or head if len(head) == HEAD_BYTES else head
