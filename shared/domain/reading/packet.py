"""Find the pages of a file that begin a document of their own, from what the pages say.

Numbering, titles and document numbers decide most pages; what they leave open is for a model, and then for a person.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from statistics import median
from typing import Literal, NamedTuple

from shared.domain.base.frozen import Frozen
from shared.domain.reading.document_numbers import (
    NumberLabels,
    StatedNumber,
    TypeLabels,
    group_by_field,
    is_document_number,
    normalize_label,
)
from shared.domain.reading.page import Line, Page
from shared.domain.reading.page_range import PageRange
from shared.domain.types.document_type import DocumentType

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
MARGIN_SHARE = 0.15
"""A page states its number within this share of its height from the top or the bottom."""
HEAD_SHARE = 0.45
"""A document states its type in this share of its first page."""
MIN_TITLE_HEIGHTS = 1.2
"""Height of a title, as a multiple of the usual line's."""
MAX_WORDS_BESIDE_TITLE = 2
"""Words beside the type's name in a line that is still a title: `Invoice no. 4711`."""


class Signs(Frozen):
    """What a page says about its place in a file.

    `number` of `total`: its own numbering. `titles`: document types whose name stands at its head. `numbers`: document
    numbers that the page states. `height`: of the page. `carried`: its text goes on from the page before.
    """

    page: int
    blank: bool = False
    number: int | None = None
    total: int | None = None
    titles: frozenset[str] = frozenset()
    numbers: tuple[StatedNumber, ...] = ()
    height: float = 0.0
    carried: bool = False


class SignReader:
    """Reads what pages say about where their document begins; the `types` lend the words for titles and numbers."""

    def __init__(self, types: Iterable[DocumentType]) -> None:
        self._labels, self._titles = _prepare_labels(tuple(map(TypeLabels.of, types)))

    def read(self, page: Page) -> Signs:
        """Return what a page says."""
        if not page.lines:
            return Signs(page=page.number, blank=page.problem is None)
        number, total = _numbering(page)
        head = [line for line in page.lines if line.box[1] < HEAD_SHARE * page.height]
        usual = median(box[3] - box[1] for box in (line.box for line in page.lines))
        return Signs(
            page=page.number,
            number=number,
            total=total,
            titles=frozenset(title for line in head for title in _titles_in(line, self._titles, usual)),
            numbers=tuple(self._labels.find(page.lines)),
            height=page.height,
            carried=any(_CARRIED.search(line.text) for line in head),
        )


def judge_pages(pages: Sequence[Signs]) -> tuple[Verdict, ...]:
    """Return for each page whether it begins a document; the first one does, a blank page belongs to the one before."""
    results: list[Verdict] = []
    part: list[Signs] = []
    gap = False
    for page in pages:
        if page.blank:
            results.append("continues" if results else "starts")
            gap = bool(part)
            continue
        verdict: Verdict = _verdict(part, page, gap=gap) if part else ("continues" if results else "starts")
        results.append(verdict)
        part = [page] if verdict == "starts" else [*part, page]
        gap = False
    return tuple(results)


def parts(verdict: Sequence[Verdict]) -> tuple[PageRange, ...]:
    """Return the page ranges that begin where a verdict says `starts`; together they are all pages."""
    firsts = [number for number, page_verdict in enumerate(verdict, 1) if page_verdict == "starts"]
    ends = [first - 1 for first in firsts[1:]] + [len(verdict)]
    return tuple(PageRange(first=first, last=last) for first, last in zip(firsts, ends, strict=True))


class DocumentStart(NamedTuple):
    """A page that begins a document, and the number that it states for it (empty: none)."""

    page: int
    number: str


def find_second_document(pages: Sequence[Signs], field: str) -> tuple[DocumentStart, DocumentStart] | None:
    """Return the first page with a document, and the first that begins another one; None when no page does.

    `field`: the type's number (`type.field`). A page begins another document when it states a single number that no
    page before it states, at its head or where it numbers itself 1; pages that list other documents state several, and
    those that refer to one do so further down. So does a page 1 with the type's title behind a last page, unless it
    repeats the number.
    """
    first: DocumentStart | None = None
    previous: Signs | None = None
    before = set[str]()
    for page in (page for page in pages if not page.blank):
        stated = {number.value: number for number in page.numbers if number.field == field}
        number = next(iter(stated.values()), None)
        start = DocumentStart(page.page, number.text if number else "")
        if first is not None and not before & stated.keys():
            has_new_number = number is not None and len(stated) == 1 and bool(before)
            if has_new_number and number is not None and _is_at_start(page, number):
                return first, start
            if page.number == 1 and page.titles and previous is not None and _is_last(previous):
                return first, start
        if first is None or (not first.number and start.number):
            first = start
        before |= stated.keys()
        previous = page
    return None


def _is_at_start(page: Signs, number: StatedNumber) -> bool:
    return page.number == 1 or bool(page.titles) or number.top < HEAD_SHARE * page.height


def _is_last(page: Signs) -> bool:
    return page.total is not None and page.number == page.total


def _verdict(part: Sequence[Signs], page: Signs, *, gap: bool) -> Verdict:
    """Return whether a page begins a document after the pages of a `part`; `gap`: a blank page lies between."""
    before = part[-1]
    if page.number is not None and page.number > 1:
        return "continues" if page.number == (before.number or page.number - 1) + 1 else "unsure"
    by_numbers = _compare_numbers(part, page)
    if by_numbers != "unsure":
        return by_numbers
    if page.number == 1:
        return "starts"
    if page.carried:
        return "continues"
    if page.titles:
        return "starts"
    return "starts" if _is_last(before) and gap else "unsure"


def _compare_numbers(part: Sequence[Signs], page: Signs) -> Verdict:
    """Compare the document numbers of a page with those of the `part`; unsure when the part's own is not among them.

    An invoice names an order, and a seller's account is on all of its invoices: they tell nothing where the number of
    the type that is named at the head of the part is on both. Where none is named, all numbers must agree or differ.
    """
    numbers_of_part = group_by_field(number for earlier in part for number in earlier.numbers)
    stated = group_by_field(page.numbers)
    shared = [field for field in stated if field in numbers_of_part]
    own = [field for field in shared if field.partition(".")[0] in part[0].titles]
    decisive = own or shared
    agreeing = [field for field in decisive if numbers_of_part[field] & stated[field]]
    if decisive and not agreeing:
        return "starts"
    return "continues" if decisive and len(agreeing) == len(decisive) else "unsure"


def _numbering(page: Page) -> tuple[int | None, int | None]:
    """Return the number that a page gives itself and how many there are; None where it says neither."""
    for line in page.lines:
        match = _NUMBERED.search(line.text)
        _, top, _, bottom = line.box
        margin = top < MARGIN_SHARE * page.height or bottom > (1 - MARGIN_SHARE) * page.height
        match = match or (_FRACTION.fullmatch(line.text) if margin else None)
        if match and margin | (match.re is _NUMBERED and match[2] is not None):
            number, total = int(match[1]), int(match[2]) if match[2] else None
            if number and (total is None or number <= total):
                return number, total
    return None, None


@lru_cache(maxsize=64)  # for each type, and all of them: their labels are the same for every document
def _prepare_labels(types: tuple[TypeLabels, ...]) -> tuple[NumberLabels, Mapping[str, AbstractSet[str]]]:
    return NumberLabels(types), _find_titles(types)


def _find_titles(types: Sequence[TypeLabels]) -> dict[str, set[str]]:
    """Return the titles of types: their own labels, without those that label a field other than the document number."""
    fields = {
        normalize_label(label)
        for document_type in types
        for spec in document_type.fields
        if not is_document_number(spec)
        for label in (spec.title, *spec.labels)
    }
    titles: dict[str, set[str]] = {}
    for document_type in types:
        for name in {normalize_label(label) for label in (document_type.title, *document_type.labels)} - fields:
            titles.setdefault(name, set()).add(document_type.name)
    return titles


def _titles_in(line: Line, titles: Mapping[str, AbstractSet[str]], usual: float) -> set[str]:
    """Return the types of which a line is the title."""
    box = line.box
    if box[3] - box[1] < MIN_TITLE_HEIGHTS * usual:
        return set()
    text = normalize_label(line.text)
    count = len(line.text.split())
    names = [name for name in titles if text == name or text.startswith(f"{name} ")]
    return {
        type_name for name in names if count - len(name.split()) <= MAX_WORDS_BESIDE_TITLE for type_name in titles[name]
    }
