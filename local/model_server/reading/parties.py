"""Who issued the document and who received it: by label, or by where such names and addresses stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from local.model_server.reading.candidates import Candidate
from local.model_server.reading.dates import plain
from local.model_server.reading.fields import Field
from local.model_server.reading.labels import Hit, fold
from local.model_server.reading.naming import (
    clean_name,
    has_postcode,
    has_suffix,
    is_address,
    is_contact,
    is_name,
    is_only_suffix,
    is_place,
    is_registration,
)
from local.model_server.reading.page import Document, Line, Page

_ISSUER = frozenset(
    "seller vendor supplier merchant shop store issuer payee provider sender insurer carrier landlord employer "
    "restaurant retailer".split()
)
_RECEIVER = frozenset(
    "buyer customer client recipient payer receiver consignee purchaser guest patient tenant employee insured".split()
)
_NAME_KEYS = frozenset(fold(word) for word in ("Name", "Firma", "Company", "Company name", "Nom", "Naam", "Nombre", "Nome"))
_LETTERHEAD = re.compile(r"\s+[-–|●•·,]\s+|\s*[|●•·]\s*|,\s+")
_SECTION_LINES = 8
_ADDRESS_LINES = 8
_TOP_ROWS = 12  # rows over which standing first matters less and less
_TOP = 0.35  # of the page: where an issuer without a label stands


@dataclass(frozen=True)
class Role:
    """What a text field says of a party: `issuer` or receiver, its name or its address."""

    issuer: bool
    address: bool


def role_of(field: Field) -> Role | None:
    """The field's role by its name and title, or None when it is about no party."""
    words = set(re.findall(r"[a-z]+", f"{field.name} {field.title}".lower().replace("_", " ")))
    if field.kind != "text" or not words & (_ISSUER | _RECEIVER):
        return None
    if words & {"address"}:
        return Role(bool(words & _ISSUER), address=True)
    plain_name = words <= _ISSUER | _RECEIVER | {"name", "the", "s"}
    return Role(bool(words & _ISSUER), address=False) if plain_name else None


@dataclass(frozen=True)
class Parties:
    """Finds parties on one document; `hits` are all fields' labels."""

    document: Document
    hits: Sequence[Hit]

    def candidates(self, field: Field, role: Role) -> list[Candidate]:
        """The party's names or addresses, best first."""
        names = [*self._labelled(field), *(self._issuers() if role.issuer else self._receivers())]
        if role.address:
            names = [found for name in names for found in self._address_of(field, name)]
        found = [Candidate(field.name, c.value, c.lines, c.score, c.printed) for c in names]
        return sorted(found, key=lambda item: -item.score)

    def _labelled(self, field: Field) -> Iterator[Candidate]:
        for hit in self.hits:
            if hit.field == field.name:
                yield from self._at_label(hit)

    def _at_label(self, hit: Hit) -> Iterator[Candidate]:
        rest = hit.line.text[hit.end :].lstrip()
        value = clean_name(rest)
        if rest[:1] in {":", "|"} and is_name(value):
            yield Candidate("", value, (hit.line,), 0.95 * hit.score, value)
            return
        if rest.strip(" :.") and hit.score < 1:
            return
        page = self.document.page_of(hit.line)
        section = [line for line in self._section(page, hit) if self._usable(line, hit)]
        named = [self._name_at(page, line) for line in section]
        names = [line for line in named if line is not None]
        if names:
            best = next((line for line in names[:2] if has_suffix(line.text)), names[0])
            above = self._wrapped(page, best, hit)
            value = " ".join([*(clean_name(line.printed()) for line in above), clean_name(best.printed())])
            yield Candidate("", value, (hit.line, *above, best), 0.9 * hit.score, value)
            return
        for line in page.right_of(hit.line)[:1]:
            if is_name(line.text) and self._usable(line, hit):
                yield Candidate("", clean_name(line.printed()), (hit.line, line), 0.8 * hit.score, line.text)

    def _usable(self, line: Line, hit: Hit) -> bool:
        return not any(other.line == line and other.field != hit.field and other.score > 0.6 for other in self.hits)

    def _section(self, page: Page, hit: Hit) -> Iterator[Line]:
        """Lines under the label, flush with it or a little indented, until a wide gap or another party's label."""
        box = hit.line.part(hit.start, hit.end)
        last = box.y1
        count = 0
        for row in page.rows:
            for line in row:
                near = -1.5 <= (line.box.x0 - box.x0) / max(1.0, box.height) <= 3
                if not near or line.box.middle <= box.y1 or count >= _SECTION_LINES:
                    continue
                if line.box.y0 - last > 2.6 * page.line_height:
                    return
                if any(other.line == line and self._ends(other, hit) for other in self.hits):
                    return
                last, count = line.box.y1, count + 1
                yield line

    @staticmethod
    def _wrapped(page: Page, line: Line, hit: Hit) -> list[Line]:
        """The line above a legal form, when the name began on it."""
        if not has_suffix(line.text):
            return []
        return [
            other
            for other in page.lines
            if abs(other.box.x0 - line.box.x0) < 2
            and -0.3 < (line.box.y0 - other.box.y1) / page.line_height < 0.6
            and other.box.y0 > hit.line.box.y0
            and is_name(other.text)
            and not has_suffix(other.text)
            and not page.right_of(other)[:1]
        ]

    @staticmethod
    def _ends(other: Hit, hit: Hit) -> bool:
        """Whether another party's label begins: of another field, or one that fills its line."""
        alone = other.end - other.start > 0.8 * len(other.line.text.rstrip(" :"))
        return other != hit and other.score > 0.8 and (other.field != hit.field or alone)

    def _name_at(self, page: Page, line: Line) -> Line | None:
        if fold(line.text) in _NAME_KEYS:
            return next((cell for cell in page.right_of(line)[:1] if is_name(cell.text)), None)
        if page.right_of(line)[:1] and page.right_of(line)[0].text.startswith(":"):
            return None
        if line.text.rstrip().endswith(":") or is_registration(line.text):
            return None
        return line if is_name(line.text) and not (is_address(line.text) and not has_suffix(line.text)) else None

    @cached_property
    def _receiver_lines(self) -> frozenset[Line]:
        return frozenset(
            line
            for hit in self.hits
            if hit.score > 0.6 and set(hit.field.split("_")) & _RECEIVER
            for line in self._section(self.document.page_of(hit.line), hit)
        )

    def _issuers(self) -> list[Candidate]:
        if not self.document.pages:
            return []
        page = self.document.pages[0]
        return [item for line in page.lines if line not in self._receiver_lines for item in self._issuer(page, line)]

    def _issuer(self, page: Page, line: Line) -> Iterator[Candidate]:
        parts = [part for part in _LETTERHEAD.split(line.text) if part.strip()]
        letterhead = len(parts) > 1 and is_name(parts[0]) and any(has_postcode(part) for part in parts[1:])
        text = clean_name(parts[0] if letterhead else line.printed())
        if is_only_suffix(text):
            text = " ".join([*(clean_name(other.printed()) for other in self._above(page, line)), text])
        taken = any(hit.line == line and hit.score > 0.75 for hit in self.hits)
        if not is_name(text) or taken or (is_address(text) and not has_suffix(text)) or is_registration(text):
            return
        score = 0.35 * has_suffix(text) + 0.35 * letterhead + 0.15 * self._repeated(text) + 0.15 * self._in_domain(text)
        if line.box.y0 < _TOP * page.size[1]:
            score += 0.3 * max(0.0, 1 - page.row_of[line] / _TOP_ROWS)
        following = [other.text for other in page.below(line.box, 4.0)][:3]
        addresses = [is_address(other) and not is_registration(other) for other in following]
        score += 0.25 * any(addresses[:1]) or 0.15 * any(addresses)
        known = any(is_registration(other) or is_contact(other) for other in following)
        score += 0.2 * known - 0.08 * (not known and not letterhead and not has_suffix(text))
        score += 0.1 * (line.box.height > 1.25 * page.line_height)
        score -= 0.3 * any(is_address(other.text) for other in self._above(page, line))
        yield Candidate("", text, (line,), min(0.8, score), text)

    @staticmethod
    def _above(page: Page, line: Line) -> list[Line]:
        """The line that stands right above in the same column."""
        number = page.row_of[line]
        upper = page.rows[number - 1] if number else ()
        return [other for other in upper if other.box.overlap_x(line.box) > 0 and line.box.y0 - other.box.y1 < line.box.height]

    def _repeated(self, text: str) -> bool:
        wanted = fold(text)
        return sum(wanted in fold(line.text) for line in self.document.lines) > 1

    def _in_domain(self, text: str) -> bool:
        words = [word for word in re.findall(r"[^\W\d_]{4,}", plain(text))]
        webs = [plain(line.text) for line in self.document.lines if "@" in line.text or "www." in line.text.lower()]
        return any(re.search(rf"[@.\w-]*{word}[\w-]*\.\w", web) for word in words for web in webs)

    def _receivers(self) -> list[Candidate]:
        """Address blocks in the upper half that are not the issuer's."""
        if not self.document.pages:
            return []
        page = self.document.pages[0]
        issuers = sorted(self._issuers(), key=lambda item: -item.score)
        issuer = fold(str(issuers[0].value)) if issuers else ""
        found = []
        for block in _blocks(page):
            if block[0].box.y0 > page.size[1] / 2 or not any(has_postcode(line.text) for line in block[1:]):
                continue
            names = [line for line in block if is_name(line.text) and not is_address(line.text) and not self._labels(line)]
            own = any(fold(line.text) and fold(line.text) in issuer or is_contact(line.text) for line in block)
            if names and not own and not any(hit.line in block and hit.score > 0.8 for hit in self.hits):
                found.append(Candidate("", clean_name(names[0].printed()), (names[0],), 0.5, names[0].text))
        return found

    def _address_of(self, field: Field, name: Candidate) -> Iterator[Candidate]:
        """The address lines under a name: on until something that is no address, or a little past the postcode."""
        line = name.lines[-1]
        page = self.document.page_of(line)
        lines: list[Line] = []
        last, ended = line.box.y1, False
        for row in page.rows:
            other = row[0]
            if other.box.middle <= line.box.y1:
                continue
            gap = (other.box.y0 - last) / page.line_height
            if len(lines) == _ADDRESS_LINES or gap > (2.5 if not lines else 1.0):
                break
            last = other.box.y1
            text = " ".join(cell.text for cell in row)
            own = is_contact(text) or is_registration(text) or self._labels(other)
            unfinished = bool(lines) and lines[-1].text.rstrip().endswith(",")
            if not own and ((is_address(text) or unfinished) and not ended or (lines and is_place(text))):
                lines += row
                ended = ended or has_postcode(text)
            elif lines:
                break
        if lines:
            value = " ".join(other.printed() for other in lines)
            yield Candidate(field.name, value, tuple(lines), name.score, value)

    def _labels(self, line: Line) -> bool:
        return any(hit.line == line and hit.score > 0.6 for hit in self.hits)


def _blocks(page: Page) -> list[list[Line]]:
    """Lines that stand flush left under each other without a gap; an address may keep some distance."""
    blocks: list[list[Line]] = []
    for line in sorted(page.lines, key=lambda item: item.box.y0):
        reach = (3.2 if is_address(line.text) else 1.2) * page.line_height
        gaps = [
            (gap, block)
            for block in blocks
            if abs(line.box.x0 - block[-1].box.x0) < 0.5 * page.line_height
            and -2 < (gap := line.box.y0 - block[-1].box.y1) < reach
        ]
        if gaps:
            min(gaps, key=lambda item: item[0])[1].append(line)
        else:
            blocks.append([line])
    return blocks
