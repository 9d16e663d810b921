"""Take the document, the images and the task apart, as the model request contract lays them out.

Whatever stands inside the fence is data. Each of its lines is one JSON object, so nothing in it can close the fence.
"""

import json
import re
from typing import Any

from shared.rule_reader.text.page import Box, Document, Line, Page

_OPEN, _CLOSE = '""" <documents>', '</documents> """'
_ENTERED = "form_field"
_IMAGE_OF = re.compile(r"\s*Image of (page|example) (\d+)\s*")


def read_document(texts: tuple[str, ...]) -> Document:
    """Return the pages between the fences, in order; a page that cannot be parsed as JSON is no page."""
    pages = [_page(json.loads(row)) for text in texts for row in _fenced(text)]
    return Document(tuple(pages))


def read_samples(texts: tuple[str, ...]) -> list[Document]:
    """Return the documents of a request that holds several, each in a fence of its own."""
    found = [[_page(json.loads(row)) for row in _fenced(text)] for text in texts]
    return [Document(tuple(pages)) for pages in found if pages]


def _fenced(text: str) -> list[str]:
    start, end = text.find(_OPEN), text.rfind(_CLOSE)
    if start < 0 or end < start:
        return []
    return [row for row in text[start + len(_OPEN) : end].splitlines() if row.strip()]


def _page(raw: dict[str, Any]) -> Page:
    number = int(raw["page"])
    width, height = raw.get("size", (1.0, 1.0))
    lines = tuple(
        Line(str(name), number, Box(float(left), float(top), float(right), float(bottom)), str(text), _ENTERED in kind)
        for top, bottom, *row in raw.get("rows", ())
        for name, left, right, text, *kind in row
        if str(text).strip()
    )
    return Page(number, (float(width), float(height)), lines)


def image_pages(texts: tuple[str, ...]) -> list[int | None]:
    """Return the page of each image, in the order of the images; None: it belongs to an example."""
    found = (match for text in texts if (match := _IMAGE_OF.fullmatch(text)))
    return [int(match.group(2)) if match.group(1) == "page" else None for match in found]


def wanted_rows(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    """The runs of lines, by their first and last, in which the rows begin that are asked for; none: all rows are."""
    return [(str(first), str(last)) for first, last in json.loads(between(texts, "only_rows") or "[]")]


def between(texts: tuple[str, ...], tag: str) -> str:
    """Return what stands between `<tag>` and `</tag>` in the task part, never in the document; empty when absent."""
    for text in texts:
        if _OPEN not in text and (match := re.search(rf"<{tag}>\s*(.*?)\s*</{tag}>", text, re.DOTALL)):
            return match.group(1)
    return ""
