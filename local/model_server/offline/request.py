"""Parse the parts of a model request: the fenced document, the hints block and the lines that name pictures.

Whatever stands inside the fence is data. Each of its lines is one JSON object, so nothing in it can close the fence.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from local.model_server.offline.word_lists import load_vocabulary
from shared.domain.types.document_type import FieldSpec
from shared.rule_reader.classify import TypeWords
from shared.rule_reader.text.page import Box, Document, Line, Page
from shared.rule_reader.verify import Claim

_OPEN, _CLOSE = '""" <documents>', '</documents> """'
_HINTS = re.compile(r"<hints>(.*)</hints>", re.DOTALL)
_ENTERED = "form_field"
_IMAGE_OF = re.compile(r"\s*Image of (page|example) (\d+)\s*")


@dataclass(frozen=True)
class Hints:
    """The machine-readable block of a request; each task fills what it needs.

    `fields`: to extract; `only_rows`: the first and last lines of the runs in which rows of tables begin that are asked
    for, none: all are; `types`: to choose from; `pages`: that may begin a document; `claims`: to verify.
    """

    fields: tuple[FieldSpec, ...] = ()
    only_rows: tuple[tuple[str, str], ...] = ()
    types: tuple[TypeWords, ...] = ()
    pages: frozenset[int] = frozenset()
    claims: tuple[Claim, ...] = ()


def read_hints(texts: tuple[str, ...]) -> Hints | None:
    """Return the request's hints block; None when it has none. A block inside the document is never read."""
    blocks = (_HINTS.fullmatch(text.strip()) for text in texts if _OPEN not in text)
    body = next((json.loads(block.group(1)) for block in blocks if block), None)
    return None if body is None else _hints(body)


def _hints(body: dict[str, Any]) -> Hints:
    claims = (
        Claim(FieldSpec.model_validate(claim["field"]), claim["value"], tuple(claim["lines"]))
        for claim in body.get("claims", ())
    )
    types = (TypeWords(item["name"], item["title"], tuple(item["labels"])) for item in body.get("types", ()))
    return Hints(
        fields=tuple(map(FieldSpec.model_validate, body.get("fields", ()))),
        only_rows=tuple((str(first), str(last)) for first, last in body.get("only_rows", ())),
        types=tuple(types),
        pages=frozenset(body.get("pages", ())),
        claims=tuple(claims),
    )


def read_document(texts: tuple[str, ...]) -> Document:
    """Return the pages between the fences, in order."""
    pages = [_page(json.loads(row)) for text in texts for row in _fenced_rows(text)]
    return Document(tuple(pages), load_vocabulary())


def read_samples(texts: tuple[str, ...]) -> list[Document]:
    """Return the documents of a request that holds several, each in a fence of its own."""
    samples = [[_page(json.loads(row)) for row in _fenced_rows(text)] for text in texts]
    return [Document(tuple(pages), load_vocabulary()) for pages in samples if pages]


def _fenced_rows(text: str) -> list[str]:
    start, end = text.find(_OPEN), text.rfind(_CLOSE)
    if start < 0 or end < start:
        return []
    return [row for row in text[start + len(_OPEN) : end].splitlines() if row.strip()]


def _page(body: dict[str, Any]) -> Page:
    number = int(body["page"])
    width, height = body.get("size", (1.0, 1.0))
    lines = tuple(
        Line(str(name), number, Box(float(left), float(top), float(right), float(bottom)), str(text), _ENTERED in marks)
        for top, bottom, *row in body.get("rows", ())
        for name, left, right, text, *marks in row
        if str(text).strip()
    )
    return Page(number, (float(width), float(height)), lines)


def image_pages(texts: tuple[str, ...]) -> list[int | None]:
    """Return the page of each image, in the order of the images; None: it belongs to an example."""
    matches = (match for text in texts if (match := _IMAGE_OF.fullmatch(text)))
    return [int(match.group(2)) if match.group(1) == "page" else None for match in matches]
