"""Find the parts of a workbook's package and what they are related to (ECMA-376, part 2)."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml.etree import _Element

RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT_RELATIONS = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
_OPEN_BREAK = re.compile(rb"<br\s*>", re.IGNORECASE)


class Related(NamedTuple):
    """A part that another names: the last word of the relation's type, and the part ("" when it is another file)."""

    relation: str
    name: str


class Package:
    """The parts of an open package."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}

    def has(self, name: str) -> bool:
        """Return whether there is such a part."""
        return name.lower() in self._names

    def read(self, name: str) -> bytes:
        """Return the bytes of a part."""
        return self._archive.read(self._names[name.lower()])

    def parse(self, name: str) -> "_Element | None":
        """Return the tree of a part; None when it is missing or no XML. Drawings of old programs are mended."""
        from lxml import etree

        if not self.has(name):
            return None
        is_old = name.lower().endswith(".vml")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=is_old)
        data = self.read(name)
        try:
            return etree.fromstring(_OPEN_BREAK.sub(b"<br/>", data) if is_old else data, parser)
        except etree.XMLSyntaxError:
            return None

    def iter_elements(self, name: str, *tags: str) -> "Iterator[_Element]":
        """Yield the elements of these local names of a large part, without keeping its cells."""
        from lxml import etree

        qualified_tags = [f"{{*}}{tag}" for tag in tags]
        with self._archive.open(self._names[name.lower()]) as stream:
            for _, element in etree.iterparse(
                stream, tag=("{*}row", *qualified_tags), resolve_entities=False, no_network=True
            ):
                if etree.QName(element).localname in tags:
                    yield element
                element.clear()

    def relations_of(self, name: str) -> dict[str, Related]:
        """Return what a part is related to, by the relation's id."""
        folder, leaf = posixpath.split(name)
        root = self.parse(f"{folder}/_rels/{leaf}.rels" if folder else f"_rels/{leaf}.rels")
        related = {}
        for relation in root if root is not None else ():
            target = relation.get("Target", "")
            inside = relation.get("TargetMode", "Internal") != "External"
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") if inside else ""
            related[relation.get("Id", "")] = Related(relation.get("Type", "").rsplit("/", 1)[-1], path)
        return related

    def sheets(self) -> dict[str, str]:
        """Return the part of each sheet, by the sheet's name."""
        book = next((item.name for item in self.relations_of("").values() if item.relation == "officeDocument"), "")
        root, related = self.parse(book), self.relations_of(book)
        parts = {}
        for sheet in root.iter("{*}sheet") if root is not None else ():
            part = related.get(relation_id(sheet), Related("", "")).name
            if self.has(part):
                parts[sheet.get("name", "")] = part
        return parts


def relation_id(element: "_Element", attribute: str = "id") -> str:
    """Return the id of the relation that an element names."""
    return str(element.get(f"{RELATIONS}{attribute}") or element.get(f"{_STRICT_RELATIONS}{attribute}") or "")
