"""What a document calls itself: the heading at the top of its first page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.folding import plain
from shared.rule_reader.text.naming import Naming
from shared.rule_reader.text.page import Document, Line, Page
from shared.rule_reader.vocabulary import Vocabulary, alternatives, compound_pattern, phrase_set

_NUMBER_ENDS = r"no\.? \d+|&"  # end a line that goes on
_SIGN_JOINS = r"&|\("  # begin a line that goes on from the one above
_WEB = re.compile(r"https?:|@")
_TOP_ROWS, _MOST_WORDS, _LONG = 40, 16, 4  # letters from which a heading's words have a capital
_CLOSE = 1.6  # line heights between the lines of one heading
_CAPITALS, _MIDDLE, _FIRST, _LARGE = 0.3, 0.15, 0.2, 0.2
_BASE = 0.45


def is_title(field: Field, vocabulary: Vocabulary) -> bool:
    """Return whether the field asks for what the document is called."""
    return field.field_type == "text" and plain(field.title) in phrase_set(vocabulary.language.title_fields)


@dataclass(frozen=True)
class TitleWords:
    """How headings are worded."""

    vocabulary: Vocabulary

    @cached_property
    def heading(self) -> re.Pattern[str]:
        """What a document calls itself."""
        return compound_pattern(self.vocabulary.language.headings)

    @cached_property
    def joint_at_end(self) -> re.Pattern[str]:
        """The end of a line that goes on."""
        language = self.vocabulary.language
        words = alternatives((*language.heading_joints, *language.heading_ends))
        return re.compile(rf"(?:^|\s)(?:{words}|{_NUMBER_ENDS})\s*$")

    @cached_property
    def joint_at_start(self) -> re.Pattern[str]:
        """The start of a line that goes on from the one above."""
        return re.compile(rf"^(?:{alternatives(self.vocabulary.language.heading_joints)}\b|{_SIGN_JOINS})")

    def is_aside(self, text: str) -> bool:
        """Return whether a line is about the document's place, as "Exhibit 10.1" is, or about the web."""
        words = alternatives(self.vocabulary.language.asides)
        return bool(re.search(rf"^\W*{words}\b", plain(text)) or _WEB.search(text))

    def has_heading(self, text: str) -> bool:
        """Return whether a text holds what documents call themselves."""
        return self.heading.search(plain(text)) is not None


def title(field: Field, document: Document) -> Candidate | None:
    """Return the heading, when the document's first page is there."""
    if not document.pages or document.pages[0].number != 1:
        return None
    page, words = document.pages[0], TitleWords(document.vocabulary)
    rows = [row for row in page.rows[:_TOP_ROWS] if len(row) == 1]
    lines = [row[0] for row in rows if _is_heading(row[0], words)]
    scored = [(_score(page, line), line) for line in lines if words.has_heading(line.text)]
    if not scored:
        return None
    score, best = max(scored, key=lambda item: item[0])
    block = _block(page, best, words)
    return Candidate(field.name, " ".join(line.printed_text() for line in block), block, score)


def _is_heading(line: Line, words: TitleWords) -> bool:
    return (
        len(line.text.split()) <= _MOST_WORDS
        and not words.is_aside(line.text)
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


def _block(page: Page, line: Line, words: TitleWords) -> tuple[Line, ...]:
    """Return the heading's line with those it goes on from and into."""
    rows: Sequence[Sequence[Line]] = page.rows
    heading_lines = [line]
    for step in (-1, 1):
        at = page.row_of[line]
        while 0 <= at + step < len(rows) and len(rows[at + step]) == 1:
            next_line, last = rows[at + step][0], rows[at][0]
            upper, lower = (next_line, last) if step < 0 else (last, next_line)
            near = lower.box.y0 - upper.box.y1 < _CLOSE * max(last.box.height, page.line_height)
            ends, begins = plain(upper.text), plain(lower.text)
            joined = (
                words.joint_at_end.search(ends) or words.joint_at_start.match(begins) or _is_rest(lower, upper, words)
            )
            if not near or not joined or words.is_aside(next_line.text):
                break
            heading_lines = [next_line, *heading_lines] if step < 0 else [*heading_lines, next_line]
            at += step
    return tuple(heading_lines)


def _is_rest(lower: Line, upper: Line, words: TitleWords) -> bool:
    """Return whether a line is the last word of the heading above, what it calls itself, and written like it."""
    return (
        bool(words.heading.fullmatch(plain(lower.text.strip())))
        and upper.text.isupper()
        and lower.text.isupper()
        and not Naming(words.vocabulary).has_suffix(upper.text)
    )
