"""The members of ZIP, TAR, GZIP, BZIP2 and XZ files, with Python's own libraries."""

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, cast

from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import Reason
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry

_PIECE = 1 << 20
_ENCRYPTED = 0x1
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
)
"""What the libraries raise on damaged bytes."""
_FOLDER = Reason(code="folder", message="It is a folder; its content is listed separately.")
_LINK = Reason(code="link", message="It only points at another file.")
_SYSTEM = Reason(code="system_file", message="It is an operating system's own file, not one of the user's.")
_SYSTEM_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_GZIP_EXTRA, _GZIP_NAME = 4, 8


def zip_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the entries of a ZIP; those encrypted the old way are opened with the file's passwords, AES is not."""
    try:
        archive = zipfile.ZipFile(file.path)
    except (*_DAMAGE, NotImplementedError):
        raise _damaged_error("ZIP") from None
    with archive:
        for info in archive.infolist():
            yield _zip_entry(archive, info, file.passwords)


def tar_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the entries of a TAR that is not compressed; only plain files count, and no name is taken for a path."""
    try:
        with tarfile.open(file.path, "r:") as archive:
            for info in archive:
                name = info.name
                if info.isdir():
                    yield Entry(f"{name}/", skipped=_FOLDER)
                elif not info.isfile():
                    yield Entry(name, skipped=_LINK)
                else:
                    yield Entry(name, _tar_pieces(archive, info), _system(name))
    except _DAMAGE:
        raise _damaged_error("TAR") from None


def gzip_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the one file in a GZIP, under the name that its header gives, else `content`."""
    yield Entry(_gzip_name(file) or "content", _packed_pieces(gzip.open, file, "GZIP"))


def bzip2_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the one file in a BZIP2, which has no name there."""
    yield Entry("content", _packed_pieces(bz2.open, file, "BZIP2"))


def xz_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the one file in an XZ, which has no name there."""
    yield Entry("content", _packed_pieces(lzma.open, file, "XZ"))


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, passwords: tuple[str, ...]) -> Entry:
    if info.is_dir():
        return Entry(info.filename, skipped=_FOLDER)
    if stat.S_ISLNK(info.external_attr >> 16):
        return Entry(info.filename, skipped=_LINK)
    return Entry(info.filename, _zip_pieces(archive, info, passwords), _system(info.filename))


def _zip_pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo, passwords: tuple[str, ...]) -> Iterator[bytes]:
    try:
        with _open_member(archive, info, passwords) as member:
            yield from _pieces(member)
    except NotImplementedError:
        if info.flag_bits & _ENCRYPTED:
            raise _encrypted_error() from None
        text = "It is packed by a method that is not supported here: pack it as ordinary ZIP (deflate)."
        raise Unreadable("unreadable", text) from None
    except _DAMAGE:
        raise Unreadable("unreadable", "It is damaged: pack it again.") from None


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, passwords: tuple[str, ...]) -> IO[bytes]:
    """Open a member; ZIP checks a password by one byte only, so 1 in 256 wrong ones fails later, by checksum."""
    if not info.flag_bits & _ENCRYPTED:
        return archive.open(info)
    for password in passwords:
        try:
            with archive.open(info, pwd=password.encode()) as member:
                while member.read(_PIECE):
                    pass
            return archive.open(info, pwd=password.encode())
        except (RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            if isinstance(error, NotImplementedError):  # AES; a RuntimeError, but no password would do
                break
    raise _encrypted_error()


def _encrypted_error() -> Unreadable:
    return Unreadable(
        "password_required",
        "It is encrypted, and none of the known passwords opens it: add its password and replay the file, or upload it "
        "without one (members encrypted with AES always need that).",
    )


def _tar_pieces(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    try:
        with archive.extractfile(info) or io.BytesIO() as member:
            yield from _pieces(member)
    except _DAMAGE:
        raise Unreadable("unreadable", "It is damaged: pack it again.") from None


def _packed_pieces(opener: Callable[[Path], object], file: SourceFile, name: str) -> Iterator[bytes]:
    try:
        with cast("IO[bytes]", opener(file.path)) as member:
            yield from _pieces(member)
    except _DAMAGE:
        raise _damaged_error(name) from None


def _pieces(member: IO[bytes]) -> Iterator[bytes]:
    while piece := member.read(_PIECE):
        yield piece


def _gzip_name(file: SourceFile) -> str:
    """Return the name in the header (RFC 1952, 2.3.1), which is in Latin-1; empty when there is none."""
    with file.path.open("rb") as packed:
        head = packed.read(64 << 10)
    flags, place = (head[3], 10) if len(head) > 10 else (0, 0)  # noqa: PLR2004 - the fixed part of the header
    if flags & _GZIP_EXTRA:
        place += 2 + int.from_bytes(head[place : place + 2], "little")
    return head[place : head.find(b"\0", place)].decode("latin-1") if flags & _GZIP_NAME else ""


def _system(name: str) -> Reason | None:
    path = PurePosixPath(name.replace("\\", "/"))
    own = path.name.lower() in _SYSTEM_NAMES or path.name.startswith("._") or "__MACOSX" in path.parts
    return _SYSTEM if own else None


def _damaged_error(archive_format: str) -> Unreadable:
    return Unreadable("unreadable", f"The {archive_format} file is damaged or cut off: pack and upload it again.")
