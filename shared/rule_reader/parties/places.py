"""Parties without a label: an issuer by its letterhead, a receiver by its address block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.roles import is_about_receiver
from shared.rule_reader.folding import plain
from shared.rule_reader.parties.sections import Sections
from shared.rule_reader.text.labels import CLEAR, LIKELY, Hit
from shared.rule_reader.text.line_words import fold
from shared.rule_reader.text.naming import Naming, clean_name
from shared.rule_reader.text.page import Document, Line, Page

# What speaks for an issuer's name, in shares that were weighed on receipts and invoices of many layouts.
_SUFFIX, _LETTERHEAD, _REPEATED, _IN_DOMAIN, _FIRST, _LARGE = 0.35, 0.35, 0.15, 0.15, 0.3, 0.1
_ADDRESS_NEXT, _ADDRESS_NEAR, _KNOWN_NEAR, _NOTHING_NEAR, _IN_ADDRESS = 0.25, 0.15, 0.2, -0.08, -0.3
_MOST = 0.8  # what a name without a label can reach
_RECEIVER = 0.5
_TOP = 0.35  # of the page: where an issuer stands
_A_PLACE = 2  # parts: a place with its state and postal code is no letterhead
_TOP_ROWS = 12  # rows over which standing first matters less and less
_BIG = 1.25  # times the usual line height
_NEXT_LINES, _REACH = 3, 4.0  # lines under a name, within so many line heights
_BLOCK_GAP, _ADDRESS_GAP = 1.2, 3.2  # line heights within a block
_OVERLAP = 0.75  # line heights: side by side with a larger type, a line seems to begin higher than it does
_SEPARATED = re.compile(r"\s+[-–|●•·,]\s+|\s*[|●•·]\s*|,\s+")


@dataclass(frozen=True)
class Places:
    """Looks at the first page; `hits` are all fields' labels on the document."""

    document: Document
    hits: Sequence[Hit]

    @property
    def _naming(self) -> Naming:
        return self.document.naming

    @cached_property
    def issuers(self) -> list[Candidate]:
        """Names that could be the issuer's, best first."""
        if not self.document.pages:
            return []
        page = self.document.pages[0]
        sections = Sections(self.document, self.hits)
        receivers = {
            hit for hit in self.hits if hit.score > LIKELY and is_about_receiver(hit.field, self.document.vocabulary)
        }
        theirs = {line for hit in receivers for line in sections.lines(hit)}
        candidates = [self._issuer(page, line) for line in page.lines if line not in theirs]
        return sorted((item for item in candidates if item is not None), key=lambda item: -item.score)

    @cached_property
    def receivers(self) -> list[Candidate]:
        """Names over address blocks in the upper half that are not the issuer's."""
        if not self.document.pages:
            return []
        page = self.document.pages[0]
        issuer = fold(str(self.issuers[0].value)) if self.issuers else ""
        candidates = []
        for block in _blocks(self._naming, page):
            upper = block[0].box.y0 <= page.size[1] / 2
            own = any(
                (fold(line.text) and fold(line.text) in issuer) or self._naming.is_contact(line.text) for line in block
            )
            labelled = any(self._has_label(line, CLEAR) for line in block)
            if not upper or own or labelled or not any(self._naming.has_postcode(line.text) for line in block[1:]):
                continue
            names = [line for line in block if self._could_be_name(line)]
            candidates += [Candidate("", clean_name(line.printed_text()), (line,), _RECEIVER) for line in names[:1]]
        return candidates

    def _could_be_name(self, line: Line) -> bool:
        return (
            self._naming.is_name(line.text)
            and not self._naming.is_address(line.text)
            and not self._has_label(line, LIKELY)
        )

    def _has_label(self, line: Line, score: float) -> bool:
        return any(hit.line == line and hit.score > score for hit in self.hits)

    def _issuer(self, page: Page, line: Line) -> Candidate | None:
        parts = [part for part in _SEPARATED.split(line.text) if part.strip()]
        one_line = len(parts) > _A_PLACE or (len(parts) == _A_PLACE and "," not in line.text)
        letterhead = (
            one_line and self._naming.is_name(parts[0]) and any(self._naming.has_postcode(part) for part in parts[1:])
        )
        text = clean_name(parts[0] if letterhead else line.printed_text())
        above = _above(page, line)
        if self._naming.is_only_suffix(text):
            text = " ".join([*(clean_name(upper_line.printed_text()) for upper_line in above), text])
        if not self._naming.is_name(text) or self._naming.is_registration(text) or self._has_label(line, CLEAR):
            return None
        if self._naming.is_address(text) and not self._naming.has_suffix(text):
            return None
        score = _LETTERHEAD * letterhead + _LARGE * (line.box.height > _BIG * page.line_height)
        score += (
            _SUFFIX * self._naming.has_suffix(text)
            + _REPEATED * self._is_repeated(text)
            + _IN_DOMAIN * self._in_domain(text)
        )
        if line.box.y0 < _TOP * page.size[1]:
            score += _FIRST * max(0.0, 1 - page.row_of[line] / _TOP_ROWS)
        score += _surroundings(self._naming, page, line, certain=letterhead or self._naming.has_suffix(text))
        score += _IN_ADDRESS * any(self._naming.is_address(upper_line.text) for upper_line in above)
        return Candidate("", text, (line,), min(_MOST, score))

    def _is_repeated(self, text: str) -> bool:
        folded_name = fold(text)
        return sum(folded_name in fold(line.text) for line in self.document.lines) > 1

    def _in_domain(self, text: str) -> bool:
        words = re.findall(r"[^\W\d_]{4,}", plain(text))
        webs = [plain(line.text) for line in self.document.lines if "@" in line.text or "www." in line.text.lower()]
        return any(re.search(rf"[@.\w-]*{word}[\w-]*\.\w", web) for word in words for web in webs)


def _surroundings(naming: Naming, page: Page, line: Line, *, certain: bool) -> float:
    """Return what an address, a telephone or a registration number under a name adds."""
    following = [line_below.text for line_below in page.below(line.box, _REACH)][:_NEXT_LINES]
    addresses = [naming.is_address(text) and not naming.is_registration(text) for text in following]
    has_contact_data = any(naming.is_registration(text) or naming.is_contact(text) for text in following)
    score = _ADDRESS_NEXT if any(addresses[:1]) else _ADDRESS_NEAR * any(addresses)
    return score + _KNOWN_NEAR * has_contact_data + _NOTHING_NEAR * (not has_contact_data and not certain)


def _above(page: Page, line: Line) -> list[Line]:
    """Return what stands right above in the same column."""
    number = page.row_of[line]
    return [
        neighbor
        for neighbor in (page.rows[number - 1] if number else ())
        if neighbor.box.overlap_x(line.box) > 0 and line.box.y0 - neighbor.box.y1 < line.box.height
    ]


def _blocks(naming: Naming, page: Page) -> list[list[Line]]:
    """Lines that stand flush left under each other without a gap; an address may keep some distance."""
    blocks: list[list[Line]] = []
    for line in sorted(page.lines, key=lambda item: item.box.y0):
        reach = (_ADDRESS_GAP if naming.is_address(line.text) else _BLOCK_GAP) * page.line_height
        near = [
            (gap, number)
            for number, block in enumerate(blocks)
            if abs(line.box.x0 - block[-1].box.x0) < page.line_height / 2
            and line.box.y1 > block[-1].box.y1
            and -_OVERLAP * page.line_height < (gap := line.box.y0 - block[-1].box.y1) < reach
        ]
        if near:
            blocks[min(near)[1]].append(line)
        else:
            blocks.append([line])
    return blocks
