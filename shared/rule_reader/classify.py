"""Choose the document type by the types' typical words and how prominently they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.rule_reader.text.labels import Hit, find_hits
from shared.rule_reader.text.line_words import fold
from shared.rule_reader.text.page import Document, cite

_ENOUGH = 0.9  # a title in a prominent place, or several of the type's words
_STANDS_OUT = 0.6  # of a label's score: words in running text say nothing about the type
_LEAD = 1.1  # over the second best
_TOP = 1 / 3  # of the first page
_LARGE = 1.25  # times the usual line height
_MOST_CITED = 8


@dataclass(frozen=True)
class TypeWords:
    """A document type: its name, its title, and the words that are typical of it."""

    name: str
    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Classification:
    """The name of the document's type (None: unknown), and the ids of the lines that show it."""

    name: str | None
    lines: tuple[str, ...]


def classify(document: Document, types: Sequence[TypeWords]) -> Classification:
    """Return the type whose words stand out most; none when nothing, or as much, speaks for another type."""
    hits = _hits(document, types)
    scored = sorted(((_score(document, item, hits), item.name) for item in types), reverse=True)
    best, name = scored[0] if scored else (0.0, None)
    second = scored[1][0] if len(scored) > 1 else 0.0
    if best < _ENOUGH or best < _LEAD * second:
        return Classification(None, ())
    shown = sorted((hit for hit in hits if hit.field == name), key=lambda hit: -_weight(document, hit))
    return Classification(name, tuple(cite(hit.line for hit in shown[:_MOST_CITED])))


def best_score(document: Document, types: Sequence[TypeWords]) -> float:
    """Return the highest score of all types; 0.0 without types."""
    hits = _hits(document, types)
    return max((_score(document, item, hits) for item in types), default=0.0)


def _hits(document: Document, types: Sequence[TypeWords]) -> list[Hit]:
    hits = find_hits(document.lines, {item.name: (item.title, *item.labels) for item in types}, document.vocabulary)
    return [hit for hit in hits if hit.score >= _STANDS_OUT]


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
