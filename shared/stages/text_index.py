"""A text normalised once, to be asked for many values: each question is then a lookup, however long the text is."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, cached_property

from babel import Locale

from shared.domain.document_type import Kind
from shared.domain.extraction import Scalar

MONTH_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da")
HALF_A_CENT = 0.005
_NUMBER = re.compile(r"\d[\d.,'’\u00a0\u202f ]*\d|\d")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SIGNS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW",
    "RM": "MYR", "Rs": "INR", "Rp": "IDR", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "Fr": "CHF",
}  # fmt: skip
_SEPARATOR = "\n"
"""Between the lines of a text: no number, word or date goes on behind it."""


def squeezed(text: str) -> str:
    """Letters and digits only, case and compatibility forms folded."""
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).casefold())


def numbers(text: str) -> set[float]:
    """Every number that `text` may state; an ambiguous separator ("1.234") gives both readings."""
    found: set[float] = set()
    for match in _NUMBER.findall(unicodedata.normalize("NFKC", text)):
        for chunk in {match, *match.split(" ")}:
            found |= readings(chunk)
    return found


def readings(number: str) -> set[float]:
    """Return what the characters of one number may mean; nothing without a digit."""
    digits = re.sub(r"[\s'’]", "", number).strip(".,")
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return {float(digits)} if digits else set()
    whole, fraction = re.sub(r"[.,]", "", digits[:last]), digits[last + 1 :]
    meanings = {float(f"{whole}.{fraction}")}
    if len(fraction) == 3:  # noqa: PLR2004 - a thousands group
        meanings.add(float(whole + fraction))
    return meanings


def signs_of(code: str) -> list[re.Pattern[str]]:
    """Return patterns of the signs of a currency; one of letters ("RM", "Rs") does not match a part of a word."""
    signs = [sign for sign, meaning in _SIGNS.items() if meaning == code]
    alone = r"(?<![^\W\d_]){}(?![^\W\d_])"
    return [re.compile(alone.format(sign) if sign.isalpha() else re.escape(sign)) for sign in signs]


class TextIndex:
    """The normalised forms of a text, each made when first needed, and what was asked of it before."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._answers: dict[tuple[str, type, Scalar], bool] = {}

    @classmethod
    def of(cls, parts: Sequence["TextIndex"]) -> "TextIndex":
        """Return the index of several lines of text; it is put together from theirs."""
        return parts[0] if len(parts) == 1 else _JoinedIndex(parts)

    def states(self, kind: Kind, value: Scalar) -> bool:
        """Return whether the text states `value`, after normalising both by the field's kind."""
        key = (kind, type(value), value)
        if key not in self._answers:
            self._answers[key] = self._states(kind, value)
        return self._answers[key]

    def _states(self, kind: Kind, value: Scalar) -> bool:
        if value is None:
            return False
        if isinstance(value, bool):
            return bool(self.text)
        if kind in {"number", "money"} and isinstance(value, float):
            return self.has_number(abs(value))
        if kind == "date" and (date := _ISO_DATE.fullmatch(str(value))):
            return self._has_date(*date.groups())
        if kind == "currency":
            code = str(value)
            return code.casefold() in self.folded or any(sign.search(self.text) for sign in signs_of(code))
        needle = squeezed(str(value))
        return bool(needle) and needle in self.squeezed

    @cached_property
    def text(self) -> str:
        """The text itself."""
        return self._text

    @cached_property
    def folded(self) -> str:
        """The text without case."""
        return self.text.casefold()

    @cached_property
    def squeezed(self) -> str:
        """Its letters and digits."""
        return squeezed(self.text)

    @cached_property
    def digits(self) -> str:
        """Its digits, one behind the other."""
        return re.sub(r"\D", "", self.text)

    @cached_property
    def _integers(self) -> Mapping[str, int]:
        return Counter(token.lstrip("0") for token in re.findall(r"\d+", self.text))

    @cached_property
    def _numbers(self) -> list[float]:
        return sorted(numbers(self.text))

    def count_integer(self, digits: str) -> int:
        """Return how often a run of `digits` (without leading zeros) stands in the text."""
        return self._integers.get(digits, 0)

    def has_number(self, size: float) -> bool:
        """Return whether the text states a number within half a cent of `size`."""
        return any(abs(number - size) < HALF_A_CENT for number in near(self._numbers, size))

    def _has_date(self, year: str, month: str, day: str) -> bool:
        """Return whether year, month and day stand there, in any order and with month names."""
        if year + month + day in self.digits:
            return True
        is_named = any(name in self.folded for name in month_names(int(month)))
        needed = Counter([day.lstrip("0"), *([] if is_named else [month.lstrip("0")])])
        if any(self.count_integer(token) < count for token, count in needed.items()):
            return False
        return any(self.count_integer(token) > needed[token] for token in (year, year[2:].lstrip("0")))


class _JoinedIndex(TextIndex):
    """The index of several lines: nothing is normalised again."""

    def __init__(self, parts: Sequence[TextIndex]) -> None:
        super().__init__("")
        self._parts = parts

    @cached_property
    def text(self) -> str:
        """The lines, one below the other."""
        return _SEPARATOR.join(part.text for part in self._parts)

    @cached_property
    def folded(self) -> str:
        """The text without case."""
        return _SEPARATOR.join(part.folded for part in self._parts)

    @cached_property
    def squeezed(self) -> str:
        """Its letters and digits."""
        return "".join(part.squeezed for part in self._parts)

    @cached_property
    def digits(self) -> str:
        """Its digits, one behind the other."""
        return "".join(part.digits for part in self._parts)

    def count_integer(self, digits: str) -> int:
        """Return how often a run of `digits` (without leading zeros) stands in the text."""
        return sum(part.count_integer(digits) for part in self._parts)

    def has_number(self, size: float) -> bool:
        """Return whether a line states a number within half a cent of `size`."""
        return any(part.has_number(size) for part in self._parts)


def near(ordered: Sequence[float], size: float) -> Sequence[float]:
    """Return those of `ordered` numbers that lie less than half a cent, and a little more, from `size`."""
    first = bisect_left(ordered, size - 2 * HALF_A_CENT)
    last = bisect_left(ordered, size + 2 * HALF_A_CENT)
    return ordered[first:last]


@cache
def month_names(month: int) -> frozenset[str]:
    """Return how a month (1..12) is called and abbreviated, without case; no name for another number."""
    names: set[str] = set()
    for language in MONTH_LANGUAGES:
        locale = Locale.parse(language)
        for width in ("wide", "abbreviated"):
            names.add(locale.months["format"][width].get(month, "").casefold().strip("."))
    return frozenset(names - {""})
