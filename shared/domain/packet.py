"""Packets: which pages of a file begin a document of their own, by what the pages themselves say.

Numbering, titles and document numbers decide most pages; what they leave open is for a model, and then for a person.
"""

import re
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

from shared.domain.document_type import DocumentType, FieldSpec
from shared.domain.frozen import Frozen
from shared.domain.page import Line, Page
from shared.domain.task import PageRange

Verdict = Literal["starts", "continues", "unsure"]

_PAGE = r"(?:page|pagina|página|seite|blatt|sida|side|strona|str\.|p\.)"
_OF = r"(?:of|von|de|di|sur|van|av|af|z|/)"
_NUMBERED = re.compile(
    rf"\b{_PAGE}\s*(?:no\.?|nr\.?)?\s*:?\s*(\d{{1,4}})(?:\s*{_OF}\s*(\d{{1,4}}))?(?!\S)", re.IGNORECASE
)
_FRACTION = re.compile(r"[-–(]?\s*(\d{1,3})\s*(?:/|of|von|de)\s*(\d{1,3})\s*[-–)]?", re.IGNORECASE)
_CARRIED = re.compile(
    r"\b(?:continued|(?:carried|brought) forward|fortsetzung|übertrag|suite de|à reporter|continuación|seguito)\b",
    re.IGNORECASE,
)
_NOT_LETTERS = re.compile(r"[\W_]+")
MARGIN = 0.15
"""A page tells its number within this share of its height from the top or the bottom."""
TOP = 0.45
"""A document tells what it is in this share of its first page."""
LARGE = 1.2
"""A title is so many times as high as the usual line."""
ALONE = 2
"""Words beside the type's name in a line that is still a title: `Invoice no. 4711`."""
BEHIND = 3
"""Words behind its label among which a document's number is looked for: `Invoice no.: RE 4711`."""


class Signs(Frozen):
    """What a page says about its place in a file.

    `number` of `total`: its own numbering. `title`: the name of a document type stands at its head. `identifiers`:
    document numbers that the page states. `carried`: its text goes on from the page before.
    """

    page: int
    blank: bool = False
    number: int | None = None
    total: int | None = None
    title: bool = False
    identifiers: frozenset[str] = frozenset()
    carried: bool = False


def signs(page: Page, types: Iterable[DocumentType]) -> Signs:
    """What a page says about where its document begins; `types` lend the words for titles and numbers."""
    known = tuple(types)
    if not page.lines:
        return Signs(page=page.number, blank=page.problem is None)
    number, total = _numbering(page)
    head = [line for line in page.lines if line.box[1] < TOP * page.height]
    names = _titles(known)
    usual = median(line.box[3] - line.box[1] for line in page.lines)
    return Signs(
        page=page.number,
        number=number,
        total=total,
        title=any(_is_title(line, names, usual) for line in head),
        identifiers=_identifiers(page.lines, known),
        carried=any(_CARRIED.search(line.text) for line in head),
    )


def verdicts(pages: Sequence[Signs]) -> tuple[Verdict, ...]:
    """For each page whether it begins a document; the first one does, and a blank page belongs to what is before it."""
    found: list[Verdict] = []
    part: list[Signs] = []
    gap = False
    for page in pages:
        if page.blank:
            found.append("continues" if found else "starts")
            gap = bool(part)
            continue
        said: Verdict = _verdict(part, page, gap=gap) if part else ("continues" if found else "starts")
        found.append(said)
        part = [page] if said == "starts" else [*part, page]
        gap = False
    return tuple(found)


def parts(verdict: Sequence[Verdict]) -> tuple[PageRange, ...]:
    """The page ranges that begin where a verdict says `starts`; together they are all pages."""
    firsts = [number for number, said in enumerate(verdict, 1) if said == "starts"]
    ends = [first - 1 for first in firsts[1:]] + [len(verdict)]
    return tuple(PageRange(first=first, last=last) for first, last in zip(firsts, ends, strict=True))


def _verdict(part: Sequence[Signs], page: Signs, *, gap: bool) -> Verdict:
    """Whether a page begins a document after the pages of a `part`; `gap`: a blank page lies between."""
    before = part[-1]
    if page.number is not None and page.number > 1:
        return "continues" if page.number == (before.number or page.number - 1) + 1 else "unsure"
    known = {number for one in part for number in one.identifiers}
    if known & page.identifiers:
        return "continues"
    if page.number == 1 or (known and page.identifiers):
        return "starts"
    if page.carried:
        return "continues"
    if page.title:
        return "starts"
    finished = before.total is not None and before.number == before.total
    return "starts" if finished and gap else "unsure"


def _numbering(page: Page) -> tuple[int | None, int | None]:
    """The number that a page gives itself and how many there are; None where it says neither."""
    for line in page.lines:
        said = _NUMBERED.search(line.text)
        margin = line.box[1] < MARGIN * page.height or line.box[3] > (1 - MARGIN) * page.height
        said = said or (_FRACTION.fullmatch(line.text) if margin else None)
        if said and margin | (said.re is _NUMBERED and said[2] is not None):
            number, total = int(said[1]), int(said[2]) if said[2] else None
            if number and (total is None or number <= total):
                return number, total
    return None, None


def _titles(types: Sequence[DocumentType]) -> set[str]:
    """The words by which types call themselves: of their labels those that label no field but the document's number."""
    fields = {
        _folded(label)
        for kind in types
        for spec in kind.fields
        if not _is_number(spec)
        for label in (spec.title, *spec.labels)
    }
    return {_folded(label) for kind in types for label in (kind.title, *kind.labels)} - fields


def _is_number(spec: FieldSpec) -> bool:
    return spec.kind == "identifier" and spec.required


def _is_title(line: Line, names: set[str], usual: float) -> bool:
    folded = _folded(line.text)
    name = next((name for name in names if folded == name or folded.startswith(f"{name} ")), None)
    large = line.box[3] - line.box[1] >= LARGE * usual
    return name is not None and large and len(line.text.split()) - len(name.split()) <= ALONE


def _identifiers(lines: Sequence[Line], types: Iterable[DocumentType]) -> frozenset[str]:
    """The document numbers of a page: what has a digit behind their label, in its line or the line right of it."""
    labels = {_folded(label) for kind in types for spec in kind.fields if _is_number(spec) for label in spec.labels}
    found = set()
    for line, following in zip(lines, (*lines[1:], None), strict=True):
        folded = _folded(line.text)
        label = max((one for one in labels if folded == one or folded.startswith(f"{one} ")), key=len, default=None)
        if label is None:
            continue
        words = line.text.split()
        behind = words[_words_of(label, words) :] or (
            following.text.split() if following and _beside(line, following) else []
        )
        numbers = [word for word in behind[:BEHIND] if any(sign.isdigit() for sign in word)]
        found |= {_folded(word).replace(" ", "") for word in numbers[:1]}
    return frozenset(found)


def _words_of(label: str, words: Sequence[str]) -> int:
    """How many of the first `words` make up a folded label; words without letters count for nothing."""
    length = -1
    for count, word in enumerate(words, 1):
        folded = _folded(word)
        length += len(folded) + 1 if folded else 0
        if length >= len(label):
            return count
    return len(words)


def _beside(left: Line, right: Line) -> bool:
    return abs(left.box[1] - right.box[1]) < (left.box[3] - left.box[1]) and right.box[0] >= left.box[2]


def _folded(text: str) -> str:
    return _NOT_LETTERS.sub(" ", text.casefold()).strip()
