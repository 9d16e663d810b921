"""Read what stands around and over the cells of a sheet: page headers and footers, drawings, form controls."""

from collections.abc import Iterator

from shared.adapters.formats.xlsx.drawings import Drawing
from shared.adapters.formats.xlsx.form_controls import read_control_signs, read_old_controls
from shared.adapters.formats.xlsx.parts import Package
from shared.domain.content.blocks import Block, Concealed, NotRead, Paragraph, Picture
from shared.domain.spreadsheets.sheet_headers import read_header

_PICTURE_CODE = "&G"


class Surroundings:
    """The content of one sheet outside its cells."""

    def __init__(self, package: Package, part: str, title: str) -> None:
        self._package = package
        self._part = part
        self._title = title
        self._related = package.relations_of(part)
        self._edges = self._read_edges()

    def headers(self) -> Iterator[Block]:
        """Yield what is printed at the head of the sheet's pages, each text once."""
        yield from self._edge_blocks("Header")

    def footers(self) -> Iterator[Block]:
        """Yield what is printed at the foot of the sheet's pages, each text once."""
        yield from self._edge_blocks("Footer")

    def drawings(self) -> Iterator[Block]:
        """Yield what is drawn on the sheet."""
        signs, unread = read_control_signs(self._package, self._part)
        known_shapes: set[str] = set()
        for name in self._related_parts("drawing"):
            drawing = Drawing(self._package, name, signs)
            yield from drawing.blocks()
            known_shapes |= drawing.shape_ids
        for name in self._related_parts("vmlDrawing"):
            root = self._package.parse(name)
            if root is not None and name not in self._header_drawings():
                yield from read_old_controls(root, signs, known_shapes)
        yield from unread

    def _read_edges(self) -> dict[str, str]:
        """Return the codes of the headers and footers that are printed, by their elements' names."""
        from lxml import etree

        edges: dict[str, str] = {}
        for element in self._package.iter_elements(self._part, "headerFooter"):
            flags = {name for name in ("differentFirst", "differentOddEven") if element.get(name) in ("1", "true")}
            for edge in element:
                name = etree.QName(edge).localname
                needed = {"first": "differentFirst", "even": "differentOddEven"}.get(
                    name.removesuffix("Header").removesuffix("Footer")
                )
                if edge.text and (needed is None or needed in flags):
                    edges[name] = edge.text
        return edges

    def _edge_blocks(self, edge: str) -> Iterator[Block]:
        printed_lines = set()
        codes = [self._edges[name] for name in (f"first{edge}", f"odd{edge}", f"even{edge}") if name in self._edges]
        if any(_PICTURE_CODE in code.upper().replace("&&", "") for code in codes):
            yield from self._edge_pictures()
        for line in (line for code in codes for line in read_header(code, self._title)):
            if line not in printed_lines:
                printed_lines.add(line)
                yield Concealed(line.text, "struck") if line.is_struck else Paragraph(line.text)

    def _edge_pictures(self) -> Iterator[Block]:
        pictures = [
            related.name
            for drawing in self._header_drawings()
            for related in self._package.relations_of(drawing).values()
            if related.relation == "image" and self._package.has(related.name)
        ]
        yield from (Picture(self._package.read(name)) for name in pictures)
        if not pictures:
            yield NotRead("page_header")

    def _header_drawings(self) -> list[str]:
        """Return the parts that hold the pictures of headers: drawings of the older kind whose shapes have such ids."""
        names = []
        for name in self._related_parts("vmlDrawing"):
            root = self._package.parse(name)
            shapes = root.iter("{*}shape") if root is not None else ()
            if any(shape.get("id", "")[:2] in ("LH", "CH", "RH", "LF", "CF", "RF") for shape in shapes):
                names.append(name)
        return names

    def _related_parts(self, relation: str) -> list[str]:
        return [
            item.name for item in self._related.values() if item.relation == relation and self._package.has(item.name)
        ]
