"""Read running text: dates behind a phrase, what a definition names, the law that governs, clauses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from shared.domain.values.conventions import Conventions
from shared.domain.values.dates import find_dates
from shared.rule_reader.fields.candidates import Candidate
from shared.rule_reader.fields.fields import Field
from shared.rule_reader.folding import plain
from shared.rule_reader.text.labels import GAP
from shared.rule_reader.text.page import Document, Line
from shared.rule_reader.vocabulary import Vocabulary, alternatives, word_pattern

_NEAR = 45  # characters between a phrase and its date
_DEFINED = 30  # characters between a date and the name that brackets give it: (the "Effective Date")
_DATED, _NAMED, _GOVERNED = 0.8, 0.95, 0.9
_FAR, _LATE = 0.3, 4000  # what a date loses that stands so many characters after the beginning
_PLACE = r"((?:[A-Z][\w’']+)(?: (?:(?:of|and|the) )*[A-Z][\w’']+)*)"
_LAWS_OF = (
    r"(?i:\blaws?,? (?:and regulations )?(?:of|in) (?:the )?(?:United States(?: of America)? and (?:of )?(?:the )?)?"
    rf"(?:(?:State|Commonwealth|Province) of )?){_PLACE}"
)
_LAW = re.compile(
    rf"(?i:\b(?:govern|constru|interpret|enforce)\w*)[^.;]{{0,160}}?{_LAWS_OF}|"
    rf"{_LAWS_OF}[^.;]{{0,40}}? (?i:shall|will) (?i:govern|apply)"
)
_GAP_LETTERS = 80  # that a gap in a phrase spans
_NEGATION = 14  # characters before a phrase in which it may be denied
_SENTENCE = 5  # words of a line that is running text


def asks_for_law(field: Field, vocabulary: Vocabulary) -> bool:
    """Return whether the field asks whose law governs."""
    return field.field_type == "text" and bool(word_pattern(vocabulary.language.law_fields).search(plain(field.words)))


@dataclass(frozen=True)
class Prose:
    """The running text of a document, its lines joined."""

    document: Document
    conventions: Conventions

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        return tuple(line for page in self.document.pages for line in page.lines)

    @cached_property
    def _text(self) -> str:
        return " ".join(line.text for line in self._lines)

    @cached_property
    def _ends(self) -> list[int]:
        """The place behind each line, and the space after it."""
        return list(accumulate(len(line.text) + 1 for line in self._lines))

    @cached_property
    def _negation(self) -> re.Pattern[str]:
        language = self.document.vocabulary.language
        return re.compile(rf"\b{alternatives(language.negations)}(?:\s{alternatives(language.articles)})?[\s-]*$")

    @cached_property
    def is_running(self) -> bool:
        """Whether most of the text stands in lines as long as sentences are."""
        long = sum(len(line.text) for line in self._lines if len(line.text.split()) >= _SENTENCE)
        return 2 * long > len(self._text)

    def _lines_between(self, start: int, end: int) -> tuple[Line, ...]:
        begins = [0, *self._ends]
        return tuple(
            line
            for line, begin, behind in zip(self._lines, begins, self._ends, strict=False)
            if begin < end and start < behind
        )

    def date(self, field: Field) -> Candidate | None:
        """Return the date that a definition gives the field's name, or the first one close behind its phrases."""
        return max(self._dates(field), key=lambda item: item.score, default=None)

    def _dates(self, field: Field) -> Iterator[Candidate]:
        for day in self._days:
            before, behind = self._text[max(0, day[1] - 120) : day[1]], self._text[day[2] : day[2] + 60]
            early = 1 - _FAR * min(1.0, day[1] / _LATE)
            for label in field.labels:
                phrase = _phrase(label)
                if match := re.match(
                    rf"[^.;]{{0,{_DEFINED}}}?\([^()]{{0,{_DEFINED}}}?[\"“”']+{phrase}[\"“”']+", behind, re.IGNORECASE
                ):
                    yield Candidate(
                        field.name, day[0], self._lines_between(day[1], day[2] + match.end()), _NAMED * early
                    )
                if match := re.search(rf"(?<!\w){phrase}(?!\w)(?P<gap>[^.;]{{0,{_NEAR}}})$", before, re.IGNORECASE):
                    near = 1 - len(match["gap"]) / (2 * _NEAR)
                    score = _DATED * early * near * (0.8 + 0.2 * min(1.0, len(label) / 10))
                    yield Candidate(field.name, day[0], self._lines_between(day[1] - len(match.group()), day[2]), score)

    @cached_property
    def _days(self) -> list[tuple[str, int, int]]:
        return [(day.value.isoformat(), day.start, day.end) for day in find_dates(self._text, self.conventions)]

    def law(self, field: Field) -> Candidate | None:
        """Return the state or country whose law governs."""
        match = _LAW.search(self._text)
        if match is None:
            return None
        return Candidate(field.name, match.group(1) or match.group(2), self._lines_between(*match.span()), _GOVERNED)

    def clause(self, field: Field) -> tuple[Line, ...]:
        """Return the lines of the first clause with a phrase of the field that no word before it negates."""
        matches = [
            match
            for label in field.labels
            for match in re.finditer(
                rf"(?<![^\W_]){_phrase(GAP.join(map(plain, label.split(GAP))))}(?![^\W_])", self._plain
            )
            if not self._negation.search(self._plain[max(0, match.start() - _NEGATION) : match.start()])
        ]
        first = min(matches, key=lambda match: match.start(), default=None)
        return self._lines_between(*first.span()) if first else ()

    @cached_property
    def _plain(self) -> str:
        folded = plain(self._text)
        return folded if len(folded) == len(self._text) else self._text.lower()


def _phrase(label: str, form: Callable[[str], str] = str) -> str:
    """Return a pattern for a label in running text; a gap in it stands for words of one sentence."""
    parts = [r"[\s\-]+".join(re.escape(form(word)) for word in part.split()) for part in label.split(GAP)]
    return rf"\b[^.;]{{1,{_GAP_LETTERS}}}?\b".join(parts)
