"""A text normalised once, to be asked for many values: each question is then a lookup, however long the text is."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise

from shared.domain.documents.extraction import Scalar
from shared.domain.judging.grounding.printed_readings import (
    CERTAIN,
    GLUED,
    NOWHERE,
    SCATTERED,
    STATED,
    Grounding,
    certainty_of,
    ground_in_date,
    ground_in_number,
    ground_in_sign,
    is_iso_day,
    number_key,
)
from shared.domain.types.document_type import FieldType
from shared.domain.values.conventions import UNKNOWN, Conventions
from shared.domain.values.currency_signs import SIGNS
from shared.domain.values.dates import PrintedDate, find_dates
from shared.domain.values.matching import WordText, compact_for_match, normalize_for_match
from shared.domain.values.month_names import months_by_name
from shared.domain.values.numbers import PrintedNumber, find_numbers

MIN_GLUED = 4
"""Letters and digits of a text that is looked for inside words; fewer stand there by chance."""
MAX_LABEL_WORDS = 200
"""Words beside a value among which a misread label is looked for."""
_SIGNS = re.compile(
    "|".join(
        rf"(?<![^\W\d_]){re.escape(sign)}(?![^\W\d_])" if sign[-1].isalpha() else re.escape(sign)
        for sign in sorted(SIGNS, key=len, reverse=True)
    )
)
_CODES_THAT_ARE_WORDS = frozenset({"ALL", "TOP", "TRY", "CUP", "GEL", "PEN", "LAK", "BAM", "BOB", "MAD", "SOS", "MOP"})
_DATE_REACH = 30
"""Characters at the end of a line and at the beginning of the next in which one date may stand."""
_SEPARATOR = "\n"
"""Between the lines of a text: no number, word or date goes on behind it."""


def numbers(text: str) -> set[Decimal]:
    """Return every size that a number in `text` may have, whatever the document's conventions."""
    return {abs(reading.value) for number in find_numbers(text, UNKNOWN) for reading in number.readings}


def month_names(month: int) -> frozenset[str]:
    """Return how a month (1..12) is called and abbreviated, in lower case without accents."""
    return frozenset(name for name, months in months_by_name().items() if month in months)


@cache
def _compact_month_names(month: int) -> frozenset[str]:
    return frozenset(map(compact_for_match, month_names(month)))


class TextIndex:
    """The normalised forms of a text, each made when first needed, and what was asked of it before."""

    def __init__(self, text: str, conventions: Conventions | None = None) -> None:
        self._text = text
        self.conventions = conventions or UNKNOWN
        self._answers: dict[tuple[str, type, Scalar], Grounding] = {}
        self._word_runs: dict[int, list[str]] = {}

    @classmethod
    def of(cls, parts: Sequence["TextIndex"]) -> "TextIndex":
        """Return the index of several lines of text; it is put together from theirs."""
        return parts[0] if len(parts) == 1 else _JoinedIndex(parts)

    @classmethod
    def of_text(cls, text: str) -> "TextIndex":
        """Return the index of a text of several lines: no number, word or date goes on behind a line's end."""
        return cls.of([cls(line) for line in text.split(_SEPARATOR)])

    def states(self, field_type: FieldType, value: Scalar) -> bool:
        """Return whether the text states `value`, be it as one of several readings."""
        return self.ground(field_type, value).certainty >= STATED

    def ground(self, field_type: FieldType, value: Scalar) -> Grounding:
        """Return how well the text states `value`, both normalised by the field's type."""
        key = (field_type, type(value), value)
        if key not in self._answers:
            self._answers[key] = self._ground(field_type, value)
        return self._answers[key]

    def _ground(self, field_type: FieldType, value: Scalar) -> Grounding:
        if value is None:
            return NOWHERE
        if isinstance(value, bool):
            return Grounding(CERTAIN) if self.text else NOWHERE
        if field_type in {"number", "money"} and isinstance(value, Decimal):
            return self.ground_number(value)
        if field_type == "date" and is_iso_day(str(value)):
            return self._ground_date(str(value))
        if field_type == "currency":
            return self._ground_currency(str(value))
        return Grounding(self.ground_text(str(value)))

    @cached_property
    def text(self) -> str:
        """The text itself."""
        return self._text

    @cached_property
    def words(self) -> WordText:
        """Its words, to look for other words in."""
        return WordText(self.text)

    @cached_property
    def plain_words(self) -> list[str]:
        """Its words as texts are compared: in lower case, without punctuation."""
        return normalize_for_match(self.text).split()

    def word_runs(self, size: int) -> list[str]:
        """Return each run of `size` words among its first MAX_LABEL_WORDS, as texts are compared."""
        if size not in self._word_runs:
            words = self.plain_words[:MAX_LABEL_WORDS]
            self._word_runs[size] = [" ".join(words[at : at + size]) for at in range(len(words) - size + 1)]
        return self._word_runs[size]

    @cached_property
    def numbers(self) -> Sequence[PrintedNumber]:
        """The numbers printed in it."""
        in_dates = bytearray(len(self.text))
        for printed in self.dates:
            in_dates[printed.start : printed.end] = b"\1" * (printed.end - printed.start)
        candidates = find_numbers(self.text, self.conventions)
        return [number for number in candidates if not any(in_dates[number.digits_start : number.digits_end])]

    @cached_property
    def dates(self) -> Sequence[PrintedDate]:
        """The dates printed in it."""
        return find_dates(self.text, self.conventions)

    @cached_property
    def numbers_by_size(self) -> Mapping[Decimal, Sequence[PrintedNumber]]:
        """Its numbers by the sizes of all their readings."""
        by_size: dict[Decimal, list[PrintedNumber]] = {}
        for number in self.numbers:
            for size in {number_key(reading.value) for reading in number.readings}:
                by_size.setdefault(size, []).append(number)
        return by_size

    @cached_property
    def loose_digits(self) -> Counter[str]:
        """How often each run of digits, without leading zeros, stands outside the dates."""
        return Counter(token.lstrip("0") for token in re.findall(r"\d+", self._without_dates))

    @cached_property
    def digits(self) -> str:
        """The digits outside its dates, one behind the other."""
        return re.sub(r"\D", "", self._without_dates)

    @cached_property
    def _without_dates(self) -> str:
        parts, place = [], 0
        for printed in self.dates:
            parts.append(self.text[place : printed.start])
            place = printed.end
        return " ".join([*parts, self.text[place:]])

    def ground_number(self, value: Decimal) -> Grounding:
        """Return how well the text states a number, by the best of its places."""
        places = self.numbers_by_size.get(number_key(value), ())
        return max((ground_in_number(value, number) for number in places), key=certainty_of, default=NOWHERE)

    def best_numbers(self, value: Decimal) -> list[PrintedNumber]:
        """Return the printed numbers that state `value` as well as the text does."""
        best = self.ground_number(value).certainty
        places = self.numbers_by_size.get(number_key(value), ())
        return [number for number in places if ground_in_number(value, number).certainty == best]

    def best_dates(self, value: str) -> list[PrintedDate]:
        """Return the printed dates that state an ISO day as well as the text does."""
        best = self._ground_date(value).certainty
        return [printed for printed in self.dates if best and ground_in_date(value, printed).certainty == best]

    def currency_places(self, code: str) -> list[tuple[int, int]]:
        """Return where the text writes a currency: its code, or else its signs."""
        written = [match.span() for match in self._written_codes(code)]
        signs = list(_SIGNS.finditer(self.text))
        stating = {
            sign
            for sign in {match.group() for match in signs}
            if ground_in_sign(code, sign, self.conventions).certainty
        }
        return written + [match.span() for match in signs if match.group() in stating]

    def _ground_date(self, value: str) -> Grounding:
        best = max((ground_in_date(value, printed) for printed in self.dates), key=certainty_of, default=NOWHERE)
        if best.certainty:
            return best
        return Grounding(SCATTERED) if self._has_scattered_date(value) else NOWHERE

    def _has_scattered_date(self, value: str) -> bool:
        """Return whether year, month and day stand outside other dates: in boxes of a form, or in any order."""
        year, month, day = value.split("-")
        if any(digits in self.digits for digits in (year + month + day, day + month + year, month + day + year)):
            return True
        is_named = any(map(self.words.contains_whole, _compact_month_names(int(month))))
        needed = Counter([day.lstrip("0"), *([] if is_named else [month.lstrip("0")])])
        if any(self.loose_digits[token] < count for token, count in needed.items()):
            return False
        return any(self.loose_digits[token] > needed[token] for token in (year, year[2:].lstrip("0")))

    def _ground_currency(self, code: str) -> Grounding:
        if any(True for _ in self._written_codes(code)):
            return Grounding(CERTAIN)
        signs = dict.fromkeys(_SIGNS.findall(self.text))
        return max((ground_in_sign(code, sign, self.conventions) for sign in signs), key=certainty_of, default=NOWHERE)

    def _written_codes(self, code: str) -> Iterator[re.Match[str]]:
        flags = 0 if code in _CODES_THAT_ARE_WORDS else re.IGNORECASE
        return re.finditer(rf"(?<![^\W\d_]){re.escape(code)}(?![^\W\d_])", self.text, flags)

    def ground_text(self, value: str) -> float:
        """Return how well the text holds another one, by whole words."""
        if self.words.contains(value):
            return CERTAIN
        compact = compact_for_match(value)
        if len(compact) >= MIN_GLUED and self.words.contains_glued(value):
            return GLUED
        parts = value.split()
        has_all = (
            len(parts) > 1 and len(compact) >= MIN_GLUED and all(self.words.contains_or_empty(part) for part in parts)
        )
        return SCATTERED if has_all else 0.0


class _JoinedIndex(TextIndex):
    """The index of several lines: nothing is normalised again."""

    def __init__(self, parts: Sequence[TextIndex]) -> None:
        super().__init__("", parts[0].conventions if parts else None)
        self._parts = parts

    @cached_property
    def text(self) -> str:
        """The lines, one below the other."""
        return _SEPARATOR.join(part.text for part in self._parts)

    @cached_property
    def words(self) -> WordText:
        """Their words."""
        return WordText.join([part.words for part in self._parts])

    @cached_property
    def numbers(self) -> Sequence[PrintedNumber]:
        """The numbers of each line."""
        return [number for part in self._parts for number in part.numbers]

    @cached_property
    def dates(self) -> Sequence[PrintedDate]:
        """The dates of each line, and those that begin in one and end in the next; their places are of no use."""
        within = [printed for part in self._parts for printed in part.dates]
        across = [
            printed
            for first, second in pairwise(part.text for part in self._parts)
            for printed in find_dates(f"{first[-_DATE_REACH:]}{_SEPARATOR}{second[:_DATE_REACH]}", self.conventions)
            if _SEPARATOR in printed.text
        ]
        return within + across

    @cached_property
    def loose_digits(self) -> Counter[str]:
        """How often each run of digits stands outside the dates of its line."""
        return sum((part.loose_digits for part in self._parts), Counter[str]())

    @cached_property
    def digits(self) -> str:
        """The digits outside the dates of each line."""
        return "".join(part.digits for part in self._parts)

    def ground_number(self, value: Decimal) -> Grounding:
        """Return how well a line states a number."""
        return max((part.ground_number(value) for part in self._parts), key=certainty_of, default=NOWHERE)

    def ground_text(self, value: str) -> float:
        """Return how well a line states a text, or else all of them do."""
        best = max((part.ground_text(value) for part in self._parts), default=0.0)
        return best if best == CERTAIN else max(best, super().ground_text(value))
