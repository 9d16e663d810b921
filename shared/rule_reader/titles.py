"""What a document calls itself: the heading at the top of its first page."""

import re
from collections.abc import Sequence

from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.text.naming import has_suffix
from shared.rule_reader.text.page import Document, Line, Page

_KINDS = re.compile(
    r"\b(?:agreement|contract|amendment|addendum|lease|deed|memorandum|undertaking|licen[cs]e|statement|order|policy|"
    r"certificate|declaration|application|report|note|letter|minutes|notice|terms|vertrag|\w*vertrag|vereinbarung|"
    r"contrat|convention|accord|avenant|contrato|acuerdo|contratto|accordo|overeenkomst)s?\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:^|\s)(?:of|to|and|for|the|form of|no\.? \d+|&)\s*$", re.IGNORECASE)
_JOINS = re.compile(r"^(?:(?:of|to|and|for)\b|&|\()", re.IGNORECASE)
_ASIDE = re.compile(
    r"^\W*(?:exhibit|schedule|annex|appendix|anlage|annexe|page|seite|source)\b|https?:|@", re.IGNORECASE
)
_TOP_ROWS, _MOST_WORDS, _LONG = 40, 16, 4  # letters from which a heading's words have a capital
_CLOSE = 1.6  # line heights between the lines of one heading
_CAPITALS, _MIDDLE, _FIRST, _LARGE = 0.3, 0.15, 0.2, 0.2
_BASE = 0.45


def is_title(field: Field) -> bool:
    """Return whether the field asks for what the document is called."""
    return field.kind == "text" and field.title.lower() in {
        "title",
        "document title",
        "name of the document",
        "titel",
        "titre",
    }


def title(field: Field, document: Document) -> Candidate | None:
    """Return the heading, when the document's first page is there."""
    if not document.pages or document.pages[0].number != 1:
        return None
    page = document.pages[0]
    rows = [row for row in page.rows[:_TOP_ROWS] if len(row) == 1]
    lines = [row[0] for row in rows if _is_heading(row[0])]
    scored = [(_score(page, line), line) for line in lines if _KINDS.search(line.text)]
    if not scored:
        return None
    score, best = max(scored, key=lambda item: item[0])
    block = _block(page, best)
    return Candidate(field.name, " ".join(line.printed() for line in block), block, score)


def _is_heading(line: Line) -> bool:
    words = line.text.split()
    return (
        len(words) <= _MOST_WORDS
        and not _ASIDE.search(line.text)
        and not line.text.rstrip().endswith((".", ",", ";", ":"))
    )


def _score(page: Page, line: Line) -> float:
    letters = [char for char in line.text if char.isalpha()]
    capitals = sum(char.isupper() for char in letters) > 0.8 * len(letters)
    named = [word for word in line.text.split() if word[:1].isalpha() and len(word) >= _LONG]
    titled = all(word[0].isupper() for word in named)
    middle = abs(line.box.x0 + line.box.x1 - page.size[0]) < 0.1 * page.size[0]
    high = 1 - min(1.0, page.row_of[line] / _TOP_ROWS)
    large = line.box.height > 1.2 * page.line_height
    return (
        _BASE
        + _CAPITALS * (capitals + 0.7 * (titled and not capitals))
        + _MIDDLE * middle
        + _FIRST * high
        + _LARGE * large
    )


def _block(page: Page, line: Line) -> tuple[Line, ...]:
    """Return the heading's line with those it goes on from and into."""
    rows: Sequence[Sequence[Line]] = page.rows
    found = [line]
    for step in (-1, 1):
        at = page.row_of[line]
        while 0 <= at + step < len(rows) and len(rows[at + step]) == 1:
            other, last = rows[at + step][0], rows[at][0]
            upper, lower = (other, last) if step < 0 else (last, other)
            near = lower.box.y0 - upper.box.y1 < _CLOSE * max(last.box.height, page.line_height)
            joined = _GOES_ON.search(upper.text) or _JOINS.match(lower.text) or _is_rest(lower, upper)
            if not near or not joined or _ASIDE.search(other.text):
                break
            found = [other, *found] if step < 0 else [*found, other]
            at += step
    return tuple(found)


def _is_rest(lower: Line, upper: Line) -> bool:
    """Return whether a line is the last word of the heading above, what it calls itself, and written like it."""
    return (
        bool(_KINDS.fullmatch(lower.text.strip()))
        and upper.text.isupper()
        and lower.text.isupper()
        and not has_suffix(upper.text)
    )
