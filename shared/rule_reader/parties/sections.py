"""A party's name at its label: behind a colon, in the lines under it, or in the cell beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.text.cells import cell_lines, is_under_headings
from shared.rule_reader.text.labels import CLEAR, LIKELY, Hit
from shared.rule_reader.text.line_words import fold
from shared.rule_reader.text.naming import Naming, clean_name
from shared.rule_reader.text.page import Document, Line, Page

_SAME_LINE, _UNDER, _BESIDE = 0.95, 0.9, 0.8
_MOST_LINES = 8
_GAP = 2.6  # line heights without a line end a section
_LEFT, _RIGHT = -1.5, 3.0  # how far a section's lines may start from the label, in label heights
_FLUSH = 2.0  # page units
_CLOSE = (-0.3, 0.6)  # line heights between two lines of one name
_WHOLE = 0.8  # of its line is the label


@dataclass(frozen=True)
class Sections:
    """Reads the sections under party labels; `hits` are all fields' labels on the document."""

    document: Document
    hits: Sequence[Hit]

    @property
    def _naming(self) -> Naming:
        return self.document.naming

    @cached_property
    def _name_keys(self) -> frozenset[str]:
        return frozenset(map(fold, self.document.vocabulary.language.name_keys))

    def names(self, field: str) -> Iterator[Candidate]:
        """Names at the labels of this field."""
        for hit in self.hits:
            if hit.field == field:
                yield from self._at(hit)

    def _at(self, hit: Hit) -> Iterator[Candidate]:
        rest = hit.line.text[hit.end :].lstrip()
        value = clean_name(rest)
        if rest[:1] in {":", "|"} and self._naming.is_name(value):
            yield Candidate(hit.field, value, (hit.line,), _SAME_LINE * hit.score)
            return
        if rest.strip(" :.") and hit.score < 1:
            return
        page = self.document.page_of(hit.line)
        if _is_caption_of_column(page, hit.line) and (name := self._name_beside(page, hit)) is not None:
            yield Candidate(hit.field, clean_name(name.printed_text()), (hit.line, name), _UNDER * hit.score)
            return
        name_lines = [self._name_at(page, line) for line in self.lines(hit) if self._free(line, hit)]
        names = [line for line in name_lines if line is not None]
        if names:
            lines = _name_cell(self._naming, page, hit.line, names[0])
            if len(lines) == 1:
                further_names = [] if is_under_headings(page, hit.line, names[0]) else names[1:2]
                best = next(
                    (line for line in (names[0], *further_names) if self._naming.has_suffix(line.text)), names[0]
                )
                lines = [*_begun_above(self._naming, page, best, hit), best]
            value = " ".join(clean_name(line.printed_text()) for line in lines)
            yield Candidate(hit.field, value, (hit.line, *lines), _UNDER * hit.score)
            return
        if (name := self._name_beside(page, hit)) is not None:
            yield Candidate(hit.field, clean_name(name.printed_text()), (hit.line, name), _BESIDE * hit.score)

    def _name_beside(self, page: Page, hit: Hit) -> Line | None:
        beside = next(iter(page.right_of(hit.line)), None)
        return beside if beside and self._naming.is_name(beside.text) and self._free(beside, hit) else None

    def lines(self, hit: Hit) -> Iterator[Line]:
        """Lines under the label, flush with it or a little indented, until a wide gap or another party's label."""
        page = self.document.page_of(hit.line)
        box = hit.line.part(hit.start, hit.end)
        last, count = box.y1, 0
        for line in (line for row in page.rows for line in row):
            offset = (line.box.x0 - box.x0) / max(1.0, box.height)
            if not _LEFT <= offset <= _RIGHT or line.box.middle <= box.y1:
                continue
            too_far = line.box.y0 - last > _GAP * page.line_height
            if too_far or count == _MOST_LINES or any(o.line == line and _ends(o, hit) for o in self.hits):
                return
            last, count = line.box.y1, count + 1
            yield line

    def _free(self, line: Line, hit: Hit) -> bool:
        return not any(o.line == line and o.field != hit.field and o.score > LIKELY for o in self.hits)

    def _name_at(self, page: Page, line: Line) -> Line | None:
        beside = page.right_of(line)[:1]
        if fold(line.text) in self._name_keys:
            return next((cell for cell in beside if self._naming.is_name(cell.text)), None)
        key = line.text.rstrip().endswith(":") or any(cell.text.startswith(":") for cell in beside)
        if key or self._naming.is_registration(line.text) or not self._naming.is_name(line.text):
            return None
        return None if self._naming.is_address(line.text) and not self._naming.has_suffix(line.text) else line


def _is_caption_of_column(page: Page, label: Line) -> bool:
    """Whether a label is one of captions under each other, with their values beside: the next one has a colon too."""
    below = next(iter(page.below(label.box)), None)
    captions = all(line is not None and line.text.rstrip().endswith(":") for line in (label, below))
    return captions and below is not None and bool(page.right_of(label)) and bool(page.right_of(below))


def _name_cell(naming: Naming, page: Page, heading: Line, name: Line) -> list[Line]:
    """Return the lines of a name that wraps in its cell: up to its legal form, without one up to an address.

    Under few headings a line below a name may be a person or a department, so there only a legal form goes on.
    """
    cell = cell_lines(page, heading, name)
    end = next((at for at, line in enumerate(cell, 1) if naming.has_suffix(line.text)), 0)
    if end:
        return list(cell[:end])
    if not is_under_headings(page, heading, name):
        return [name]
    return list(takewhile(lambda line: naming.is_name(line.text) and not naming.is_address(line.text), cell))


def _begun_above(naming: Naming, page: Page, line: Line, hit: Hit) -> list[Line]:
    """Return the line above a legal form, when the name began on it."""
    if not naming.has_suffix(line.text):
        return []
    return [
        upper_line
        for upper_line in page.lines
        if abs(upper_line.box.x0 - line.box.x0) < _FLUSH
        and _CLOSE[0] < (line.box.y0 - upper_line.box.y1) / page.line_height < _CLOSE[1]
        and upper_line.box.y0 > hit.line.box.y0
        and naming.is_name(upper_line.text)
        and not naming.has_suffix(upper_line.text)
        and not page.right_of(upper_line)
    ]


def _ends(next_hit: Hit, hit: Hit) -> bool:
    """Return whether another party's label begins: of another field, or one that fills its line."""
    alone = next_hit.end - next_hit.start > _WHOLE * len(next_hit.line.text.rstrip(" :"))
    return next_hit != hit and next_hit.score > CLEAR and (next_hit.field != hit.field or alone)
