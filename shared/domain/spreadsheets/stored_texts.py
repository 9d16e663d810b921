"""Texts of stored numbers and dates that can be read in two ways, made clear by the values behind them."""

import re

_GROUPED = re.compile(r"(?<![\d.,'])(\d{1,3})[.,](\d{3})(?![\d.,'])")
_DATE = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d)")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def clarify_number(text: str, value: str) -> str:
    """Return the text of a whole number without its one separator: `12,345` might be read as a fraction."""
    match = _GROUPED.search(text)
    if match is None or len(_GROUPED.findall(text)) > 1:
        return text
    try:
        is_whole = abs(float(value)) == int(match[1] + match[2])
    except ValueError:
        return text
    return text[: match.start()] + match[1] + match[2] + text[match.end() :] if is_whole else text


def clarify_date(text: str, value: str) -> str:
    """Return the text of a date with its numbers as YYYY-MM-DD; with points it stays when the day comes first."""
    match, date = _DATE.search(text), _ISO_DATE.match(value)
    if match is None or date is None:
        return text
    year, month, day = date.groups()
    has_day_first = (int(match[1]), int(match[3])) == (int(day), int(month))
    if match[2] == "." and has_day_first:
        return text
    return text[: match.start()] + f"{year}-{month}-{day}" + text[match.end() :]
