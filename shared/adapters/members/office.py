"""The files inside office files: what was inserted into a DOCX, XLSX, PPTX or XLS (ECMA-376, [MS-OLEDS])."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from shared.domain.base.errors import Unreadable
from shared.domain.documents.run import Reason
from shared.ports.reading import SourceFile
from shared.ports.unpacking import Entry

if TYPE_CHECKING:
    import olefile

_EMBEDDED = re.compile(r"(?:word|xl|ppt)/embeddings/[^/]+")
_CHART = re.compile(r".*/charts/_rels/[^/]+\.rels")
_TARGET = re.compile(rb'Target="[^"]*embeddings/([^"/]+)"')
_INSERTED = re.compile(r"MBD[0-9A-F]{8}", re.IGNORECASE)
_PACKAGED = "\x01Ole10Native"
_WHOLE = ("CONTENTS", "Package", "EmbeddedOdf")
"""Streams that are the file itself: of Acrobat, of the newer office programs, of LibreOffice."""
_OWN = {"WordDocument": ".doc", "Workbook": ".xls", "Book": ".xls", "PowerPoint Document": ".ppt"}
"""Streams by which the whole object is a file of an older office program."""
_NUMBERS = Reason(code="chart", message="It holds the numbers of a chart.")
_OBJECT = Reason(code="object", message="It is an object of another program, and holds no file.")
_BROKEN = Unreadable("unreadable", "The embedded object is damaged: insert it again.")
_LARGE = Reason(code="too_large", message="It is an object of more than 100 MB: upload its content as a separate file.")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
"""What zipfile and olefile raise on damaged bytes, and on what is encrypted."""
MAX_OBJECT_BYTES = 100_000_000
"""Of an OLE object, which is taken apart in memory."""
_PIECE = 1 << 20


def office_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the embedded objects in the order of the file's parts; raises Unreadable when its ZIP is damaged."""
    try:
        with zipfile.ZipFile(file.path) as package:
            relations = [name for name in package.namelist() if _CHART.fullmatch(name)]
            charted = {target for name in relations for target in _TARGET.findall(package.read(name))}
            for info in package.infolist():
                if _EMBEDDED.fullmatch(info.filename):
                    leaf = PurePosixPath(info.filename).name
                    yield Entry(leaf, skipped=_NUMBERS) if leaf.encode() in charted else _entry(leaf, package, info)
    except _DAMAGE:
        text = "The file is damaged (its ZIP cannot be opened): save a new copy and upload it."
        raise Unreadable("unreadable", text) from None


def _entry(leaf: str, package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    """Return one embedded part: a file as it is, or what an OLE object holds."""
    import olefile

    try:
        with package.open(info) as part:
            if part.read(len(olefile.MAGIC)) != olefile.MAGIC:
                return Entry(leaf, _pieces(package, info))
        if info.file_size > MAX_OBJECT_BYTES:
            return Entry(leaf, skipped=_LARGE)
        data = package.read(info)
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            return _of_object(leaf, compound, data)
    except (*_DAMAGE, IndexError, struct.error):
        return Entry(leaf, skipped=Reason(code=_BROKEN.code, message=str(_BROKEN)))


def _pieces(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with package.open(info) as part:
            while piece := part.read(_PIECE):
                yield piece
    except _DAMAGE:
        raise _BROKEN from None


def old_workbook_entries(file: SourceFile) -> Iterator[Entry]:
    """Yield the objects that were inserted into an XLS, in their order; nothing for a workbook that is no OLE file."""
    import olefile

    if not olefile.isOleFile(str(file.path)):
        return
    try:
        with olefile.OleFileIO(str(file.path)) as compound:
            storages = [path[0] for path in compound.listdir(streams=False, storages=True) if len(path) == 1]
            for name in filter(_INSERTED.fullmatch, storages):
                yield _inserted_entry(name, compound)
    except OSError:
        text = "The file is damaged (it cannot be opened): save a new copy and upload it."
        raise Unreadable("unreadable", text) from None


def _inserted_entry(name: str, compound: "olefile.OleFileIO") -> Entry:
    try:
        return _find_content(name, compound, f"{name}/") or Entry(name, skipped=_OBJECT)
    except (*_DAMAGE, IndexError, struct.error):
        return Entry(name, skipped=Reason(code=_BROKEN.code, message=str(_BROKEN)))


def _find_content(stem: str, compound: "olefile.OleFileIO", folder: str = "") -> Entry | None:
    """Return the file that an object holds; `folder`: the storage of the object, with its slash."""
    if compound.exists(f"{folder}{_PACKAGED}"):
        name, content = unwrap_package(compound.openstream(f"{folder}{_PACKAGED}").read())
        return Entry(name or stem, [content])
    for stream in _WHOLE:
        if compound.exists(f"{folder}{stream}"):
            return Entry(stem, [compound.openstream(f"{folder}{stream}").read()])
    return None


def _of_object(leaf: str, compound: "olefile.OleFileIO", data: bytes) -> Entry:
    stem = PurePosixPath(leaf).stem
    content = _find_content(stem, compound)
    if content is not None:
        return content
    for stream, suffix in _OWN.items():
        if compound.exists(stream):
            return Entry(stem + suffix, [data])
    return Entry(leaf, skipped=_OBJECT)


def unwrap_package(native: bytes) -> tuple[str, bytes]:
    """Return the name and the content of a file that Windows' packager wrapped; raises ValueError, struct.error.

    The layout: size, two bytes, label, name, eight bytes, a path (each text ends in a zero), size, content.
    """
    label = 6
    name = native.index(b"\0", label) + 1
    numbers = native.index(b"\0", name) + 1
    path = numbers + 8
    size = native.index(b"\0", path) + 1
    (length,) = struct.unpack_from("<I", native, size)
    content = native[size + 4 : size + 4 + length]
    if len(content) < length:
        raise ValueError("cut off")
    return native[label : name - 1].decode("cp1252", "replace"), content
