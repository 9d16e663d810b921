"""Tells a file's type by its content: by first bytes, by puremagic, and text by its letters."""

import codecs
import re
import zipfile
from pathlib import Path

from shared.domain.errors import Unreadable
from shared.ports.isolation import Isolation

PDF_HEADER_WITHIN = 1024
"""Readers accept a PDF whose header begins within this many bytes (PDF 32000-1, implementation note 13 of Annex H)."""
_HEAD = 64 << 10
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
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),  # [MS-OXTNEF] 2.1.3.1
)
_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257
_TAR_CHECKSUM = slice(148, 156)
_TAR_BLOCK = 512
_PDF_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b")
"""What a PDF holds behind its header, and a text that only quotes the header does not."""
_MAIL_HEAD = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n")
"""The header of a message: fields, folded or not, up to an empty line (RFC 5322, 2.2)."""
_MAIL_FIELD = re.compile(
    rb"^(?:from|to|subject|received|return-path|delivered-to|message-id|mime-version):", re.IGNORECASE | re.MULTILINE
)
"""Fields that messages have, and the heads of other protocols do not."""
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
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class PuremagicSniffer:
    """A Sniffer that never looks at the name. Archives are opened to look inside, so it works in `isolation`."""

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation

    async def media_type(self, path: Path) -> str:
        """The media type, one of FORMATS or what puremagic makes of it; raises Unreadable with code `empty`."""
        return await self._isolation.run(sniff, str(path))


def sniff(path: str) -> str:
    """The media type of a file; `application/octet-stream` when it could not be told. Raises Unreadable (`empty`)."""
    with Path(path).open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise Unreadable("empty", "The file has 0 bytes: upload it again.")
    if media_type := _by_first_bytes(head) or _by_structure(head):
        return media_type
    if head[4:8] == b"ftyp" and (brand := _IMAGE_BRAND.search(head[8:_BRANDS])):
        return "image/avif" if brand[0].startswith(b"av") else "image/heif"
    if not head.startswith((_ZIP, _OLE)) and _has_late_pdf_header(head):
        return "application/pdf"
    found = _guess(path)
    if head.startswith(_ZIP):
        return _archive(path, found)
    if head.startswith(_OLE):
        return found if found in _BY_ENDING.values() else "application/x-ole-storage"
    return _text(head) if found in ("text/plain", "application/octet-stream") else found


def _by_first_bytes(head: bytes) -> str | None:
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    return "text/html" if _PAGE.match(head) else None


def _by_structure(head: bytes) -> str | None:
    """Return the type of a container of files that no first bytes name; its members may hold any signature."""
    if _is_tar(head[:_TAR_BLOCK]):
        return "application/x-tar"
    mail = _MAIL_HEAD.match(head)
    return "message/rfc822" if mail and _MAIL_FIELD.search(mail[0]) else None


def _is_tar(block: bytes) -> bool:
    """Return whether a block is the header of a TAR's first member: by its magic, or (before POSIX) its checksum."""
    if block[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC):
        return True
    stated = block[_TAR_CHECKSUM].strip(b" \x00")
    if len(block) < _TAR_BLOCK or not re.fullmatch(rb"[0-7]{1,8}", stated):
        return False
    blank = b" " * (_TAR_CHECKSUM.stop - _TAR_CHECKSUM.start)
    return int(stated, 8) == sum(block[: _TAR_CHECKSUM.start] + blank + block[_TAR_CHECKSUM.stop :])


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
    known = guess.mime_type if guess.mime_type and not guess.mime_type.startswith("text/") else "text/plain"
    return _BY_ENDING.get(guess.extension, known if guess.mime_type else "application/octet-stream")


def _archive(path: str, found: str) -> str:
    """What a ZIP is: puremagic knows office files, not books and Apple's documents."""
    if found != "application/zip":
        return found
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return found
    if any(name.endswith(".iwa") for name in names):
        return "application/vnd.apple.iwork"
    return "application/epub+zip" if "META-INF/container.xml" in names else found


def _text(head: bytes) -> str:
    """`text/plain`, or the markup that it is, when the bytes are letters of some encoding."""
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        text = head.decode("cp1252", errors="replace")
    if _CONTROL.search(text):
        return "application/octet-stream"
    return next((media_type for pattern, media_type in _MARKUP if pattern.search(text)), "text/plain")
