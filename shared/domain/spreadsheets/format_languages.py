"""The decimal separators of the languages that format codes of spreadsheets name, such as `[$€-407]` (German)."""

import locale
import re
from collections.abc import Iterable

from shared.domain.cldr.tables import load_tables

_LANGUAGE = re.compile(r"\[\$[^\]-]*-([0-9a-f]+)\]", re.IGNORECASE)
_LANGUAGE_BITS = 0xFFFF
"""The rest of the number is for calendars and digits."""


def list_decimal_symbols(format_codes: Iterable[str]) -> list[str]:
    """Return the decimal separator of each language in each of the codes; languages that are not known are left out."""
    symbols = []
    for number in (number for code in format_codes for number in _LANGUAGE.findall(code)):
        name = locale.windows_locale.get(int(number, 16) & _LANGUAGE_BITS, "")
        if name in load_tables().decimal_signs:
            symbols.append(load_tables().decimal_signs[name])
    return symbols
