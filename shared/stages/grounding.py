"""Grounding: does a value stand on the page where the answer says it was read, and where exactly?"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale
from rapidfuzz import fuzz

from shared.domain.document_type import FieldSpec, Kind
from shared.domain.extraction import Evidence, Scalar
from shared.domain.page import Box, Line, Page

MAX_WINDOW = 8
"""Words of a line that are tried together when looking for a value's own box."""
MONTH_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da")
_NUMBER = re.compile(r"\d[\d.,'’\u00a0\u202f ]*\d|\d")
_SIGNS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₩": "KRW",
    "RM": "MYR", "Rs": "INR", "Rp": "IDR", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "Fr": "CHF",
}  # fmt: skip
SUMMANDS = range(2, 7)
"""How many cited lines may add up to a value that stands nowhere itself."""
MAX_SUMS = 1000
"""Sums that are tried; where lines hold so many numbers, one that fits would prove nothing."""
LABEL_MATCH = 85.0
"""Least partial similarity (0..100) at which a line counts as carrying a label."""


def grounded(kind: Kind, value: Scalar, text: str) -> bool:
    """Whether `text` states `value`, after normalising both by the field's kind."""
    if value is None:
        return False
    if isinstance(value, bool):
        return bool(text)
    if kind in {"number", "money"} and isinstance(value, float):
        return any(abs(number - abs(value)) < 0.005 for number in numbers(text))  # noqa: PLR2004 - half a cent
    if kind == "date":
        return _states_date(str(value), text)
    if kind == "currency":
        return str(value).casefold() in text.casefold() or any(
            code == value and _stands_alone(sign, text) for sign, code in _SIGNS.items()
        )
    needle = squeezed(str(value))
    return bool(needle) and needle in squeezed(text)


def summed(value: Scalar, texts: Sequence[str]) -> bool:
    """Whether numbers of at least two lines, one of each, add up to `value`, as the taxes of several rates do."""
    if not isinstance(value, float) or len(texts) not in SUMMANDS:
        return False
    sums = {(0, 0.0)}
    for text in texts:
        summands = numbers(text) - {0.0}
        if len(sums) * len(summands) > MAX_SUMS:
            return False
        sums |= {(count + 1, round(so_far + number, 2)) for count, so_far in sums for number in summands}
    return any(count > 1 and abs(total - abs(value)) < 0.005 for count, total in sums)  # noqa: PLR2004 - half a cent


def _stands_alone(sign: str, text: str) -> bool:
    """Whether a currency's sign is there; one of letters ("RM", "Rs") not as a part of a word."""
    if not sign.isalpha():
        return sign in text
    return re.search(rf"(?<![^\W\d_]){sign}(?![^\W\d_])", text) is not None


def squeezed(text: str) -> str:
    """Letters and digits only, case and compatibility forms folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def numbers(text: str) -> set[float]:
    """Every number that `text` may state; an ambiguous separator ("1.234") gives both readings."""
    found: set[float] = set()
    for match in _NUMBER.findall(unicodedata.normalize("NFKC", text)):
        for chunk in {match, *match.split(" ")}:
            found |= _readings(re.sub(r"[\s'’]", "", chunk).strip(".,"))
    return found


def _readings(digits: str) -> set[float]:
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return {float(digits)} if digits else set()
    whole, fraction = re.sub(r"[.,]", "", digits[:last]), digits[last + 1 :]
    readings = {float(f"{whole}.{fraction}")}
    if len(fraction) == 3:  # noqa: PLR2004 - a thousands group
        readings.add(float(whole + fraction))
    return readings


def _states_date(value: str, text: str) -> bool:
    """Whether `text` holds the year, month and day of an ISO date, in any order and with month names."""
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value)
    if match is None:
        return squeezed(value) in squeezed(text)
    year, month, day = match.groups()
    if year + month + day in re.sub(r"\D", "", text):
        return True
    tokens = [token.lstrip("0") for token in re.findall(r"\d+", text)]
    named = any(name in text.casefold() for name in _month_names(int(month)))
    wanted = [day.lstrip("0"), *([] if named else [month.lstrip("0")])]
    for part in wanted:
        if part not in tokens:
            return False
        tokens.remove(part)
    return year in tokens or year[2:].lstrip("0") in tokens


@cache
def _month_names(month: int) -> frozenset[str]:
    names: set[str] = set()
    for language in MONTH_LANGUAGES:
        locale = Locale.parse(language)
        for width in ("wide", "abbreviated"):
            names.add(locale.months["format"][width][month].casefold().strip("."))
    return frozenset(names)


def locate(spec: FieldSpec, value: Scalar, lines: Sequence[tuple[Page, Line]]) -> tuple[Evidence, ...]:
    """The places of a value in the cited lines, page by page: the boxes of its own words where they can be told."""
    places: list[Evidence] = []
    for number in dict.fromkeys(page.number for page, _ in lines):
        cited = [line for page, line in lines if page.number == number]
        exact = [(line, boxes) for line in cited if (boxes := value_boxes(spec.kind, value, line))]
        stating, boxes = ([exact[0][0]], exact[0][1]) if exact else (cited, tuple(line.box for line in cited))
        text = "\n".join(line.text for line in cited)
        kind = next((line.kind for line in stating if line.kind != "text"), stating[0].kind)
        ids = tuple(line.id for line in cited)
        places.append(Evidence(page=number, lines=ids, boxes=boxes, text=text, kind=kind))
    return tuple(places)


def value_boxes(kind: Kind, value: Scalar, line: Line) -> tuple[Box, ...]:
    """The boxes of the shortest run of words that states the value; empty when the line does not."""
    words = line.words
    for size in range(1, min(MAX_WINDOW, len(words)) + 1):
        for start in range(len(words) - size + 1):
            window = words[start : start + size]
            if grounded(kind, value, " ".join(word.text for word in window)):
                return tuple(word.box for word in window)
    return (line.box,) if grounded(kind, value, line.text) else ()


@dataclass
class Search:
    """Looks page by page for the one line that states a value.

    `hit` is None while no line does, and when several do. A currency stands beside every amount: there any line will
    do.
    """

    spec: FieldSpec
    value: Scalar
    hit: tuple[Page, Line] | None = None
    over: bool = False

    def look(self, page: Page) -> None:
        """Look at the next page."""
        for line in page.lines:
            if self.over:
                return
            if grounded(self.spec.kind, self.value, line.text):
                self.over = self.spec.kind == "currency" or self.hit is not None
                self.hit = None if self.hit else (page, line)


def labelled(spec: FieldSpec, page: Page, line: Line) -> bool:
    """Whether one of the field's labels stands in the line, left of it on its row, or right above it."""
    near = " | ".join(other.text for other in page.lines if other.id == line.id or _beside(other.box, line.box))
    text = near.casefold()
    return any(fuzz.partial_ratio(label.casefold(), text) >= LABEL_MATCH for label in (*spec.labels, spec.title))


def _beside(label: Box, value: Box) -> bool:
    height = value[3] - value[1]
    same_row = min(label[3], value[3]) - max(label[1], value[1]) > height / 2 and label[0] < value[0]
    above = 0 <= value[1] - label[3] < 2 * height and label[0] < value[2] and value[0] < label[2]
    return same_row or above
