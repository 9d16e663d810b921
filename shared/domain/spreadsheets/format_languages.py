"""The decimal separators of the languages that format codes of spreadsheets name, such as `[$€-407]` (German)."""

import locale
import re
from collections.abc import Iterable

from babel import UnknownLocaleError
from babel.numbers import get_decimal_symbol

_LANGUAGE = re.compile(r"\[\$[^\]-]*-([0-9a-f]+)\]", re.IGNORECASE)
_LANGUAGE_BITS = 0xFFFF
"""The rest of the number is for calendars and digits."""


def list_decimal_symbols(format_codes: Iterable[str]) -> list[str]:
    """Return the decimal separator of each language in each of the codes; languages that are not known are left out."""
    symbols = []
    for number in (number for code in format_codes for number in _LANGUAGE.findall(code)):
        name = locale.windows_locale.get(int(number, 16) & _LANGUAGE_BITS)
        if name is None:
            continue
        try:
            symbols.append(get_decimal_symbol(name))
        except (UnknownLocaleError, ValueError):
            continue
    return symbols
