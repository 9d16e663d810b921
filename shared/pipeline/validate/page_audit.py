"""Audit every page of a Run, a few at a time; memory does not grow with the text of the file."""

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
from shared.pipeline.checks.evidence import PageEvidence
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
class PageAudit:
    """What the pages of a Run say about an answer.

    `cited_pages`: the pages that hold single values, the first and the last. `findings`: what is wrong with pages.
    """

    pages: tuple[ResultPage, ...] = ()
    fields: dict[str, FieldValue] = field(default_factory=dict)
    tables: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    cited_pages: dict[int, Page] = field(default_factory=dict)


async def audit_pages(
    stored: StoredPages,
    document_type: DocumentType,
    answers: Answers,
    raw: RangeAnswer,
    conventions: Conventions | None = None,
) -> PageAudit:
    """Audit all pages: find evidence for the rows of `answers` (range by range) and the values of `raw` (all together).

    Pages without an answer are audited, too. The work on pages is done off the event loop: a page may hold
    thousands of values. Raises Unavailable when a page is missing.
    """
    evidence = PageEvidence(document_type, conventions)
    audit, has_text = PageAudit(), False
    pages: dict[int, ResultPage] = {}
    rows: dict[str, list[Row]] = {spec.name: [] for spec in document_type.fields if spec.field_type == "table"}
    kept_numbers = {line_place(line)[0] for value in raw.fields.values() for line in value.lines} | {1, stored.count}
    read = {number for numbers, _ in answers for number in numbers}
    searches = PageSearches(document_type)
    other_answers = [((number,), RangeAnswer()) for number in range(1, stored.count + 1) if number not in read]
    for numbers, answer in [*answers, *other_answers]:
        loaded = await stored.load(sorted({*numbers, *_cited_pages(answer)}))
        for name, page_rows in (await asyncio.to_thread(evidence.assess_rows, answer, loaded)).items():
            rows[name] += page_rows
        for page in loaded:
            if page.number not in pages:
                orders = await asyncio.to_thread(addressing_lines, page.lines)
                audit.findings += _page_findings(page, orders)
                filled = {name for name, page_rows in rows.items() if page_rows}
                await asyncio.to_thread(searches.add_page, page, filled)
                pages[page.number] = _result_page(page, extracted=page.number in read)
        audit.cited_pages |= {page.number: page for page in loaded if page.number in kept_numbers}
        has_text = has_text or any(page.lines for page in loaded)
    if not has_text and not audit.findings:
        text = "No text was found on any page: the file is blank, or its text could not be recognised."
        audit.findings.append(Finding(rule="no_text", severity="error", message=text))
    audit.pages = tuple(pages[number] for number in sorted(pages))
    audit.tables = {name: tuple(_by_page(page_rows)) for name, page_rows in rows.items()}
    audit.fields = await _assess_fields(stored, raw, audit.cited_pages, evidence)
    audit.findings += evidence.ambiguities.findings()
    audit.findings += searches.findings(audit.fields, audit.tables)
    return audit


async def search_pages(
    stored: StoredPages, searches: list[Search], conventions: Conventions | None = None
) -> list[Search]:
    """Run the searches on every page and return them."""
    if searches:
        async for page in stored.all():
            await asyncio.to_thread(_search_page, searches, page, conventions)
    return searches


def _search_page(searches: list[Search], page: Page, conventions: Conventions | None) -> None:
    indexes = LineIndexes(conventions)
    for search in searches:
        search.search_page(page, indexes)


async def _assess_fields(
    stored: StoredPages,
    raw: RangeAnswer,
    cited_pages: dict[int, Page],
    evidence: PageEvidence,
) -> dict[str, FieldValue]:
    """Return the single values; those that do not stand where their answer says are searched on every page."""
    unplaced = await asyncio.to_thread(evidence.find_unplaced_values, raw, list(cited_pages.values()))
    searches = await search_pages(stored, unplaced, evidence.conventions)
    cited_pages |= {search.hit[0].number: search.hit[0] for search in searches if search.hit}
    return await asyncio.to_thread(evidence.assess_fields, raw, list(cited_pages.values()), searches)


def _page_findings(page: Page, orders: Sequence[str]) -> Iterator[Finding]:
    """Yield the findings about a page; of hidden text the reason and the number of words, not the text.

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


def _result_page(page: Page, *, extracted: bool) -> ResultPage:
    return replace(ResultPage.model_validate(page, from_attributes=True), extracted=extracted)


def _cited_pages(answer: RangeAnswer) -> set[int]:
    return {line_place(line)[0] for rows in answer.tables.values() for row in rows for line in row.lines}


def _by_page(rows: Sequence[Row]) -> list[Row]:
    """Return the rows in the order of their pages; one without a place stays behind the one before it."""
    placed, page = [], 0
    for row in rows:
        page = next((place.page for place in row.evidence if place.page), page)
        placed.append((page, row))
    return [row for _, row in sorted(placed, key=lambda entry: entry[0])]
