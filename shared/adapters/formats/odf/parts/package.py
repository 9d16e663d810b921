"""The parts of an OpenDocument file: its ZIP, its content and styles, the objects inside it."""

import zipfile
from typing import TYPE_CHECKING

from shared.adapters.formats.odf.parts.styles import Styles
from shared.domain.base.errors import Unreadable
from shared.ports.reading import SourceFile

if TYPE_CHECKING:
    from lxml.etree import _Element


def open_package(file: SourceFile) -> "OdfDocument":
    """Return the document of a file; raises Unreadable (`unreadable`, `password_required`)."""
    archive = zipfile.ZipFile(file.path)
    names = archive.namelist()
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Unreadable(
            "password_required",
            "The document is encrypted, which is not supported: upload a copy without a password.",
        )
    if "content.xml" not in names:
        raise Unreadable("unreadable", "The file holds no OpenDocument: save a new copy and upload it.")
    return OdfDocument(archive, "")


class OdfDocument:
    """A document, or an object in the `folder` (with its slash) of one."""

    def __init__(self, archive: zipfile.ZipFile, folder: str) -> None:
        self._archive = archive
        self._names = frozenset(archive.namelist())
        self._folder = folder
        self.content = self._parse("content.xml")
        self.edges = self._parse("styles.xml") if f"{folder}styles.xml" in self._names else None
        self.styles = Styles(root for root in (self.edges, self.content) if root is not None)

    def read_part(self, reference: str) -> bytes | None:
        """Return the bytes of a part; None when it is not in the file."""
        name = self._resolve(reference)
        return self._archive.read(name) if name in self._names and not name.endswith("/") else None

    def open_object(self, reference: str) -> "OdfDocument | None":
        """Return the object that a reference names; None when it is no OpenDocument in this file."""
        folder = f"{self._resolve(reference).rstrip('/')}/"
        return OdfDocument(self._archive, folder) if f"{folder}content.xml" in self._names else None

    def holds(self, reference: str) -> bool:
        """Return whether a part or an object is in the file."""
        name = self._resolve(reference).rstrip("/")
        return name in self._names or f"{name}/content.xml" in self._names

    def _resolve(self, reference: str) -> str:
        return f"{self._folder}{reference.removeprefix('./')}"

    def _parse(self, name: str) -> "_Element":
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        try:
            return etree.fromstring(self._archive.read(f"{self._folder}{name}"), parser)
        except etree.XMLSyntaxError:
            text = f"The part {name} of the file is damaged: save a new copy and upload it."
            raise Unreadable("unreadable", text) from None
