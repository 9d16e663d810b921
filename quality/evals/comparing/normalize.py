"""When two values are the same: by what they mean, not by how they are written. docs/evaluation.md has the rules."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache

from shared.domain.types.document_type import FieldType

MONTH_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da")
HALF_A_CENT = 0.005
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d(?:[\d.,'’\s]*\d)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIGURES = re.compile(r"(\d{1,2})\s?[-./]\s?(\d{1,2})\s?[-./]\s?\d{2,4}")
_THOUSANDS, _MONTHS = 3, 12
_TICKS = {
    **dict.fromkeys(("yes", "true", "selected", "checked", "ticked", "☒", "☑", "✓", "✔"), True),
    **dict.fromkeys(("no", "false", "unselected", "unchecked", "unticked", "☐"), False),
}


def remove_spaces(text: str) -> str:
    """Letters and digits only, case and compatibility forms folded. Not the pipeline's own function."""
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).casefold())


def same(kind: FieldType, expected: object, got: object) -> bool:
    """Return whether two values of a kind are the same; text that cannot be read as its kind is compared as text."""
    if kind in {"number", "money"}:
        wanted, found = amount(expected), amount(got)
        if wanted is not None:
            return found is not None and abs(wanted - found) < HALF_A_CENT
    if kind == "date":
        wanted_day = day(str(expected))
        if wanted_day is not None:
            return wanted_day == day(str(got))
    if kind == "boolean":
        return tick(expected) == tick(got)
    return remove_spaces(str(expected)) == remove_spaces(str(got))


def is_contained(expected: object, got: object) -> bool:
    """Whether one text is a part of the other, so that they differ in how much was taken, not in what was read."""
    wanted, found = remove_spaces(str(expected)), remove_spaces(str(got))
    return bool(wanted and found) and (wanted in found or found in wanted)


def amount(value: object) -> float | None:
    """Return a number, or the only one in a text ("RM 1,234.50", "1.234,50-", "(12.00)"); else None.

    The last separator is the decimal one, unless it recurs or just three digits follow the only separator there is.
    """
    if isinstance(value, (int, float, Decimal)):
        return float(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    digits = re.sub(r"[\s'’]", "", found[0])
    last = max(digits.rfind("."), digits.rfind(","))
    fraction = digits[last + 1 :] if last >= 0 else ""
    grouped = len(fraction) == _THOUSANDS and not {".", ","} <= set(digits)
    if last < 0 or grouped or digits.count(digits[last]) > 1:
        number = float(re.sub(r"[.,]", "", digits))
    else:
        number = float(f"{re.sub(r'[.,]', '', digits[:last])}.{fraction}")
    return -number if _is_negative(text) else number


def _is_negative(text: str) -> bool:
    bracketed = text.startswith("(") and text.endswith(")")
    return bracketed or text.endswith(("-", "−")) or bool(re.match(r"[^\d]*[-−]\s*\D{0,3}\d", text))


def month_first(texts: Iterable[str]) -> bool:
    """Whether more of these dates can only be read with the month first ("4/25/18") than only with the day first."""
    places = [(int(match.group(1)), int(match.group(2))) for text in texts if (match := _FIGURES.match(text.strip()))]
    return sum(second > _MONTHS >= first for first, second in places) > sum(
        first > _MONTHS >= second for first, second in places
    )


@cache
def day(text: str, *, month_first: bool = False) -> date | None:
    """Return the day that a text names, ISO or as printed (day first where digits leave it open), or None.

    `month_first`: where figures leave it open, the month comes first. A time of day after it does not matter.
    """
    if _ISO.fullmatch(text.strip()):
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            return None
    import dateparser  # half a second; sets whose dates are all ISO do without

    order = "MDY" if month_first else "DMY"
    found = dateparser.parse(
        text, languages=list(MONTH_LANGUAGES), settings={"DATE_ORDER": order, "STRICT_PARSING": True}
    )
    return found.date() if found else None


def tick(value: object) -> bool | None:
    """Return whether a box is ticked, or a question answered with yes; None: it is no such value."""
    return value if isinstance(value, bool) else _TICKS.get(str(value).strip(" :").casefold())
