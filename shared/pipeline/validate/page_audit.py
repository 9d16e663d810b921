"""Survey: every page of a Run is looked at, a few at a time; what is kept does not grow with the text of the file."""

import asyncio
from collections.abc import Iterator, Sequence
from copy import replace
from dataclasses import dataclass, field

from shared.domain.base.finding import MAX_FINDINGS_PER_RULE, Finding
from shared.domain.documents.extraction import FieldValue, Row
from shared.domain.documents.result import ResultPage
from shared.domain.judging.answers import RangeAnswer
from shared.domain.judging.grounding.line_index import LineIndexes
from shared.domain.judging.grounding.search import Search
from shared.domain.reading.injection import addressing_lines
from shared.domain.reading.page import UNREAD_PARTS, HiddenWhy, Page, line_place
from shared.domain.types.document_type import DocumentType
from shared.domain.values.conventions import Conventions
from shared.pipeline.answers.page_choice import Answers
from shared.pipeline.checks.evidence import PageEvidence, unplaced
from shared.pipeline.store.artifacts import StoredPages
from shared.pipeline.validate.page_searches import PageSearches

_WHY: dict[HiddenWhy, str] = {
    "colour": "in the colour of what they stand on",
    "covered": "under something that was drawn over them",
    "invisible": "that are not painted",
    "tiny": "too small to read",
    "outside": "off the page",
    "layer": "on a layer that is switched off",
}


@dataclass
class Look:
    """What the pages of a Run say about an answer.

    `kept`: the pages that single values stand on, the first and the last. `findings`: what is wrong with pages.
    """

    pages: tuple[ResultPage, ...] = ()
    fields: dict[str, FieldValue] = field(default_factory=dict)
    tables: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    kept: dict[int, Page] = field(default_factory=dict)


async def look_through(
    stored: StoredPages,
    kind: DocumentType,
    answers: Answers,
    raw: RangeAnswer,
    conventions: Conventions | None = None,
) -> Look:
    """Look at all pages: evidence for the rows of `answers` (range by range) and the values of `raw` (all together).

    Those that no answer is about are looked at, too. The work on pages is done off the event loop: a page may hold
    thousands of values. Raises Unavailable when a page is missing.
    """
    evidence = PageEvidence(kind, conventions)
    look, said = Look(), False
    pages: dict[int, ResultPage] = {}
    rows: dict[str, list[Row]] = {spec.name: [] for spec in kind.fields if spec.field_type == "table"}
    wanted = {line_place(line)[0] for value in raw.fields.values() for line in value.lines} | {1, stored.count}
    read = {number for numbers, _ in answers for number in numbers}
    searches = PageSearches(kind)
    others = [((number,), RangeAnswer()) for number in range(1, stored.count + 1) if number not in read]
    for numbers, answer in [*answers, *others]:
        some = await stored.load(sorted({*numbers, *_cited_pages(answer)}))
        for name, found in (await asyncio.to_thread(evidence.assess_rows, answer, some)).items():
            rows[name] += found
        for page in some:
            if page.number not in pages:
                orders = await asyncio.to_thread(addressing_lines, page.lines)
                look.findings += _problems(page, orders)
                filled = {name for name, found in rows.items() if found}
                await asyncio.to_thread(searches.look, page, filled)
                pages[page.number] = _told(page, extracted=page.number in read)
        look.kept |= {page.number: page for page in some if page.number in wanted}
        said = said or any(page.lines for page in some)
    if not said and not look.findings:
        text = "No text was found on any page: the file is blank, or its text could not be recognised."
        look.findings.append(Finding(rule="no_text", severity="error", message=text))
    look.pages = tuple(pages[number] for number in sorted(pages))
    look.tables = {name: tuple(_by_page(found)) for name, found in rows.items()}
    look.fields = await _fields(stored, kind, raw, look.kept, evidence)
    look.findings += evidence.ambiguities.findings()
    look.findings += searches.findings(look.fields, look.tables)
    return look


async def searched(stored: StoredPages, searches: list[Search], conventions: Conventions | None = None) -> list[Search]:
    """Return the searches, after they looked at every page."""
    if searches:
        async for page in stored.all():
            await asyncio.to_thread(_search_page, searches, page, conventions)
    return searches


def _search_page(searches: list[Search], page: Page, conventions: Conventions | None) -> None:
    indexes = LineIndexes(conventions)
    for search in searches:
        search.look(page, indexes)


async def _fields(
    stored: StoredPages, kind: DocumentType, raw: RangeAnswer, kept: dict[int, Page], evidence: PageEvidence
) -> dict[str, FieldValue]:
    """Return the single values; those that do not stand where their answer says are looked for on every page."""
    lost = await asyncio.to_thread(unplaced, kind, raw, list(kept.values()), evidence.conventions)
    searches = await searched(stored, lost, evidence.conventions)
    kept |= {search.hit[0].number: search.hit[0] for search in searches if search.hit}
    return await asyncio.to_thread(evidence.assess_fields, raw, list(kept.values()), searches)


def _problems(page: Page, orders: Sequence[str]) -> Iterator[Finding]:
    """Yield what a person must know about a page; of hidden text why and how much, without a quotation.

    `orders`: ids of the lines that address the program reading them.
    """
    if page.problem:
        text = f"Page {page.number} could not be read: {page.problem}"
        yield Finding(rule="unread_page", severity="error", message=text)
    if parts := ", ".join(f"{len(part.words)} words {_WHY[part.why]}" for part in page.hidden):
        text = f"Page {page.number} holds text that nobody sees: {parts}."
        yield Finding(rule="hidden_text", severity="error", message=text)
    if page.struck:
        text = (
            f"Page {page.number} holds {len(page.struck)} words that are struck through; they were not read as valid."
        )
        yield Finding(rule="struck_text", severity="error", message=text)
    if page.unread:
        parts = "; ".join(UNREAD_PARTS.get(code, code) for code in page.unread)
        text = f"Page {page.number} was not read completely. Not read: {parts}."
        yield Finding(rule="unread_content", severity="error", message=text)
    if orders:
        text = f"Page {page.number} holds text that instructs the program reading it ({_first(orders)})."
        yield Finding(rule="addresses_reader", severity="error", message=text)


def _first(lines: Sequence[str]) -> str:
    """Return the ids of lines, of very many the first."""
    return ", ".join(lines[:MAX_FINDINGS_PER_RULE]) + (
        f" and {len(lines) - MAX_FINDINGS_PER_RULE} more" if lines[MAX_FINDINGS_PER_RULE:] else ""
    )


def _told(page: Page, *, extracted: bool) -> ResultPage:
    return replace(ResultPage.model_validate(page, from_attributes=True), extracted=extracted)


def _cited_pages(answer: RangeAnswer) -> set[int]:
    return {line_place(line)[0] for rows in answer.tables.values() for row in rows for line in row.lines}


def _by_page(rows: Sequence[Row]) -> list[Row]:
    """Return the rows in the order of their pages; one without a place stays behind the one before it."""
    placed, page = [], 0
    for row in rows:
        page = next((place.page for place in row.evidence if place.page), page)
        placed.append((page, row))
    return [row for _, row in sorted(placed, key=lambda one: one[0])]
