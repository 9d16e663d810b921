"""Tell containers of files by their structure: what they hold may begin with the signature of any other type."""

import binascii
import re

_TAR_MAGIC, _TAR_MAGIC_AT = b"ustar", 257
_TAR_CHECKSUM = slice(148, 156)
_TAR_BLOCK = 512
_MAIL_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:>?From [^\r\n]*\r?\n)?(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+"
)
"""The header of a message: fields, folded or not (RFC 5322, 2.2)."""
HEAD_BYTES = 64 << 10
"""Bytes of a file that determine its type; the header of a mail may be longer."""
_MAIL_FIELD = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:from|to|subject|received|return-path|delivered-to|message-id|mime-version):"
    rb"|^content-type:[ \t]*multipart/",
    re.IGNORECASE | re.MULTILINE,
)
"""Fields that messages have, and the heads of other protocols do not."""
_CMS = re.compile(
    rb"\x30(?:\x80|[\x01-\x7f]|\x81.|\x82..|\x83.{3}|\x84.{4})"
    rb"(?:\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x01-\x07]"
    rb"|\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01[\x01-\x19])",
    re.DOTALL,
)
"""A ContentInfo (RFC 5652, 3): a sequence that begins with the identifier of a type of PKCS #7 or S/MIME."""
_ARMOURED_CMS = re.compile(rb"(?:\s*-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----)?\s*(MI[A-Za-z0-9+/]{30})")
_PGP_MESSAGE = re.compile(rb"\s*-----BEGIN PGP MESSAGE-----")
_UUENCODED = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} \S[^\r\n]*\r?\n[!-`][ -~]{4,}\r?$", re.MULTILINE)


def find_container_type(head: bytes) -> str | None:
    """Return the type of a container by the first bytes of a file; None for anything else."""
    if is_tar(head[:_TAR_BLOCK]):
        return "application/x-tar"
    if is_mail(head):
        return "message/rfc822"
    if is_cms(head):
        return "application/pkcs7-mime"
    if _PGP_MESSAGE.match(head):
        return "application/pgp-encrypted"
    return "text/x-uuencode" if b"\0" not in head and _UUENCODED.search(head) else None


def is_mail(head: bytes) -> bool:
    """Return whether a file begins with the header of a message; `head` holds all of it, or ends within it."""
    header = _MAIL_HEAD.match(head)
    if header is None or not _MAIL_FIELD.search(header[0]):
        return False
    rest = head[header.end() :]
    return rest.startswith((b"\n", b"\r\n")) or (len(head) >= HEAD_BYTES and b"\n" not in rest)


def is_cms(head: bytes) -> bool:
    """Return whether a file is a CMS message (signed or encrypted), in binary or in base64."""
    if _CMS.match(head):
        return True
    armoured = _ARMOURED_CMS.match(head)
    return armoured is not None and _CMS.match(binascii.a2b_base64(armoured[1])) is not None


def is_tar(block: bytes) -> bool:
    """Return whether a block is the header of a TAR's first member: by its magic, or (before POSIX) its checksum."""
    if block[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC):
        return True
    stated = block[_TAR_CHECKSUM].strip(b" \x00")
    if len(block) < _TAR_BLOCK or not re.fullmatch(rb"[0-7]{1,8}", stated):
        return False
    blank = b" " * (_TAR_CHECKSUM.stop - _TAR_CHECKSUM.start)
    return int(stated, 8) == sum(block[: _TAR_CHECKSUM.start] + blank + block[_TAR_CHECKSUM.stop :])
