"""Say which document type the pages are, by the types' typical words and how prominently they stand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.rule_reader.request import between
from shared.rule_reader.text.labels import Hit, find_hits, fold
from shared.rule_reader.text.page import Document, cite

UNKNOWN = "unknown"
_ENOUGH = 0.9  # a title in a prominent place, or several of the type's words
_STANDS_OUT = 0.6  # of a label's score: words in running text say nothing about the type
_LEAD = 1.1  # over the second best
_TOP = 1 / 3  # of the first page
_LARGE = 1.25  # times the usual line height
_MOST_CITED = 8


@dataclass(frozen=True)
class TypeWords:
    """A document type as the prompt lists it."""

    name: str
    title: str
    labels: tuple[str, ...]


def classify(document: Document, schema: dict[str, Any], texts: tuple[str, ...]) -> dict[str, Any]:
    """The answer's object: `document_type` and the lines that show it; "unknown" when nothing speaks for a type."""
    names = [name for name in schema["properties"]["document_type"].get("enum", ()) if name != UNKNOWN]
    types = [item for item in listed_types(texts) if item.name in names] or [
        TypeWords(name, name, ()) for name in names
    ]
    hits = _hits(document, types)
    scored = sorted(((_score(document, item, hits), item.name) for item in types), reverse=True)
    best, name = scored[0] if scored else (0.0, UNKNOWN)
    second = scored[1][0] if len(scored) > 1 else 0.0
    if best < _ENOUGH or best < _LEAD * second:
        name = UNKNOWN
    shown = sorted((hit for hit in hits if hit.field == name), key=lambda hit: -_weight(document, hit))
    answer: dict[str, Any] = {"document_type": name}
    if "lines" in schema["properties"]:
        answer["lines"] = cite(hit.line for hit in shown[:_MOST_CITED])
    return answer


def best_type(document: Document, types: Sequence[TypeWords]) -> tuple[float, str]:
    """Return the highest score of all types, and the type that has it; 0.0 and "unknown" without types."""
    hits = _hits(document, types)
    return max(((_score(document, item, hits), item.name) for item in types), default=(0.0, UNKNOWN))


def listed_types(texts: tuple[str, ...]) -> list[TypeWords]:
    """Return the document types that the task lists."""
    rows = [json.loads(row) for row in between(texts, "types").splitlines() if row.strip()]
    return [TypeWords(row["name"], row.get("title") or row["name"], tuple(row.get("labels", ()))) for row in rows]


def _hits(document: Document, types: Sequence[TypeWords]) -> list[Hit]:
    found = find_hits(document.lines, {item.name: (item.title, *item.labels) for item in types})
    return [hit for hit in found if hit.score >= _STANDS_OUT]


def _score(document: Document, item: TypeWords, hits: list[Hit]) -> float:
    """Each distinct word counts once, where it weighs most; the type's own name counts double."""
    best: dict[str, float] = {}
    for hit in hits:
        if hit.field == item.name:
            doubled = 2.0 if fold(hit.label) == fold(item.title) else 1.0
            best[fold(hit.label)] = max(best.get(fold(hit.label), 0.0), doubled * _weight(document, hit))
    return sum(best.values())


def _weight(document: Document, hit: Hit) -> float:
    page = document.page_of(hit.line)
    weight = hit.score * 0.5
    if hit.line.box.height > _LARGE * page.line_height:
        weight *= 1.6
    if page.number == document.pages[0].number and hit.line.box.y0 < _TOP * page.size[1]:
        weight *= 1.4
    return weight
