"""A spreadsheet's value as a person sees it: the number formats of ECMA-376 (part 1, 18.8.31) that documents use.

Which separators a program shows depends on the reader's country, which no file tells: the caller chooses a notation.
A whole number with one group of thousands is shown without a separator, a date of numbers as YYYY-MM-DD, so that both
have one reading.
"""

import calendar
import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from shared.domain.spreadsheets.date_notation import are_minutes, make_date_unambiguous
from shared.domain.spreadsheets.number_notation import POINT, Notation, drop_single_group

COUNTRY_DATE = "yyyy-mm-dd"
COUNTRY_DATES = {"mm-dd-yy": COUNTRY_DATE, "m/d/yy": COUNTRY_DATE, "m/d/yy h:mm": f"{COUNTRY_DATE} hh:mm"}
_SIGN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[\$[^\]]*\]|\[[hms]+\]|\[[^\]]*\]|AM/PM|A/P|General|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|E[+-]0+'
    r"|[0#?]|.",
    re.IGNORECASE | re.DOTALL,
)
_PATTERN = re.compile(r"[0#]+([- /()]+[0#]+)+")
_MONTHS = calendar.month_name[1:]
_DAYS = list(calendar.day_name)
_DIGITS = 15
"""A spreadsheet keeps this many digits of a number."""
_LONGEST_GENERAL = 11


class _Section(NamedTuple):
    before: str
    after: str
    whole: int
    decimals: int
    least_decimals: int
    grouped: bool
    scale: int
    exponent: int


def format_cell(value: object, code: str | None, notation: Notation = POINT) -> str:
    """Return the text that a cell shows for a value under a format code, numbers in a notation; "" for no value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    code = COUNTRY_DATES.get((code or "General").lower(), code or "General")
    if isinstance(value, datetime | date | time):
        return _moment(value, code)
    if isinstance(value, timedelta):
        return _duration(value, code)
    if isinstance(value, int | float):
        return _number(value, code, notation)
    return _text(str(value), code)


def _text(value: str, code: str) -> str:
    sections = _sections(code)
    if len(sections) > 3:  # noqa: PLR2004 - the fourth section is for text
        return "".join(value if sign == "@" else _literal(sign) for sign in _SIGN.findall(sections[3]))
    return value


def _number(value: float, code: str, notation: Notation) -> str:
    sections = _sections(code)
    negative = value < 0
    chosen = sections[0]
    if negative and len(sections) > 1:
        chosen, value = sections[1], -value
    elif value == 0 and len(sections) > 2:  # noqa: PLR2004 - the third section is for zero
        chosen = sections[2]
    negative = value < 0
    if not chosen.strip():
        return ""
    section = None if "/" in chosen else _section(chosen)  # a fraction is told as the number it is
    if section is None:
        general = _general(abs(value)).replace(".", notation.decimal)
        signs = _SIGN.findall(chosen)
        named = any(sign.lower() in ("general", "@") for sign in signs)
        literals = "".join(general if sign.lower() in ("general", "@") else _literal(sign) for sign in signs)
        text = literals if named else general
        return f"-{text}" if negative else text
    is_pattern = _PATTERN.fullmatch(chosen) is not None
    digits = _fill_pattern(abs(value), chosen) if is_pattern else _digits(abs(value), section, notation)
    sign = "-" if negative and any(digit in "123456789" for digit in digits) else ""
    return f"{sign}{section.before}{digits}{section.after}".strip()


def _digits(value: float, section: _Section, notation: Notation) -> str:
    if section.whole + section.decimals == 0 and not section.exponent:
        return ""
    try:
        exact = Decimal(repr(value)).scaleb(section.scale)
        if section.exponent:
            mantissa, _, power = f"{exact:.{section.decimals}E}".partition("E")
            return f"{mantissa.replace('.', notation.decimal)}E{power[0]}{power[1:].rjust(2, '0')}"
        rounded = exact.quantize(Decimal(1).scaleb(-section.decimals), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return repr(value)
    written = f"{rounded:,f}" if section.grouped else f"{rounded:f}"
    whole, _, decimals = written.partition(".")
    decimals = decimals[: section.least_decimals] + decimals[section.least_decimals :].rstrip("0")
    whole = whole.rjust(section.whole, "0") if section.whole else whole.removeprefix("0") if decimals else whole
    whole = whole.replace(",", notation.group)
    return f"{whole}{notation.decimal}{decimals}" if decimals else drop_single_group(whole, notation)


def _fill_pattern(value: float, pattern: str) -> str:
    """Return the digits set into a pattern such as 000-00-0000, from the right."""
    digits = list(str(round(value)))
    written: list[str] = []
    for sign in reversed(pattern):
        if sign in "0#":
            written.append(digits.pop() if digits else sign.replace("#", ""))
        elif digits or sign != " ":
            written.append(sign)
    return "".join([*digits, *reversed(written)])


@lru_cache(maxsize=512)
def _section(text: str) -> _Section | None:
    """Return a section for numbers; None when it holds no place for digits."""
    signs = _SIGN.findall(text)
    places = [
        index for index, sign in enumerate(signs) if sign in "0#?" or re.fullmatch("E[+-]0+", sign, re.IGNORECASE)
    ]
    if not places:
        return (
            None
            if any(sign.lower() in ("general", "@") for sign in signs)
            else _Section(_literals(signs), "", 0, 0, 0, grouped=False, scale=0, exponent=0)
        )
    first, last = places[0], places[-1]
    context = [sign for sign in signs[first : last + 1] if sign in "0#?.,E" or sign[0] in "eE"]
    tail = signs[last + 1 :]
    commas = next((index for index, sign in enumerate(tail) if sign != ","), len(tail))
    point = context.index(".") if "." in context else len(context)
    whole = [sign for sign in context[:point] if sign in "0#?"]
    decimals = [sign for sign in context[point:] if sign in "0#?"]
    percent = sum(sign == "%" for sign in signs)
    return _Section(
        before=_literals(signs[:first]),
        after=_literals([sign for sign in signs[first : last + 1] if sign.startswith('"')] + tail[commas:]),
        whole=whole.count("0"),
        decimals=len(decimals),
        least_decimals=decimals.count("0"),
        grouped="," in context[:point],
        scale=2 * percent - 3 * commas,
        exponent=sum(sign[0] in "eE" and len(sign) > 1 for sign in context),
    )


def _literals(signs: list[str]) -> str:
    return "".join(map(_literal, signs))


def _literal(sign: str) -> str:
    """Return what a sign that stands for itself shows: quoted text, an escaped sign, a currency."""
    if sign.startswith('"'):
        return sign[1:-1]
    if sign.startswith("\\"):
        return sign[1:]
    if sign.startswith("[$"):
        return sign[2:-1].split("-", maxsplit=1)[0]
    if sign.startswith(("[", "*")):
        return ""
    return " " if sign.startswith("_") or sign == "?" else sign


def _general(value: float) -> str:
    if value == int(value) and value < 10**_DIGITS:
        return str(int(value))  # longer than a program's General shows it, so that the number of an article stays whole
    digits = f"{value:.{_LONGEST_GENERAL - 1}g}"
    if "e" in digits:
        mantissa, _, exponent = f"{value:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
    return digits


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    sections = [""]
    for sign in _SIGN.findall(code):
        if sign == ";":
            sections.append("")
        else:
            sections[-1] += sign
    return tuple(sections)


def _moment(value: date | time, code: str) -> str:
    """Return a date or a time; m means minutes beside hours or seconds, else months."""
    moment = datetime.combine(date(1900, 1, 1), value) if isinstance(value, time) else value
    signs = make_date_unambiguous(_SIGN.findall(_sections(code)[0]))
    if not any(sign[0].lower() in "ymdhs" for sign in signs if not sign.startswith(('"', "\\", "["))):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00") if isinstance(value, datetime) else value.isoformat()
    twelve = any(sign.upper() in ("AM/PM", "A/P") for sign in signs)
    written = []
    for index, sign in enumerate(signs):
        part = sign[0].lower()
        if part in "ymdhs" and sign.lower().strip("ymdhs.0") == "":
            minutes = part == "m" and are_minutes(signs, index)
            written.append(_clock(moment, sign.lower(), minutes=minutes, twelve=twelve))
        elif sign.upper() in ("AM/PM", "A/P"):
            half = "PM" if isinstance(moment, datetime) and moment.hour >= 12 else "AM"  # noqa: PLR2004 - noon
            written.append(half[: len(sign) // 2])
        else:
            written.append(_literal(sign) if sign != "@" else "")
    return "".join(written).strip()


def _clock(value: date, sign: str, *, minutes: bool, twelve: bool) -> str:
    at = value if isinstance(value, datetime) else datetime.combine(value, time())
    part, size = sign[0], len(sign)
    if part == "s":
        fraction = sign.partition(".")[2]
        seconds = f"{at.second:0{min(len(sign.partition('.')[0]), 2)}}"
        return f"{seconds}.{f'{at.microsecond:06}'[: len(fraction)]}" if fraction else seconds
    if part == "y":
        return f"{at.year:04}" if size > 2 else f"{at.year % 100:02}"  # noqa: PLR2004 - yy or yyyy
    if minutes:
        return f"{at.minute:0{min(size, 2)}}"
    if part == "h":
        return f"{(at.hour % 12 or 12) if twelve else at.hour:0{min(size, 2)}}"
    names, number = (_MONTHS[at.month - 1], at.month) if part == "m" else (_DAYS[at.weekday()], at.day)
    return {1: str(number), 2: f"{number:02}", 3: names[:3], 5: names[:1]}.get(size, names)


def _duration(value: timedelta, code: str) -> str:
    """Return a length of time: hours may pass 24 under [h]."""
    total = int(value.total_seconds())
    sign, total = "-" if total < 0 else "", abs(total)
    seconds = f":{total % 60:02}" if "s" in code.lower() or "h" not in code.lower() else ""
    return f"{sign}{total // 3600}:{total // 60 % 60:02}{seconds}"
