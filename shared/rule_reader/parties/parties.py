"""Find the parties of a document and their addresses: by label first, else by place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.fields.roles import PartyRole
from shared.rule_reader.parties.places import Places
from shared.rule_reader.parties.sections import Sections
from shared.rule_reader.text.labels import LIKELY, Hit
from shared.rule_reader.text.page import Document, Line

_MOST_LINES = 8
_FIRST_GAP, _GAP = 2.5, 1.0  # line heights before an address, and between its lines
_LABELLED = 0.9


@dataclass(frozen=True)
class Parties:
    """Finds parties on one document; `hits` are all fields' labels."""

    document: Document
    hits: Sequence[Hit]

    @cached_property
    def _places(self) -> Places:
        return Places(self.document, self.hits)

    def candidates(self, field: Field, role: PartyRole) -> list[Candidate]:
        """Return the party's names or addresses, best first."""
        placed = self._places.issuers if role.issuer else self._places.receivers
        if role.address:
            under = [(name.lines[-1], name.score) for name in placed]
            candidates = [*self._at_label(field), *(item for line, score in under for item in self._under(line, score))]
        else:
            candidates = [*Sections(self.document, self.hits).names(field.name), *placed]
        return sorted((replace(item, field=field.name) for item in candidates), key=lambda item: -item.score)

    def _at_label(self, field: Field) -> Iterator[Candidate]:
        """Yield an address behind its label and in the lines under it."""
        for hit in self.hits:
            rest = hit.line.printed_text(hit.end).strip(" :")
            if hit.field != field.name or hit.score < LIKELY or (rest and not self.document.naming.is_address(rest)):
                continue
            more = next(self._under(hit.line, 0.0), None)
            lines = (hit.line, *(more.lines if more else ()))
            text = " ".join(part for part in (rest, str(more.value) if more else "") if part)
            if text:
                yield Candidate(field.name, text, lines, _LABELLED * hit.score)

    def _under(self, name: Line, score: float) -> Iterator[Candidate]:
        """Yield the address under a name: until a line that is no address, or a little past the postcode."""
        page, naming = self.document.page_of(name), self.document.naming
        lines: list[Line] = []
        last, ended = name.box.y1, False
        for row in page.rows[page.row_of[name] + 1 :]:
            gap = (row[0].box.y0 - last) / page.line_height
            if len(lines) == _MOST_LINES or gap > (_GAP if lines else _FIRST_GAP):
                break
            last = row[0].box.y1
            text = " ".join(cell.text for cell in row)
            is_something_else = naming.is_contact(text) or naming.is_registration(text) or self._has_label(row[0])
            going_on = naming.is_address(text) or (bool(lines) and lines[-1].text.rstrip().endswith(","))
            if not is_something_else and ((going_on and not ended) or (lines and naming.is_place(text))):
                lines += row
                ended = ended or naming.has_postcode(text)
            elif lines:
                break
        if lines:
            yield Candidate("", " ".join(line.printed_text() for line in lines), tuple(lines), score)

    def _has_label(self, line: Line) -> bool:
        return any(hit.line == line and hit.score > LIKELY for hit in self.hits)
