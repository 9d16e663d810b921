"""Say which of the pages in question begin a document: those that look like the first page of some type."""

import json
from typing import Any

from shared.rule_reader.classify import best_type, listed_types
from shared.rule_reader.request import between
from shared.rule_reader.text.page import Document

FIRST_PAGE = 1.3
"""Least score of a page by itself. On 111 invoices and forms 70 % of the first pages reach it, of 326 inner pages of
those and of contracts 4 %."""


def split(document: Document, texts: tuple[str, ...]) -> dict[str, Any]:
    """Return the answer's object: `first_pages`, of those that the task asks about."""
    types = listed_types(texts)
    asked = {int(number) for number in json.loads(between(texts, "pages") or "[]")}
    alone = {page.number: Document((page,)) for page in document.pages if page.number in asked}
    return {"first_pages": [number for number, page in alone.items() if best_type(page, types)[0] >= FIRST_PAGE]}
