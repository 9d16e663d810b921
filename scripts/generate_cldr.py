"""Write shared/domain/cldr/tables.json from babel, which only development installs.

`python -m scripts.generate_cldr`: run it after a new version of babel; a unit test fails until then.
"""

import json
import locale
from datetime import date
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError, localedata
from babel.numbers import get_currency_precision, get_decimal_symbol, get_territory_currencies, list_currencies

from shared.domain.cldr.tables import TABLES
from shared.domain.values.month_names import LANGUAGES

AS_OF = date(2026, 11, 1)
"""Day on which currencies are legal tender."""
_COUNTRY_CODE = 2
"""Letters of a country's code; CLDR also names continents, by numbers."""


def _parse_locale(name: str) -> Locale:
    """Return a locale from its own data; raises UnknownLocaleError.

    Babel stores what an alias means for the first locale in the data that all locales share: after Hebrew, Irish has
    Hebrew months. Hence nothing is kept from one locale to the next.
    """
    localedata._cache.clear()  # noqa: SLF001 - babel has no other way
    return Locale.parse(name)


def _read_countries() -> dict[str, dict[str, Any]]:
    countries = {}
    for code, english in sorted(_parse_locale("en").territories.items()):
        if len(code) != _COUNTRY_CODE:
            continue
        try:
            local = _parse_locale(f"und_{code}")
        except UnknownLocaleError:  # nobody lives there, or it is no country
            continue
        symbols = local.number_symbols.get("latn", {})
        pattern = local.date_formats["short"].pattern.lower()
        countries[code] = {
            "names": list(dict.fromkeys([english, local.territories.get(code, english)])),
            "decimal_sign": sign if (sign := symbols.get("decimal", "")) in {".", ","} else "",
            "groups_with_space": str(symbols.get("group", "")).isspace(),
            "date_order": "".join(sorted("dmy", key=pattern.index)),
            "currencies": get_territory_currencies(code, start_date=AS_OF),
        }
    return countries


def _read_months(language: str) -> list[list[str]]:
    tables = _parse_locale(language).months
    names = [
        tuple(tables[use][width][number] for number in range(1, 13))
        for use in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
    ]
    return [list(each) for each in dict.fromkeys(names)]


def _read_decimal_signs() -> dict[str, str]:
    signs = {}
    for name in sorted(set(locale.windows_locale.values())):
        try:
            signs[name] = get_decimal_symbol(_parse_locale(name))
        except (UnknownLocaleError, ValueError):  # a language of Windows that CLDR does not have
            continue
    return signs


def tables() -> dict[str, Any]:
    """Return the content of tables.json."""
    return {
        "countries": _read_countries(),
        "months": {language: _read_months(language) for language in LANGUAGES},
        "fraction_digits": {code: get_currency_precision(code) for code in sorted(list_currencies())},
        "decimal_signs": _read_decimal_signs(),
    }


def _row(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def text() -> str:
    """Return tables.json: a line for each country, language, currency and locale."""
    parts = [
        f'"{name}": {{\n' + ",\n".join(f"{_row(key)}: {_row(value)}" for key, value in table.items()) + "\n}"
        for name, table in tables().items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    Path(TABLES).write_text(text(), encoding="utf-8")
