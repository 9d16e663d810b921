"""Find the pages on which documents begin: those that look like the first page of some type."""

from collections.abc import Collection, Sequence
from copy import replace

from shared.rule_reader.classify import TypeWords, best_score
from shared.rule_reader.text.page import Document

FIRST_PAGE = 1.3
"""Least score of a page by itself. On 111 invoices and forms 70 % of the first pages reach it, of 326 inner pages of
those and of contracts 4 %."""


def find_first_pages(document: Document, types: Sequence[TypeWords], pages: Collection[int]) -> list[int]:
    """Return which of the `pages` in question begin a document."""
    return [
        page.number
        for page in document.pages
        if page.number in pages and best_score(replace(document, pages=(page,)), types) >= FIRST_PAGE
    ]
